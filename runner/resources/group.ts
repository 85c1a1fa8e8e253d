import { sh } from '../transport/shell.ts'
import type { Unknown } from '../variables/unknown.ts'
import { atPath, defineResource } from './resource.ts'

export interface Group {
  readonly name: string
  /** Unknown where the host will choose it. */
  readonly gid: number | Unknown
  readonly members: readonly string[]
}

/** A group by its name, or by its number as text; null when there is none. */
export const group = defineResource<string, Group | null>({
  name: 'group',
  early: true,
  id: (key) => key,
  read: (keys) => sh`getent group -- ${keys}; :`,
  parse: (answer, keys) => {
    const groups = answer
      .toString('utf8')
      .split('\n')
      .filter(Boolean)
      .map((line): Group => {
        const [name = '', , gid, members = ''] = line.split(':')
        return { name, gid: Number(gid), members: members.split(',').filter(Boolean) }
      })
    return keys.map((key) => groups.find(({ name, gid }) => name === key || String(gid) === key) ?? null)
  },
  outdatedBy: atPath((path) => path === '/etc/group'),
  // Who is in it is the users' business.
  matches: (predicted, observed) =>
    predicted === null || observed === null
      ? predicted === observed
      : predicted.name === observed.name &&
        (typeof predicted.gid !== 'number' || predicted.gid === observed.gid),
  describe: (value) => (value === null ? 'no group' : `gid ${String(value.gid)}`),
})
