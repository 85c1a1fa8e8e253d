import { sh } from '../transport/shell.ts'
import type { Unknown } from '../variables/unknown.ts'
import { parseGroups } from './group.ts'
import { defineResource } from './resource.ts'

export interface User {
  readonly name: string
  readonly uid: number | Unknown
  /** Name of the primary group; its number where it has no name. */
  readonly group: string
  /** Names of the further groups, sorted. */
  readonly groups: readonly string[]
  readonly comment: string
  readonly home: string
  readonly shell: string
  /** The hash in /etc/shadow; undefined where the reader may not see it. */
  readonly password: string | undefined
  /** Days since 1970 after which the account expires, or undefined. */
  readonly expires: number | undefined
}

/** A user by name; null when there is none. */
export const user = defineResource<string, User | null>({
  name: 'user',
  id: (key) => key,
  read: (keys) => sh`getent passwd -- ${keys} || :
echo =
getent shadow -- ${keys} 2>/dev/null || :
echo =
getent group`,
  parse: (answer, keys) => {
    const [passwd, shadow, groupLines] = answer.toString('utf8').split(/^=\n/m)
    const groups = parseGroups(groupLines ?? '')
    const secrets = new Map((shadow ?? '').split('\n').map((line) => [line.split(':')[0]!, line.split(':')]))
    const users = new Map<string, User>()
    for (const line of (passwd ?? '').split('\n')) {
      const [name, , uid, gid, comment, home, shell] = line.split(':')
      if (shell === undefined) continue
      const secret = secrets.get(name!)
      users.set(name!, {
        name: name!,
        uid: Number(uid),
        group: groups.find((each) => each.gid === Number(gid))?.name ?? gid!,
        groups: groups
          .filter(({ members }) => members.includes(name!))
          .map((each) => each.name)
          .sort(),
        comment: comment!,
        home: home!,
        shell,
        password: secret?.[1],
        expires: secret?.[7] ? Number(secret[7]) : undefined,
      })
    }
    return keys.map((key) => users.get(key) ?? null)
  },
  matches: (predicted, observed) => {
    if (predicted === null || observed === null) return predicted === observed
    return (
      (typeof predicted.uid !== 'number' || predicted.uid === observed.uid) &&
      predicted.group === observed.group &&
      predicted.groups.join() === observed.groups.join() &&
      predicted.comment === observed.comment &&
      predicted.home === observed.home &&
      predicted.shell === observed.shell
    )
  },
  describe: (value) =>
    value === null
      ? 'no such user'
      : `${value.group},${value.groups.join(',')} ${value.home} ${value.shell} ${value.comment}`,
})
