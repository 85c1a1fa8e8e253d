// Draws the status page from the service's own API. Runs in the browser as it stands here.

const POLL_MS = 5000
const HISTORY_MS = 10_000
const HOUR_MS = 3_600_000

const plots = [
  { title: 'CPU', unit: '%', most: 100, series: [{ key: 'cpu', name: 'busy' }] },
  { title: 'Memory', unit: '%', most: 100, series: [{ key: 'memory', name: 'used' }] },
  {
    title: 'Requests',
    unit: '/s',
    series: [
      { key: 'requests', name: 'all' },
      { key: 'errors', name: 'errors' },
    ],
  },
  {
    title: 'Latency',
    unit: ' ms',
    series: [
      { key: 'p50', name: 'half within' },
      { key: 'p95', name: '95 % within' },
    ],
  },
]

const byId = (id) => document.getElementById(id)

let points = []
let drawnAt = Date.now()

start()

function start() {
  chooseTheme()
  byId('plots').append(...plots.map(createPlot))
  byId('scrub').addEventListener('input', drawCursor)
  repeat(updateFigures, POLL_MS)
  repeat(updateHistory, HISTORY_MS)
  new ResizeObserver(drawPlots).observe(byId('plots'))
}

/** Runs now and again after each pause; rests while the page is out of sight. */
function repeat(task, ms) {
  const run = async () => {
    if (!document.hidden) await task()
    setTimeout(run, ms)
  }
  void run()
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void task()
  })
}

function chooseTheme() {
  const select = byId('theme')
  try {
    const saved = localStorage.getItem('theme')
    if (saved === 'light' || saved === 'dark') select.value = saved
  } catch {
    // Storage may be forbidden; then the choice lasts as long as the page.
  }
  applyTheme(select.value)
  select.addEventListener('change', () => {
    applyTheme(select.value)
    try {
      localStorage.setItem('theme', select.value)
    } catch {
      // As above.
    }
  })
}

