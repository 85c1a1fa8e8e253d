/** A line of a sources list: `deb [arch=amd64] https://mirror.example/debian bookworm main`. */
export interface SourceLine {
  readonly enabled: boolean
  /** Without comment, blanks made single: what two lines are compared by. */
  readonly source: string
  readonly comment: string
}

/** A line that names a source, switched on or off; undefined for comments and everything else. */
export function parseSourceLine(line: string): SourceLine | undefined {
  const match = /^\s*(#?)\s*((?:deb|deb-src)\s+[^#]*[^#\s])\s*(?:#\s*(.*))?$/.exec(line)
  if (!match) return undefined
  const source = match[2]!.replaceAll(/\s+/g, ' ').replaceAll(/\[ | \]/g, (each) => each.trim())
  // Prose in a comment may begin with the word too.
  if (!/^deb(-src)? (\[[^\]]*\] )?\S*[:/]\S* \S/.test(source)) return undefined
  return { enabled: match[1] === '', source, comment: match[3] ?? '' }
}

/** The name of the file for a source that is to get one of its own, as Ansible derives it from the address. */
export function suggestFileName(source: string): string {
  const [address = ''] = source
    .replaceAll(/\[[^\]]+\]/g, '')
    .replaceAll(/\w+:\/\//g, '')
    .split(/\s+/)
    .filter((word) => word !== '' && word !== 'deb' && word !== 'deb-src')
  const plain = address.replace(/^[^@]*@/, '')
  return plain
    .replaceAll(/[^a-zA-Z0-9]+/g, ' ')
    .trim()
    .replaceAll(' ', '_')
}
