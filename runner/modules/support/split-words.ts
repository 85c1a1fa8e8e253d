/**
 * A command line taken apart as Python's `shlex.split` does in POSIX mode, without running any of it.
 *
 * @throws {RangeError} when a quotation does not end
 */
export function splitWords(line: string): string[] {
  const words: string[] = []
  let word: string | undefined
  for (let at = 0; at < line.length; at++) {
    const character = line[at]!
    if (/\s/.test(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (character === "'" || character === '"') {
      const end = endOfQuotation(line, at)
      const inside = line.slice(at + 1, end)
      word = (word ?? '') + (character === '"' ? inside.replaceAll(/\\(["\\])/g, '$1') : inside)
      at = end
    } else if (character === '\\' && at + 1 < line.length) {
      word = (word ?? '') + line[++at]!
    } else {
      word = (word ?? '') + character
    }
  }
  if (word !== undefined) words.push(word)
  return words
}

function endOfQuotation(line: string, start: number): number {
  for (let at = start + 1; at < line.length; at++) {
    if (line[start] === '"' && line[at] === '\\') at++
    else if (line[at] === line[start]) return at
  }
  throw new RangeError(`no closing quotation in: ${line}`)
}
