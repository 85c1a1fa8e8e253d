import type { Line } from './hunks.ts'

/**
 * Makes whitespace visible in lines that differ in nothing else (`·` space, `⇥` tab, `␍` carriage return), and cuts very
 * long lines around the place where they differ.
 */
export function showWhitespace(lines: readonly Line[]): Line[] {
  const shown: Line[] = []
  for (let start = 0; start < lines.length;) {
    let end = start
    while (end < lines.length && isChange(lines[end]!)) end += 1
    if (end > start) shown.push(...showBlock(lines.slice(start, end)))
    else shown.push(cut(lines[end++]!, 0))
    start = end
  }
  return shown
}

function isChange({ sign }: Line): boolean {
  return sign === '+' || sign === '-' || sign === '\\'
}

/** A run of removed and added lines. Lines that stand at the same place of an even exchange are compared one to one. */
function showBlock(block: readonly Line[]): Line[] {
  const removed = block.filter(({ sign }) => sign === '-')
  const added = block.filter(({ sign }) => sign === '+')
  const whole = bare(removed) === bare(added)
  const partners = new Map<Line, Line>()
  if (removed.length === added.length) {
    for (const [index, line] of removed.entries()) {
      partners.set(line, added[index]!).set(added[index]!, line)
    }
  }
  return block.map((line) => {
    if (line.sign === '\\') return line
    const partner = partners.get(line)
    const focus = partner ? firstDifference(line.text, partner.text) : 0
    const onlySpace = whole || (partner !== undefined && bare([line]) === bare([partner]))
    const short = cut(line, focus)
    return onlySpace ? { sign: line.sign, text: visible(short.text) } : short
  })
}

function bare(lines: readonly Line[]): string {
  return lines.map(({ text }) => text.replaceAll(/\s+/g, '')).join('')
}

function visible(text: string): string {
  return text.replaceAll(
    /\s/g,
    (space) => SPACES[space] ?? `\\u${space.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

const SPACES: Record<string, string> = { ' ': '·', '\t': '⇥', '\r': '␍', '\v': '␋', '\f': '␌' }

const MOST_CHARACTERS = 500

function cut({ sign, text }: Line, focus: number): Line {
  if (text.length <= MOST_CHARACTERS) return { sign, text }
  const start = Math.max(0, Math.min(focus - MOST_CHARACTERS / 2, text.length - MOST_CHARACTERS))
  const end = start + MOST_CHARACTERS
  const middle = text.slice(start, end).toWellFormed()
  const note = ` (${text.length} characters)`
  return { sign, text: `${start > 0 ? '…' : ''}${middle}${end < text.length ? '…' : ''}${note}` }
}

function firstDifference(one: string, other: string): number {
  let at = 0
  while (at < one.length && one[at] === other[at]) at += 1
  return at
}
