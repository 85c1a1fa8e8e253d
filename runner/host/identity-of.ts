import { group as groupKind } from '../resources/group.ts'
import { type Identity, identity } from '../resources/identity.ts'
import { user as userKind } from '../resources/user.ts'
import { Unknown } from '../variables/unknown.ts'
import type { State } from './state.ts'

/** Who a task's user is: as the session says, or, of a user that a dry run foretells, as the account will be. */
export function identityOf(name: string, state: State): Identity {
  if (!state.isForetold(userKind, name)) return state.read(identity, name)
  const account = state.read(userKind, name)!
  const group = state.peek(groupKind, account.group)
  const before = state.observed(userKind, name)
  return {
    user: name,
    uid: account.uid,
    group: account.group,
    gid: group && !(group instanceof Unknown) ? group.gid : new Unknown({ what: `group ${account.group}` }),
    groups: [account.group, ...account.groups],
    home: account.home,
    // Whoever becomes somebody keeps the umask they had.
    umask: state.read(identity, before === null ? 'root' : name).umask,
  }
}
