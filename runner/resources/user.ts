import { sh } from '../transport/shell.ts'
import { Unknown } from '../variables/unknown.ts'
import { atPath, defineResource } from './resource.ts'

export interface User {
  readonly name: string
  /** Unknown where the host will choose it. */
  readonly uid: number | Unknown
  readonly gid: number | Unknown
  /** The primary group's name. */
  readonly group: string
  /** The other groups. */
  readonly groups: readonly string[]
  readonly comment: string
  readonly home: string
  readonly shell: string | Unknown
  /** What only root can read; undefined to others. */
  readonly shadow?: Shadow
}

/** Days since 1970 and numbers of days; null where there is no limit. */
export interface Shadow {
  /** The password's hash, with `!` before it when locked. Never shown. */
  readonly hash: string
  readonly minimum: number | null
  readonly maximum: number | null
  readonly warning: number | null
  readonly inactive: number | null
  readonly expires: number | null
}

/** A user by name, or by number as text; null when there is none. */
export const user = defineResource<string, User | null>({
  name: 'user',
  early: true,
  id: (key) => key,
  read: (keys) => sh`getent passwd -- ${keys}; echo /; getent shadow -- ${keys}; echo /
for name in ${keys}; do id -Gn -- "$name" || echo; done 2>/dev/null`,
  parse: (answer, keys) => {
    const [passwd = '', shadow = '', groups = ''] = answer.toString('utf8').split(/^\/\n/m)
    const lines = passwd.split('\n').map((line) => line.split(':'))
    const groupLines = groups.split('\n')
    return keys.map((key, index) => {
      const line = lines.find(([name, , uid]) => name === key || uid === key)
      if (!line) return null
      const [name = '', , uid, gid, comment = '', home = '', shell = ''] = line
      const [primary = '', ...others] = (groupLines[index] ?? '').split(' ')
      return {
        name,
        uid: Number(uid),
        gid: Number(gid),
        group: primary,
        groups: [...new Set(others)].filter((each) => each !== primary).sort(),
        comment,
        home,
        shell,
        shadow: shadowOf(name, shadow),
      }
    })
  },
  outdatedBy: atPath((path) => path === '/etc/passwd' || path === '/etc/group' || path === '/etc/shadow'),
  matches: (predicted, observed) =>
    predicted === null || observed === null
      ? predicted === observed
      : same(predicted.uid, observed.uid) &&
        same(predicted.shell, observed.shell) &&
        predicted.group === observed.group &&
        predicted.groups.join() === observed.groups.join() &&
        predicted.comment === observed.comment &&
        predicted.home === observed.home &&
        (predicted.shadow === undefined ||
          observed.shadow === undefined ||
          sameShadow(predicted.shadow, observed.shadow)),
  // The hash stays where it is.
  describe: (value) =>
    value === null
      ? 'no user'
      : `uid ${String(value.uid)}, group ${value.group}, groups ${value.groups.join(',') || '-'}, home ${value.home}, shell ${String(value.shell)}`,
})

function same(predicted: unknown, observed: unknown): boolean {
  return predicted instanceof Unknown || observed instanceof Unknown || predicted === observed
}

function sameShadow(predicted: Shadow, observed: Shadow): boolean {
  return predicted.hash === observed.hash && predicted.expires === observed.expires
}

function shadowOf(name: string, text: string): Shadow | undefined {
  const fields = text
    .split('\n')
    .map((line) => line.split(':'))
    .find(([of]) => of === name)
  if (!fields) return undefined
  const days = (field: string | undefined) => (field === undefined || field === '' ? null : Number(field))
  return {
    hash: fields[1] ?? '',
    minimum: days(fields[3]),
    maximum: days(fields[4]),
    warning: days(fields[5]),
    inactive: days(fields[6]),
    expires: days(fields[7]),
  }
}
