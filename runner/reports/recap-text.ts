import type { Counters, Mispredicted } from '../engine/events.ts'
import type { Paint, Style } from './color.ts'
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

/** The table under `PLAY RECAP`: a line a host, counters under one another. */
export function recapLines(hosts: Readonly<Record<string, Counters>>, paint: Paint): string[] {
  const rows = Object.entries(hosts).sort(([a], [b]) => (a < b ? -1 : 1))
  const labels = rows.map(([host]) => escapeLine(host))
  const hostWidth = Math.max(26, ...labels.map((label) => label.length))
  const widths = COLUMNS.map(([name]) =>
    Math.max(4, ...rows.map(([, counters]) => String(counters[name]).length + 1)),
  )
  return rows.map(([, counters], row) => {
    const cells = COLUMNS.map(([name, style], column) => {
      const cell = `${name}=${counters[name]}`.padEnd(name.length + 1 + widths[column]!)
      return counters[name] > 0 ? paint(style, cell) : cell
    })
    return `${paint(hostStyle(counters), labels[row]!.padEnd(hostWidth))} : ${cells.join(' ').trimEnd()}`
  })
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
