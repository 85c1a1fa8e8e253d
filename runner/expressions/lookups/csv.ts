/** The rows of a CSV text; cells may be quoted, with doubled quotes and newlines in them. */
export function parseCsv(source: string, delimiter: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let cell = ''
  let quoted = false
  const endRow = () => {
    row.push(cell)
    if (row.length > 1 || row[0] !== '') rows.push(row)
    row = []
    cell = ''
  }
  for (let at = 0; at < source.length; at++) {
    const character = source[at]!
    if (quoted) {
      if (character !== '"') cell += character
      else if (source[at + 1] === '"') cell += source[at++]
      else quoted = false
    } else if (character === '"' && cell === '') quoted = true
    else if (source.startsWith(delimiter, at)) {
      row.push(cell)
      cell = ''
      at += delimiter.length - 1
    } else if (character === '\n') endRow()
    else if (character !== '\r' || source[at + 1] !== '\n') cell += character
  }
  if (cell !== '' || row.length > 0) endRow()
  return rows
}
