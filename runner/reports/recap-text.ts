import type { Counters, Mispredicted, Summary } from '../engine/events.ts'
import type { Paint, Style } from './color.ts'
import { dump } from './dump.ts'
import { escapeLine } from './escape.ts'

const COLUMNS: readonly (readonly [keyof Counters, Style])[] = [
  ['ok', 'ok'],
  ['changed', 'changed'],
  ['unknown', 'unknown'],
  ['unreachable', 'unreachable'],
  ['failed', 'failed'],
  ['skipped', 'skipped'],
  ['rescued', 'rescued'],
  ['ignored', 'ignored'],
]

/**
 * The table under `PLAY RECAP`: a line a host, counters under one another. Spaced as Ansible does, or closer where
 * `width` columns would not hold that. What is unknown is counted in a dry run, and where there is something.
 */
export function recapLines(
  hosts: Readonly<Record<string, Counters>>,
  paint: Paint,
  { width = Infinity, dry = false }: { readonly width?: number; readonly dry?: boolean } = {},
): string[] {
  const rows = Object.entries(hosts).sort(([a], [b]) => (a < b ? -1 : 1))
  const wide = table(rows, paint, { host: 26, counter: 4, dry })
  return wide.width <= width ? wide.lines : table(rows, paint, { host: 0, counter: 1, dry }).lines
}

/** What `set_stats` has set: a line for each host, then one for the run. */
export function customStatsLines({ run, hosts }: NonNullable<Summary['stats']>): string[] {
  return [
    ...Object.entries(hosts).map(([host, stats]) => `\t${escapeLine(host)}: ${dump(stats)}`),
    ...(Object.keys(run).length > 0 ? [`\tRUN: ${dump(run)}`] : []),
  ]
}

interface Least {
  readonly host: number
  readonly counter: number
  readonly dry: boolean
}

function table(
  rows: readonly [string, Counters][],
  paint: Paint,
  { host, counter, dry }: Least,
): { lines: string[]; width: number } {
  const labels = rows.map(([host]) => escapeLine(host))
  const hostWidth = Math.max(host, ...labels.map(({ length }) => length))
  // In a run that does what it says nothing is unknown.
  const columns = COLUMNS.filter(
    ([name]) => name !== 'unknown' || dry || rows.some(([, counters]) => counters.unknown > 0),
  )
  const widths = columns.map(
    ([name]) =>
      name.length + 1 + Math.max(counter, ...rows.map(([, counters]) => String(counters[name]).length)),
  )
  const lines = rows.map(([, counters], row) => {
    const cells = columns.map(([name, style], column) => {
      const cell = `${name}=${counters[name]}`
      const space = ' '.repeat(column === columns.length - 1 ? 0 : widths[column]! - cell.length)
      return (counters[name] > 0 ? paint(style, cell) : cell) + space
    })
    return `${paint(hostStyle(counters), labels[row]!.padEnd(hostWidth))} : ${cells.join(' ')}`
  })
  return { lines, width: hostWidth + 2 + widths.reduce((sum, each) => sum + each + 1, 0) }
}

/** What went through the connections, a line a host; a frame is one script and its answer. */
export function trafficLines(traffic: Summary['traffic'] = {}): string[] {
  return Object.entries(traffic).map(
    ([host, { frames, sent, received }]) =>
      `${escapeLine(host)}: ${frames} frames, ${sent} bytes sent, ${received} bytes received`,
  )
}

/** What turned out otherwise than predicted, for the end of a run. */
export function mispredictedLines(events: readonly Mispredicted[], paint: Paint): string[] {
  return events.flatMap(({ host, task, resource, predicted, observed }) => [
    paint(
      'warning',
      escapeLine(`[${host}] ${resource}, after ${task.role ? `${task.role} : ` : ''}${task.name}`),
    ),
    `  predicted: ${escapeLine(predicted)}`,
    `  observed:  ${escapeLine(observed)}`,
  ])
}

function hostStyle({ failed, unreachable, changed, unknown }: Counters): Style {
  if (failed > 0 || unreachable > 0) return 'failed'
  if (changed > 0) return 'changed'
  return unknown > 0 ? 'unknown' : 'ok'
}
