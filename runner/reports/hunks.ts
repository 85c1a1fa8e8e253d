import { createRequire } from 'node:module'

/** A line of a unified diff. `@` stands for a hunk's header, `\` for the note on a missing newline at the end. */
export interface Line {
  readonly sign: ' ' | '+' | '-' | '@' | '\\'
  readonly text: string
}

/** The hunks of a unified diff with three lines of context. */
export function hunks(before: string, after: string): Line[] {
  if (before === '' || after === '') return replacement(before, after)
  const patch = library().structuredPatch('', '', before, after, '', '', {
    context: 3,
    maxEditLength: MOST_EDITS,
  })
  // Texts that have next to nothing in common: the time to find it would grow with the square of their length.
  if (!patch) return replacement(before, after)
  return patch.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    header(oldStart, oldLines, newStart, newLines),
    ...lines.map((line) => ({ sign: line[0] as Line['sign'], text: line.slice(1) })),
  ])
}

const MOST_EDITS = 3000

/** Loaded late: most runs change nothing, or show no diff. */
function library(): typeof import('diff') {
  return createRequire(import.meta.url)('diff') as typeof import('diff')
}

function replacement(before: string, after: string): Line[] {
  const removed = sided('-', before)
  const added = sided('+', after)
  const count = (lines: readonly Line[]): number => lines.filter(({ sign }) => sign !== '\\').length
  if (removed.length + added.length === 0) return []
  return [
    header(Math.min(1, count(removed)), count(removed), Math.min(1, count(added)), count(added)),
    ...removed,
    ...added,
  ]
}

function sided(sign: '+' | '-', text: string): Line[] {
  if (text === '') return []
  const lines = text.split('\n')
  const complete = lines.at(-1) === ''
  if (complete) lines.pop()
  const signed: Line[] = lines.map((line) => ({ sign, text: line }))
  return complete ? signed : [...signed, { sign: '\\', text: ' No newline at end of file' }]
}

function header(oldStart: number, oldLines: number, newStart: number, newLines: number): Line {
  return { sign: '@', text: `@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@` }
}

function range(start: number, lines: number): string {
  return lines === 1 ? `${start}` : `${start},${lines}`
}
