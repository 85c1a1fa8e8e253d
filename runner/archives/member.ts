/** One entry of an archive. */
export interface Member {
  /** Without a slash at its end, `.` for the top. */
  readonly name: string
  /** Its name in the archive, where that is another one. */
  readonly archived?: string
  readonly type: 'file' | 'directory' | 'link' | 'hard link' | 'other'
  /** Permission bits. */
  readonly mode: number
  readonly owner: string
  readonly group: string
  readonly uid: number
  readonly gid: number
  /** Seconds since 1970. */
  readonly mtime: number
  readonly size: number
  /** Where a link points; for a hard link the name of another member. */
  readonly target?: string
  /** A file's bytes, where the archive is at hand. */
  readonly bytes?: Buffer
}

/** A name as tar extracts it: no slash at either end, nothing that leads out. Undefined for what would lead out. */
export function cleanName(name: string): string | undefined {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.includes('..')) return undefined
  return parts.join('/') || '.'
}