function applyTheme(theme) {
  if (theme === 'auto') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

async function getJson(path) {
  const response = await fetch(path, {
    headers: { Accept: 'application/json' },
    signal: AbortSignal.timeout(8000),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status}`, { cause: response.status })
  return response.json()
}

async function updateFigures() {
  try {
    const [status, host] = await Promise.all([getJson('/api/status'), getJson('/api/metrics')])
    showStatus(status)
    showHost(host)
    showWorkers(status.workers)
    showErrors(status.recent_errors)
    setText('updated', `Updated ${clock(Date.now(), true)}`)
  } catch (error) {
    setPill(error.cause === 503 ? 'maintenance' : 'unreachable')
  }
}

async function updateHistory() {
  try {
    points = (await getJson('/api/history')).points
    drawPlots()
  } catch {
    // The pill already says that the service does not answer.
  }
}

function setPill(status) {
  const words = {
    healthy: 'Healthy',
    maintenance: 'In maintenance',
    draining: 'Restarting',
    unreachable: 'Not answering',
  }
  const pill = byId('status')
  pill.dataset.status = status
  setText('status', words[status] ?? status)
  document.title = `${words[status] ?? status} · Service status`
}

function showStatus(status) {
  setPill(status.status)
  setText('version', `${status.version} (${status.build})`)
  setText('environment', status.environment)
  setText('uptime', duration(status.uptime_seconds))
  setValue('requests', amount(status.requests.per_second), '/s')
  setText('requests-note', `${status.requests.total.toLocaleString('en')} since the start`)
  setValue('latency', amount(status.latency_ms.p95), ' ms')
  const { p50 } = status.latency_ms
  setText('latency-note', p50 === null ? 'no request lately' : `95 % within; half within ${amount(p50)} ms`)
  setValue('errors', status.requests.errors.toLocaleString('en'), '')
  setText('errors-note', `of ${status.requests.total.toLocaleString('en')} requests`)
}

function showHost({ cpu, memory, disk }) {
  setValue('cpu', amount(cpu.percent), ' %')
  setText('cpu-note', `of ${cpu.count} ${cpu.count === 1 ? 'CPU' : 'CPUs'}`)
  setMeter('cpu-meter', cpu.percent)
  setValue('memory', amount(memory.percent), ' %')
  setText('memory-note', `${bytes(memory.available)} of ${bytes(memory.total)} available`)
  setMeter('memory-meter', memory.percent)
  setValue('disk', amount(disk.percent), ' %')
  setText('disk-note', `${bytes(disk.free)} of ${bytes(disk.total)} free`)
  setMeter('disk-meter', disk.percent)
}

function showWorkers(workers) {
  const rows = workers.map((worker) =>
    element('tr', {}, [
      element('th', { scope: 'row' }, [String(worker.id)]),
      element('td', {}, [worker.state]),
      element('td', { class: 'number' }, [duration(worker.uptime_seconds)]),
      element('td', { class: 'number' }, [worker.requests.toLocaleString('en')]),
      element('td', { class: 'number' }, [String(worker.connections)]),
      element('td', { class: 'number' }, [bytes(worker.memory)]),
      element('td', { class: 'number' }, [`${amount(worker.event_loop_lag_ms)} ms`]),
    ]),
  )
  byId('workers').replaceChildren(...rows)
}

function showErrors(errors) {
  byId('no-errors').hidden = errors.length > 0
  byId('errors-table').hidden = errors.length === 0
  const rows = errors.map((error) =>
    element('tr', {}, [
      element('td', {}, [element('time', { datetime: error.time }, [clock(Date.parse(error.time), true)])]),
      element('td', {}, [`${error.method} ${error.route}`]),
      element('td', { class: 'number' }, [String(error.status)]),
      element('td', {}, [element('code', {}, [error.request_id])]),
    ]),
  )
  byId('recent-errors').replaceChildren(...rows)
}

function createPlot(plot) {
  plot.reading = element('p', { class: 'reading' }, [])
  plot.svg = svg('svg', { role: 'img', 'aria-label': `${plot.title} over the last hour` }, [])
  const unit = element('small', {}, [plot.unit.trim()])
  const caption = element('figcaption', {}, [element('h3', {}, [plot.title, ' ', unit]), plot.reading])
  plot.svg.addEventListener('pointermove', (event) => scrubTo(plot, event))
  plot.svg.addEventListener('pointerdown', (event) => scrubTo(plot, event))
  plot.svg.addEventListener('pointerleave', () => {
    byId('scrub').value = byId('scrub').max
    drawCursor()
  })
  return element('figure', { class: 'plot' }, [caption, plot.svg])
}

function drawPlots() {
  drawnAt = Date.now()
  for (const plot of plots) drawPlot(plot)
  drawCursor()
}

function drawPlot(plot) {
  const width = Math.max(240, Math.round(plot.svg.getBoundingClientRect().width))
  const height = 150
  const box = { left: 34, right: width - 8, top: 8, bottom: height - 20 }
  const values = points.flatMap((point) => plot.series.map(({ key }) => point[key] ?? 0))
  const most = plot.most ?? roundUp(Math.max(...values, 0))
  plot.x = (time) => box.right - ((drawnAt - time) / HOUR_MS) * (box.right - box.left)
  plot.y = (value) => box.bottom - (Math.min(value, most) / most) * (box.bottom - box.top)
  plot.box = box
  plot.svg.setAttribute('viewBox', `0 0 ${width} ${height}`)
  plot.cursor = svg('g', {}, [])
  plot.svg.replaceChildren(
    ...[0, most / 2, most].flatMap((value) => [
      svg('line', { class: 'grid', x1: box.left, x2: box.right, y1: plot.y(value), y2: plot.y(value) }, []),
      svg('text', { class: 'end', x: box.left - 6, y: plot.y(value) + 4 }, [amount(value)]),
    ]),
    ...[60, 45, 30, 15, 0].map((minutes) => {
      const side = minutes === 0 ? 'end' : minutes === 60 ? 'start' : 'middle'
      const label = minutes === 0 ? 'now' : `${minutes} min`
      return svg('text', { class: side, x: plot.x(drawnAt - minutes * 60_000), y: height - 4 }, [label])
    }),
    ...plot.series.flatMap(({ key }, index) => lines(plot, key, index)),
    plot.cursor,
  )
  plot.svg.setAttribute('aria-label', summary(plot))
}

/** A line for each stretch without a gap; the first series is filled to the ground. */
function lines(plot, key, index) {
  return stretches(key).flatMap((stretch) => {
    const path = stretch.map((point) => `${plot.x(point.time).toFixed(1)},${plot.y(point[key]).toFixed(1)}`)
    const first = plot.x(stretch[0].time).toFixed(1)
    const last = plot.x(stretch.at(-1).time).toFixed(1)
    const area = `M${first},${plot.box.bottom}L${path.join('L')}L${last},${plot.box.bottom}Z`
    const line = svg(
      'path',
      { class: index === 0 ? 'series' : 'series second', d: `M${path.join('L')}h.01` },
      [],
    )
    return index === 0 ? [svg('path', { class: 'area', d: area }, []), line] : [line]
  })
}

function stretches(key) {
  const found = []
  let before
  for (const point of points) {
    if (drawnAt - point.time > HOUR_MS) continue
    const gap = before === undefined || point.time - before.time > 3 * HISTORY_MS || before[key] === null
    if (point[key] !== null) {
      if (gap) found.push([])
      found.at(-1).push(point)
    }
    before = point
  }
  return found
}

function summary(plot) {
  const said = plot.series.map(({ key, name }) => {
    const values = points.map((point) => point[key]).filter((value) => value !== null)
    if (values.length === 0) return `${name}: no value`
    const last = `${amount(values.at(-1))}${plot.unit} now`
    return `${name}: ${last}, at least ${amount(Math.min(...values))}, at most ${amount(Math.max(...values))}`
  })
  return `${plot.title} over the last hour. ${said.join('. ')}.`
}

function scrubTo(plot, event) {
  const bounds = plot.svg.getBoundingClientRect()
  const share = (event.clientX - bounds.left - plot.box.left) / (plot.box.right - plot.box.left)
  byId('scrub').value = String(Math.round(Math.min(1, Math.max(0, share)) * 360))
  drawCursor()
}

/** Shows every plot's values at the time that the slider stands at. */
function drawCursor() {
  const scrub = byId('scrub')
  const back = Number(scrub.max) - Number(scrub.value)
  const time = drawnAt - back * HISTORY_MS
  const label = back === 0 ? 'now' : clock(time, false)
  setText('scrub-time', label)
  scrub.setAttribute('aria-valuetext', label)
  const point = back === 0 ? points.at(-1) : nearest(time)
  for (const plot of plots) {
    if (plot.box === undefined) continue
    plot.reading.replaceChildren(
      ...plot.series.map(({ key, name }, index) => {
        const value = point?.[key] ?? null
        return element('span', { class: index === 0 ? 'key' : 'key second' }, [
          `${name} ${value === null ? '–' : amount(value) + plot.unit}`,
        ])
      }),
    )
    plot.cursor.replaceChildren(...(point === undefined ? [] : cursor(plot, point, back > 0)))
  }
}

function cursor(plot, point, withLine) {
  const x = plot.x(point.time)
  const line = svg('line', { class: 'cursor', x1: x, x2: x, y1: plot.box.top, y2: plot.box.bottom }, [])
  const dots = plot.series.flatMap(({ key }, index) => {
    if (point[key] === null) return []
    return [
      svg('circle', { class: index === 0 ? 'dot' : 'dot second', cx: x, cy: plot.y(point[key]), r: 3 }, []),
    ]
  })
  return withLine ? [line, ...dots] : dots
}

function nearest(time) {
  const close = points.filter((point) => Math.abs(point.time - time) < 1.5 * HISTORY_MS)
  return close.sort((a, b) => Math.abs(a.time - time) - Math.abs(b.time - time))[0]
}

function setText(id, text) {
  const target = byId(id)
  // Screen readers would read an unchanged status again.
  if (target.textContent !== text) target.textContent = text
}

function setValue(id, value, unit) {
  byId(id).replaceChildren(value, element('small', {}, [unit]))
}

function setMeter(id, percent) {
  const meter = byId(id)
  meter.classList.toggle('high', percent >= 90)
  const rect = meter.querySelector('rect')
  if (rect !== null) {
    rect.setAttribute('width', String(percent))
    return
  }
  const bar = svg('rect', { width: percent, height: 1 }, [])
  meter.append(
    svg('svg', { viewBox: '0 0 100 1', preserveAspectRatio: 'none', 'aria-hidden': 'true' }, [bar]),
  )
}

function element(name, attributes, children) {
  return fill(document.createElement(name), attributes, children)
}

function svg(name, attributes, children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children)
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value))
  node.append(...children)
  return node
}

/** A top for the axis that is easy to read: 1, 2 or 5 times a power of ten. */
function roundUp(value) {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return [1, 2, 5, 10].map((step) => step * power).find((top) => top >= value)
}

function amount(value) {
  if (value === null) return '–'
  if (value >= 100) return Math.round(value).toLocaleString('en')
  return String(Number(value.toFixed(value >= 10 ? 1 : 2)))
}

function bytes(value) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const step = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10))
  return `${amount(value / 1024 ** step)} ${units[step]}`
}

function duration(seconds) {
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`
}

function clock(time, withSeconds) {
  return new Date(time).toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit',
    ...(withSeconds ? { second: '2-digit' } : {}),
    hour12: false,
  })
}
