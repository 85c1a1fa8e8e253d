import type { inferRouterOutputs } from '@trpc/server'
import type { AdminRouter } from '../../service/admin/router.ts'
import { escapeLine } from '../reports/escape.ts'

type Outputs = inferRouterOutputs<AdminRouter>

/** `status` for a person. */
export function showStatus(status: Outputs['status']): string {
  const { requests, latencyMs } = status
  const head = [
    ['version', `${status.version} (${status.build}), Node ${status.node}`],
    ['environment', status.environment],
    ['program', status.program],
    ['up for', duration(status.uptimeSeconds)],
    ['state', status.maintenance.enabled ? `maintenance since ${status.maintenance.since}` : 'in service'],
    ['requests', `${requests.total}, ${requests.perSecond}/s lately; ${requests.errors} failed`],
    ['latency', `${milliseconds(latencyMs.p50)} half, ${milliseconds(latencyMs.p95)} 95 %`],
    ['log level', status.logLevel],
  ]
  const errors = status.recentErrors.map((error) => [
    error.time,
    `${error.method} ${error.route}`,
    String(error.status),
    error.requestId,
  ])
  return [
    columns(head),
    showWorkers(status.workers),
    ...(errors.length === 0 ? [] : [columns([['ERROR', 'REQUEST', 'STATUS', 'ID'], ...errors])]),
  ].join('\n')
}

export function showWorkers(workers: Outputs['workers']['list']): string {
  const rows = workers.map((worker) => [
    String(worker.slot),
    String(worker.pid),
    worker.state,
    duration(worker.uptimeSeconds),
    String(worker.requests),
    String(worker.connections),
    bytes(worker.memory),
    `${worker.lagMs} ms`,
  ])
  return columns([
    ['WORKER', 'PID', 'STATE', 'UP FOR', 'REQUESTS', 'CONNECTIONS', 'MEMORY', 'LOOP DELAY'],
    ...rows,
  ])
}

export function showMetrics({ cpu, memory, disk }: Outputs['metrics']['system']): string {
  return columns([
    ['cpu', `${cpu.percent} %`, `of ${cpu.count}`],
    ['memory', `${memory.percent} %`, `${bytes(memory.available)} of ${bytes(memory.total)} available`],
    ['disk', `${disk.percent} %`, `${bytes(disk.free)} of ${bytes(disk.total)} free`],
  ])
}

export function showConfig(config: Outputs['config']): string {
  const rows = Object.entries(config as Record<string, unknown>).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value),
  ])
  return columns(rows)
}

export function showMaintenance(maintenance: Outputs['maintenance']['get']): string {
  if (!maintenance.enabled) return 'in service\n'
  return columns([
    ['maintenance', `since ${maintenance.since}`],
    ['message', maintenance.message],
    ['Retry-After', `${maintenance.retryAfterSeconds} s`],
  ])
}

export function showReleases(releases: Outputs['releases']['list']): string {
  const rows = releases.map(({ name, time, current, running }) => [
    name,
    time,
    [...(current ? ['current'] : []), ...(running ? ['running'] : [])].join(', '),
  ])
  return columns([['RELEASE', 'INSTALLED', 'STATE'], ...rows])
}

/** A record of the log on one line; what is none stays as it is. */
export function showRecord(line: string): string {
  let record: unknown
  try {
    record = JSON.parse(line)
  } catch {
    return escapeLine(line)
  }
  if (typeof record !== 'object' || record === null) return escapeLine(line)
  const { time, level, msg, service: _, ...rest } = record as Record<string, unknown>
  const fields = Object.entries(rest).map(([name, value]) => `${name}=${textIn(value)}`)
  return escapeLine([textIn(time), textIn(level).padEnd(5), textIn(msg), ...fields].join(' '))
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

/** Rows with their cells one below the other. Text from the host is escaped. */
function columns(rows: readonly string[][]): string {
  const shown = rows.map((row) => row.map((cell) => escapeLine(cell)))
  const widths = shown.reduce<number[]>(
    (most, row) => row.map((cell, index) => Math.max(most[index] ?? 0, cell.length)),
    [],
  )
  return shown
    .map(
      (row) =>
        `${row
          .map((cell, index) => cell.padEnd(widths[index] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

function duration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`
}

function milliseconds(value: number | null): string {
  return value === null ? '–' : `${value} ms`
}

function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const step = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10))
  return `${(value / 1024 ** step).toFixed(step === 0 ? 0 : 1)} ${units[step]}`
}
