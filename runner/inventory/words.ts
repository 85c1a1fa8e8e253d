/** A word of a line and the column where it begins, counted from 1. */
export interface Word {
  readonly text: string
  readonly column: number
}

/**
 * Splits a host line of an INI inventory into words as a POSIX shell would: quotes and backslashes, and `#` outside
 * quotes begins a comment, also inside a word (as Python's shlex does, which Ansible uses).
 * Throws an `Error` when a quote is not closed.
 */
export function splitWords(line: string): Word[] {
  const words: Word[] = []
  let word: { text: string; column: number } | undefined
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at]!
    if (character === '#') break
    if (/\s/.test(character)) {
      if (word) words.push(word)
      word = undefined
      continue
    }
    word ??= { text: '', column: at + 1 }
    if (character === "'" || character === '"') {
      const quoted = readQuoted(line, at)
      word.text += quoted.text
      at = quoted.end
    } else if (character === '\\') {
      at += 1
      if (at >= line.length) throw new Error('a backslash stands at the end of the line')
      word.text += line[at]!
    } else {
      word.text += character
    }
  }
  if (word) words.push(word)
  return words
}

/** In double quotes a backslash escapes the quote and itself only; in single quotes nothing is escaped. */
function readQuoted(line: string, start: number): { text: string; end: number } {
  const quote = line[start]!
  let text = ''
  for (let at = start + 1; at < line.length; at += 1) {
    const character = line[at]!
    if (character === quote) return { text, end: at }
    const next = line[at + 1]
    if (quote === '"' && character === '\\' && (next === '"' || next === '\\')) {
      text += next
      at += 1
    } else {
      text += character
    }
  }
  throw new Error(`the quote at column ${start + 1} is not closed`)
}
