import { sh } from '../transport/shell.ts'
import type { Unknown } from '../variables/unknown.ts'
import { defineResource } from './resource.ts'

export interface Group {
  readonly name: string
  readonly gid: number | Unknown
  /** Users who name it as one of their further groups. */
  readonly members: readonly string[]
}

/** A group by name; null when there is none. */
export const group = defineResource<string, Group | null>({
  name: 'group',
  id: (key) => key,
  read: (keys) => sh`getent group -- ${keys} || :`,
  parse: (answer, keys) => {
    const groups = new Map(parseGroups(answer.toString('utf8')).map((each) => [each.name, each]))
    return keys.map((key) => groups.get(key) ?? null)
  },
  matches: (predicted, observed) =>
    (predicted === null) === (observed === null) &&
    (predicted === null || typeof predicted.gid !== 'number' || predicted.gid === observed!.gid),
})

/** The lines of `getent group`. */
export function parseGroups(text: string): Group[] {
  return text.split('\n').flatMap((line) => {
    const [name, , gid, members] = line.split(':')
    return gid === undefined
      ? []
      : [{ name: name!, gid: Number(gid), members: (members ?? '').split(',').filter(Boolean) }]
  })
}
