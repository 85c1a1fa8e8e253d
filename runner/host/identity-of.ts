import { content } from '../resources/content.ts'
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
    umask: before === null ? umaskOfNew(name, account.group, state) : state.read(identity, name).umask,
  }
}

// Whoever becomes somebody keeps the umask they had, but where PAM gives users with a group of their own another one:
// 022 becomes 002 (pam_umask(8), `usergroups`; so on Debian 13).
function umaskOfNew(name: string, group: string, state: State): number {
  const { umask } = state.read(identity, 'root')
  const [sessions, settings] = state
    .readAll(content, [PAM_SESSIONS, LOGIN_SETTINGS])
    .map((bytes) => bytes?.toString('latin1') ?? '')
  const asked = /^\s*session\s.*\bpam_umask\.so\b(?!.*\bnousergroups\b)(.*)$/m.exec(sessions!)
  const ownGroups = asked?.[1]?.includes('usergroups') || /^\s*USERGROUPS_ENAB\s+yes\b/m.test(settings!)
  if (!asked || !ownGroups || group !== name) return umask
  return (umask & ~0o070) | ((umask & 0o700) >> 3)
}

const PAM_SESSIONS = '/etc/pam.d/common-session-noninteractive'
const LOGIN_SETTINGS = '/etc/login.defs'
