/**
 * Splits as a shell would split a line of words: quotes and backslashes hold words together, nothing is expanded.
 * Throws on a quote that is not closed.
 */
export function splitWords(text: string): string[] {
  const words: string[] = []
  let word: string | undefined
  const part = /\\(.)|'([^']*)'|"((?:[^"\\]|\\.)*)"|(\s+)|([^\s'"\\]+)|(.)/gsu
  for (const [, escaped, single, double, space, plain, stray] of text.matchAll(part)) {
    if (stray !== undefined)
      throw new Error(`${stray === '\\' ? 'a backslash at the end' : `no closing ${stray}`} in: ${text}`)
    if (space !== undefined) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else {
      word = (word ?? '') + (escaped ?? single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? plain)
    }
  }
  if (word !== undefined) words.push(word)
  return words
}
