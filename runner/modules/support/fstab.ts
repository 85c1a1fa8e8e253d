import { escapeField, unescapeField } from '../../resources/mount.ts'

/** One line of /etc/fstab. */
export interface FstabEntry {
  readonly src: string
  readonly path: string
  readonly fstype: string
  readonly opts: string
  readonly dump: string
  readonly passno: string
}

/** The entry of a line, or undefined for comments and what is none. */
export function parseFstabLine(line: string): FstabEntry | undefined {
  if (/^\s*(#|$)/.test(line)) return undefined
  const [src, path, fstype, opts = 'defaults', dump = '0', passno = '0'] = line.trim().split(/\s+/)
  if (src === undefined || path === undefined || fstype === undefined) return undefined
  return { src: unescapeField(src), path: unescapeField(path), fstype, opts, dump, passno }
}

/** The text with this entry in place of the one for the same path (for swap: the same device), or added. */
export function withEntry(text: string, entry: FstabEntry): string {
  const line = [
    escapeField(entry.src),
    escapeField(entry.path),
    entry.fstype,
    escapeField(entry.opts),
    entry.dump,
    entry.passno,
  ].join(' ')
  const lines = text.split('\n')
  let found = false
  const edited = lines.map((each) => {
    const old = parseFstabLine(each)
    if (!old || !isSame(old, entry)) return each
    found = true
    return isEqual(old, entry) ? each : line
  })
  if (found) return edited.join('\n')
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`
}

export function withoutEntry(text: string, entry: Pick<FstabEntry, 'path' | 'src' | 'fstype'>): string {
  return text
    .split('\n')
    .filter((line) => {
      const old = parseFstabLine(line)
      return !old || !isSame(old, entry)
    })
    .join('\n')
}

export function findEntry(text: string, path: string): FstabEntry | undefined {
  return text
    .split('\n')
    .map((line) => parseFstabLine(line))
    .find((entry) => entry?.path === path)
}

function isSame(one: FstabEntry, other: Pick<FstabEntry, 'path' | 'src' | 'fstype'>): boolean {
  if (one.fstype === 'swap' && other.fstype === 'swap') return one.src === other.src
  return one.path === other.path
}

function isEqual(one: FstabEntry, other: FstabEntry): boolean {
  return (Object.keys(one) as (keyof FstabEntry)[]).every((field) => one[field] === other[field])
}
