/** One line wrapped at a width, as Python's `textwrap.wrap` with its white space left as it is. */
export function wrapText(line: string, width: number, breakLong: boolean, onHyphens: boolean): string[] {
  const chunks = line.match(onHyphens ? /\s+|[^\s-]*\w-(?=\w)|[^\s]+?(?=\s|$|\w-\w)|\S+/g : /\s+|\S+/g) ?? []
  const lines: string[] = []
  let current = ''
  const flush = () => {
    lines.push(current.trimEnd())
    current = ''
  }
  for (const chunk of mergeHyphenless(chunks)) {
    if (current.length + chunk.length <= width) {
      if (current === '' && lines.length > 0 && chunk.trim() === '') continue
      current += chunk
      continue
    }
    if (chunk.length <= width || !breakLong) {
      if (current !== '') flush()
      if (chunk.trim() !== '') current = chunk
      continue
    }
    let rest = chunk
    while (current.length + rest.length > width) {
      const room = width - current.length
      current += rest.slice(0, room)
      rest = rest.slice(room)
      flush()
    }
    current = rest
  }
  if (current.trim() !== '') lines.push(current.trimEnd())
  return lines
}

/** Joins pieces of one word that end in no hyphen back together. */
function mergeHyphenless(chunks: readonly string[]): string[] {
  const merged: string[] = []
  for (const chunk of chunks) {
    const last = merged.at(-1)
    if (last !== undefined && /\S$/.test(last) && !last.endsWith('-') && /^\S/.test(chunk)) {
      merged[merged.length - 1] = last + chunk
    } else merged.push(chunk)
  }
  return merged
}
