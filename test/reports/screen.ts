/**
 * What a terminal shows after this text: the lines, without trailing space, and whether the cursor is visible. Knows the
 * escape sequences that move and erase; throws at any other, so that nothing is overlooked.
 */
export function screen(text: string): { lines: string[]; cursor: boolean } {
  const lines: string[] = ['']
  let row = 0
  let column = 0
  let cursor = true
  const sequences = /\x1b\[(\??)([\d;]*)([A-Za-z])|[\s\S]/gu
  for (const [whole, question, digits = '', letter] of text.matchAll(sequences)) {
    const count = Number(digits || 1)
    if (letter === undefined) {
      if (whole === '\n') {
        row += 1
        column = 0
      } else if (whole === '\r') column = 0
      else {
        const line = (lines[row] ?? '').padEnd(column)
        lines[row] = line.slice(0, column) + whole + line.slice(column + whole.length)
        column += whole.length
      }
    } else if (question === '?') {
      if (digits === '25') cursor = letter === 'h'
      else if (digits !== '2026') throw new Error(`unexpected mode ${digits}`)
    } else if (letter === 'A') row = Math.max(0, row - count)
    else if (letter === 'B') row += count
    else if (letter === 'G') column = count - 1
    else if (letter === 'K') lines[row] = digits === '2' ? '' : (lines[row] ?? '').slice(0, column)
    else if (letter !== 'm') throw new Error(`unexpected sequence ${JSON.stringify(whole)}`)
  }
  return { lines: Array.from(lines, (line: string | undefined) => (line ?? '').trimEnd()), cursor }
}
