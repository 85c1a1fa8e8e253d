import { type Dict, isDict, type Value } from '../variables/value.ts'

/** Arguments that are content or description, not names of what is touched. */
const PROSE = new Set(['content', 'block', 'line', 'comment', 'stdin', 'msg', 'mode', 'state'])

/**
 * Every word in a task's arguments that could name a thing on the host: what a command may have changed. The program
 * itself, the first word of a command line, is not among them.
 */
export function mentionsOf(args: Dict): string[] {
  const found = new Set<string>()
  for (const [name, value] of Object.entries(args)) {
    if (PROSE.has(name)) continue
    const words = wordsOf(value)
    for (const word of name === 'cmd' || name === 'argv' ? words.slice(1) : words) found.add(word)
  }
  return [...found]
}

function wordsOf(value: Value): string[] {
  if (typeof value === 'string') return value.split(/[\s'"=:,;|&<>()`$]+/).filter((word) => word.length > 1)
  if (Array.isArray(value)) return value.flatMap((each) => wordsOf(each))
  return isDict(value) ? Object.values(value).flatMap((each) => wordsOf(each)) : []
}
