import { fnmatch } from '../host/fnmatch.ts'
import type { Member } from './member.ts'

export interface Selection {
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  /** So many leading parts of each name are left out. */
  readonly strip: number
}

/** The members that are to be unpacked, under the names that they get. */
export function select(members: readonly Member[], { include, exclude, strip }: Selection): Member[] {
  const wanted = members.filter(
    ({ name }) =>
      (include.length === 0 || include.some((each) => within(name, clean(each)))) &&
      !exclude.some((pattern) => excludes(pattern, name)),
  )
  if (strip === 0) return wanted
  const short = (name: string) => name.split('/').slice(strip).join('/')
  return wanted
    .map((member) => ({
      ...member,
      archived: member.name,
      name: short(member.name),
      ...(member.type === 'hard link' ? { target: short(member.target!) } : {}),
    }))
    .filter(({ name }) => name !== '')
}

function within(name: string, top: string): boolean {
  return name === top || name.startsWith(`${top}/`)
}

/** As tar has it: a pattern fits a name, or what follows any slash in it, or a directory above. */
function excludes(pattern: string, name: string): boolean {
  const parts = name.split('/')
  return parts.some((_, end) =>
    parts
      .slice(0, end + 1)
      .some((_part, start) => fnmatch(parts.slice(start, end + 1).join('/'), clean(pattern))),
  )
}

function clean(name: string): string {
  return name.replace(/^\.\//, '').replace(/\/$/, '')
}
