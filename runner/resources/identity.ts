import { sh } from '../transport/shell.ts'
import type { Unknown } from '../variables/unknown.ts'
import { defineResource } from './resource.ts'

/** Who a session is on the host. */
export interface Identity {
  readonly user: string
  readonly uid: number | Unknown
  readonly group: string
  readonly gid: number | Unknown
  readonly groups: readonly string[]
  readonly home: string
  /** Where the session is: what a relative path is taken from. @default the home */
  readonly directory?: string
  /** The umask that files are made with. */
  readonly umask: number
}

/** The session's own user; its key is the name the session was opened for. */
export const identity = defineResource<string, Identity>({
  name: 'identity',
  early: true,
  id: (key) => key,
  read: () => sh`id -un; id -u; id -gn; id -g; id -Gn; umask; echo ~; pwd`,
  parse: (answer, keys) => {
    const [user, uid, group, gid, groups, umask, home, directory] = answer.toString('utf8').split('\n')
    const value: Identity = {
      user: user!,
      uid: Number(uid),
      group: group!,
      gid: Number(gid),
      groups: groups!.split(' '),
      umask: Number.parseInt(umask!, 8),
      home: home!,
      ...(directory ? { directory } : {}),
    }
    return keys.map(() => value)
  },
})
