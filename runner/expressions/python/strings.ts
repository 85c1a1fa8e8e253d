import { text } from '../convert.ts'
import type { Item } from '../items.ts'

/** Python's `title()`: a capital after everything that is no letter. */
export function titleCase(value: string): string {
  return value.replace(/\p{L}+/gu, (word) => capitalize(word))
}

export function capitalize(value: string): string {
  const [first = ''] = value
  return first.toUpperCase() + value.slice(first.length).toLowerCase()
}

/** Python's `splitlines()`. */
export function splitLines(value: string, keepEnds = false): string[] {
  const lines =
    value.match(/[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]|$)/g) ?? []
  if (lines.at(-1) === '') lines.pop()
  return keepEnds
    ? lines
    : lines.map((line) => line.replace(/(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])$/, ''))
}

/** Python's `split()` without a separator. */
export function splitWhitespace(value: string, limit = -1): string[] {
  const words: string[] = []
  let rest = value.trimStart()
  while (rest !== '') {
    if (limit >= 0 && words.length === limit) return [...words, rest.trimEnd()]
    const [word] = /^\S+/.exec(rest)!
    words.push(word)
    rest = rest.slice(word.length).trimStart()
  }
  return words
}

/** Python's `strip(characters)`; white space when they are None. */
export function stripCharacters(value: string, characters: Item, side: 'left' | 'right' | 'both'): string {
  if (characters === null) {
    if (side === 'both') return value.trim()
    return side === 'left' ? value.trimStart() : value.trimEnd()
  }
  const set = new Set(text(characters))
  const letters = Array.from(value)
  let start = 0
  let end = letters.length
  if (side !== 'right') while (start < end && set.has(letters[start]!)) start++
  if (side !== 'left') while (end > start && set.has(letters[end - 1]!)) end--
  return letters.slice(start, end).join('')
}
