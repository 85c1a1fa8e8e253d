import { sh } from '../transport/shell.ts'
import type { Unknown } from '../variables/unknown.ts'
import { defineResource } from './resource.ts'

/** What stands at one absolute path, links not followed (lstat). */
export type PathStatus = AbsentPath | PresentPath | DeniedPath | CreatedPath

export interface AbsentPath {
  readonly type: 'absent'
}

/** The user who looked may not look there. */
export interface DeniedPath {
  readonly type: 'denied'
}

/** Something will stand there (a command `creates` it), and only a real run can tell what. */
export interface CreatedPath {
  readonly type: 'created'
  readonly because: Unknown
}

export interface PresentPath {
  readonly type: 'file' | 'directory' | 'link' | 'fifo' | 'socket' | 'block' | 'char'
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number
  readonly owner: string
  readonly group: string
  /** Numbers that a prediction cannot tell are unknown. */
  readonly uid: number | Unknown
  readonly gid: number | Unknown
  /** Bytes. */
  readonly size: number | Unknown
  /** Seconds since 1970, with their fraction. */
  readonly mtime: number | Unknown
  readonly atime: number | Unknown
  readonly ctime: number | Unknown
  readonly inode: number | Unknown
  readonly device: number | Unknown
  readonly links: number | Unknown
  /** Where a link points, as written in it. */
  readonly target?: string
  /** A directory that a change made: nothing is in it but what later changes put there. */
  readonly fresh?: boolean
}

/** One absolute, normalized path: what lstat says. */
export const path = defineResource<string, PathStatus>({
  name: 'path',
  early: true,
  id: (key) => key,
  // One process for all: `stat` prints a record for each path that exists and complains about the others.
  // The name comes last and everything ends in NUL, so that names with newlines come through.
  read: (
    keys,
  ) => sh`LC_ALL=C stat --printf ${'%f %U %G %u %g %s %.9Y %.9X %.9Z %i %d %h %n\\0'} -- ${keys} 2>&1
printf ${'\\0'}
for path in ${keys}; do [ ! -L "$path" ] || { printf ${'@%s\\0'} "$path"; readlink -n -- "$path"; printf ${'\\0'}; }; done`,
  parse: (answer, keys) => parsePaths(answer.toString('utf8'), keys),
  matches: (predicted, observed) =>
    predicted.type === observed.type &&
    (predicted.type === 'absent' ||
      predicted.type === 'denied' ||
      predicted.type === 'created' ||
      (sameAttributes(predicted, observed as PresentPath) &&
        predicted.target === (observed as PresentPath).target)),
  describe: (value) =>
    value.type === 'absent' || value.type === 'denied' || value.type === 'created'
      ? value.type
      : `${value.type} ${formatMode(value.mode)} ${value.owner}:${value.group}${value.target === undefined ? '' : ` → ${value.target}`}`,
})

/** `0644` */
export function formatMode(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}

// A link's own mode is always 0777 and means nothing.
function sameAttributes(predicted: PresentPath, observed: PresentPath): boolean {
  return (
    sameName(predicted.owner, observed.owner, observed.uid) &&
    sameName(predicted.group, observed.group, observed.gid) &&
    (predicted.type === 'link' || predicted.mode === observed.mode)
  )
}

// What is given to a number that nobody has is shown without a name.
function sameName(predicted: string, name: string, id: PresentPath['uid']): boolean {
  return predicted === name || predicted === String(id)
}

function parsePaths(answer: string, keys: readonly string[]): PathStatus[] {
  const found = new Map<string, PathStatus>()
  const records = answer.split('\0')
  for (let index = 0; index < records.length; index++) {
    const record = records[index]!
    if (record === '') continue
    if (record.startsWith('@')) {
      const status = found.get(record.slice(1))
      if (status && status.type === 'link')
        found.set(record.slice(1), { ...status, target: records[index + 1]! })
      index++
      continue
    }
    // Complaints of `stat` stand on lines of their own before the record that follows them.
    const match =
      /^((?:stat: .*\n)*)([0-9a-f]+) (\S+) (\S+) (\d+) (\d+) (\d+) (-?[\d.]+) (-?[\d.]+) (-?[\d.]+) (\d+) (\d+) (\d+) ([^]+)$/.exec(
        record,
      )
    const complaints = match ? match[1]! : record
    for (const denied of complaints.matchAll(/^stat: cannot statx? '(.*)': Permission denied$/gm)) {
      found.set(denied[1]!, { type: 'denied' })
    }
    if (match) found.set(match[14]!, present(match))
  }
  return keys.map((key) => found.get(key) ?? { type: 'absent' })
}

const TYPES: Record<number, PresentPath['type']> = {
  0o10: 'file',
  0o04: 'directory',
  0o12: 'link',
  0o01: 'fifo',
  0o14: 'socket',
  0o06: 'block',
  0o02: 'char',
}

function present(match: RegExpExecArray): PresentPath {
  const bits = Number.parseInt(match[2]!, 16)
  const number = (index: number) => Number(match[index])
  return {
    type: TYPES[bits >> 12] ?? 'file',
    mode: bits & 0o7777,
    owner: match[3]!,
    group: match[4]!,
    uid: number(5),
    gid: number(6),
    size: number(7),
    mtime: number(8),
    atime: number(9),
    ctime: number(10),
    inode: number(11),
    device: number(12),
    links: number(13),
  }
}
