import type { Counters, Event, Result } from '../engine/events.ts'
import { formatLocation } from '../source/location.ts'
import { renderDiff } from './diff.ts'
import { dump } from './dump.ts'
import { escapeText } from './escape.ts'
import { waitsFor } from './reason.ts'

/**
 * The events of a run as one HTML page: nothing is loaded, no script runs, every text is escaped. Tasks that changed
 * nothing are folded.
 */
export function renderHtml(events: readonly Event[], title = 'Run'): string {
  const summaries = events.filter((event) => event.type === 'summary')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${html(title)}</title>
<style>${CSS}</style>
</head>
<body>
<h1>${html(title)}</h1>
${summaries.map(({ hosts }) => recapTable(hosts)).join('\n')}
${sections(events)}
</body>
</html>
`
}

const CSS = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color-scheme: light dark }
table { border-collapse: collapse } td, th { padding: .2rem .8rem; text-align: right } th:first-child { text-align: left }
pre { overflow-x: auto; padding: .6rem; border: 1px solid #8886; border-radius: 4px; font-size: 13px }
details { margin: .2rem 0 } summary { cursor: pointer } small { opacity: .7 }
.ok, .add { color: #17803d } .changed { color: #a16207 } .failed, .unreachable, .del { color: #dc2626 }
.skipped { color: #0e7490 } .unknown { color: #a21caf } .hunk { color: #0e7490 }
`

const COUNTERS = [
  'ok',
  'changed',
  'unknown',
  'unreachable',
  'failed',
  'skipped',
  'rescued',
  'ignored',
] as const

function recapTable(hosts: Readonly<Record<string, Counters>>): string {
  const head = COUNTERS.map((name) => `<th>${name}</th>`).join('')
  const rows = Object.entries(hosts).map(([host, counters]) => {
    const cells = COUNTERS.map(
      (name) => `<td${counters[name] > 0 ? ` class="${name}"` : ''}>${counters[name]}</td>`,
    )
    return `<tr><th>${html(host)}</th>${cells.join('')}</tr>`
  })
  return `<table><tr><th>host</th>${head}</tr>${rows.join('\n')}</table>`
}

function sections(events: readonly Event[]): string {
  return events
    .map((event) => {
      switch (event.type) {
        case 'play':
          return `<h2>${html(event.name)}</h2>`
        case 'result':
          return resultDetails(event)
        case 'mispredicted':
          return `<p class="failed">${html(`${event.host}: ${event.resource} is not as predicted`)}<br>predicted: ${html(event.predicted)}<br>observed: ${html(event.observed)}</p>`
        case 'message':
          return `<p>${html(`${event.severity}: ${event.host === undefined ? '' : `${event.host}: `}${event.text}`)}</p>`
        default:
          return ''
      }
    })
    .filter((section) => section !== '')
    .join('\n')
}

function resultDetails(event: Result): string {
  const { task, host, status, item, delegatedTo, because, ignored, rescued } = event
  const isFailure = status === 'failed' || status === 'unreachable'
  const where = delegatedTo === undefined ? host : `${host} → ${delegatedTo}`
  const name = `${task.role ? `${task.role} : ` : ''}${task.name}${item ? ` (${item.label})` : ''}`
  const notes = [
    ...(status === 'unknown' ? [waitsFor(because)] : []),
    ...(ignored ? ['ignored'] : []),
    ...(rescued ? ['rescued'] : []),
  ]
  const blocks = event.diff.map((diff) =>
    renderDiff(diff)
      .map((line) => diffLine(line))
      .join('\n'),
  )
  if (isFailure) blocks.push(html(dump(event.result, { indent: true })))
  return `<details${status === 'changed' || isFailure ? ' open' : ''}><summary><b class="${status}">${status}</b> ${html(where)} — ${html(name)} <small>${html([...notes, formatLocation(task.location), `${Math.round(event.ms)} ms`].join(' · '))}</small></summary>${blocks.map((block) => `<pre>${block}</pre>`).join('')}</details>`
}

function diffLine(line: string): string {
  const style = /^(---|\+\+\+) /.test(line) ? undefined : STYLES[line[0] ?? '']
  return style === undefined ? html(line) : `<span class="${style}">${html(line)}</span>`
}

const STYLES: Record<string, string> = { '+': 'add', '-': 'del', '@': 'hunk' }

function html(text: string): string {
  return escapeText(text).replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
