import type { Traffic } from './proxy.ts'
import type { Measured } from './measure.ts'

/** All that was measured of one tool at one work. */
export interface Row {
  readonly work: string
  readonly hosts: number
  readonly roundTrip: number
  readonly tool: string
  readonly runs: readonly Measured[]
  /** Of one run more, through the counting proxy. */
  readonly counted?: Traffic & { readonly memory: number }
}

/** A Markdown table, one line a tool, with how often slower each is than Rehearsal. */
export function table(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const ours = rows.find(
      (each) =>
        each.tool === 'rehearsal' &&
        each.work === row.work &&
        each.hosts === row.hosts &&
        each.roundTrip === row.roundTrip,
    )
    const walls = row.runs.map(({ wall }) => wall)
    const ratio = ours ? median(walls) / median(ours.runs.map(({ wall }) => wall)) : undefined
    return [
      row.work,
      row.hosts,
      `${row.roundTrip} ms`,
      row.tool,
      `${seconds(median(walls))} (${seconds(Math.min(...walls))}–${seconds(Math.max(...walls))})`,
      ratio === undefined ? '' : `${ratio < 10 ? ratio.toFixed(2) : ratio.toFixed(0)} ×`,
      seconds(median(row.runs.map(({ cpu }) => cpu))),
      row.counted ? `${Math.round(row.counted.memory)} MiB` : '',
      row.counted ? bytes(row.counted.sent) : '',
      row.counted ? bytes(row.counted.received) : '',
      row.counted ? `${row.counted.turns}` : '',
      row.runs.length,
    ]
  })
  const head = [
    'work',
    'hosts',
    'round trip',
    'tool',
    'wall (spread)',
    'to Rehearsal',
    'CPU',
    'memory',
    'sent',
    'received',
    'turns',
    'runs',
  ]
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

function seconds(value: number): string {
  return value < 10 ? `${value.toFixed(2)} s` : `${value.toFixed(1)} s`
}

function bytes(value: number): string {
  return value < 1e6 ? `${(value / 1e3).toFixed(0)} kB` : `${(value / 1e6).toFixed(1)} MB`
}
