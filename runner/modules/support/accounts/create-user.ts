import { posix } from 'node:path'
import { effect } from '../../../host/state.ts'
import { content } from '../../../resources/content.ts'
import { group as groupKind } from '../../../resources/group.ts'
import { listing } from '../../../resources/listing.ts'
import { path as pathKind } from '../../../resources/path.ts'
import { resource } from '../../../resources/resource.ts'
import { user as userKind, type User } from '../../../resources/user.ts'
import { sh } from '../../../transport/shell.ts'
import { Unknown } from '../../../variables/unknown.ts'
import type { Planning } from '../../module.ts'
import { accountFileEffects } from './account-files.ts'
import { type AccountDefaults, accountDefaults } from './defaults.ts'
import { findGroups } from './find-groups.ts'
import { newHomeEffects } from './new-home.ts'
import type { UserChange } from './user-change.ts'
import { expiryDay, isoDay, type WantedUser } from './wanted-user.ts'

/** Plans a new user, and says what it will be. @returns a message when it cannot be made */
export function createUser(wanted: WantedUser, plan: UserChange, planning: Planning): User | string {
  readTogether(wanted, planning)
  const defaults = accountDefaults(planning, wanted.umask)
  const primary = primaryGroup(wanted, defaults, planning)
  if (typeof primary === 'string') return primary
  const { found, missing } = findGroups(wanted.groups ?? [], planning)
  if (missing.length > 0) return `Group ${missing[0]} does not exist`
  if (wanted.uid !== undefined && !wanted.non_unique) {
    const holder = planning.state.read(userKind, String(wanted.uid))
    if (holder) return `UID '${wanted.uid}' already exists: it is that of user ${holder.name}`
  }

  const { name } = wanted
  const later = new Unknown({ what: `the user ${name}, whose number the host chooses` })
  const home = wanted.home ?? posix.join(defaults.homes, name)
  const groups = found.map((each) => each.name).filter((each) => each !== primary.name)
  const made: User = {
    name,
    uid: wanted.uid ?? later,
    gid: primary.gid,
    group: primary.name,
    groups: [...new Set(groups)].sort(),
    comment: wanted.comment ?? '',
    home,
    shell: wanted.shell ?? defaults.shell ?? later,
  }
  plan.run(sh`useradd ${options(wanted, primary, groups)} -- ${name}
echo "uid $(id -u -- ${name})"; echo "gid $(id -g -- ${name})"`)
  plan.differs('uid', null, wanted.uid === undefined ? 'chosen by the host' : String(wanted.uid))
  plan.differs('group', null, primary.name)
  if (groups.length > 0) plan.differs('groups', null, made.groups.join(','))
  if (wanted.comment) plan.differs('comment', null, wanted.comment)
  plan.differs('home', null, wanted.create_home ? home : `${home} (not made)`)
  if (typeof made.shell === 'string') plan.differs('shell', null, made.shell)
  if (primary.isNew)
    plan.affects(effect(groupKind, primary.name, { name: primary.name, gid: primary.gid, members: [] }))
  for (const each of found)
    plan.affects(effect(groupKind, each.name, { ...each, members: [...new Set([...each.members, name])] }))
  plan.affects(...accountFileEffects(`the user ${name}`))
  if (wanted.create_home) {
    const owner = { mode: defaults.homeMode, owner: name, group: primary.name }
    plan.affects(...newHomeEffects(home, owner, wanted.skeleton ?? defaults.skeleton, planning))
  }
  return made
}

// Everything that is looked at, in one go.
function readTogether(wanted: WantedUser, { state }: Planning): void {
  const skeleton = wanted.skeleton ?? '/etc/skel'
  const paths = [
    '/etc',
    '/etc/login.defs',
    '/etc/default',
    '/etc/default/useradd',
    skeleton,
    '/home',
    wanted.home ?? `/home/${wanted.name}`,
  ]
  const groups = [
    wanted.name,
    ...(wanted.group === undefined ? [] : [wanted.group]),
    ...(wanted.groups ?? []),
  ]
  state.want([
    ...paths.map((path) => resource(pathKind, path)),
    ...['/etc/login.defs', '/etc/default/useradd'].map((file) => resource(content, file)),
    resource(listing, skeleton),
    ...groups.map((name) => resource(groupKind, name)),
    ...(wanted.uid === undefined ? [] : [resource(userKind, String(wanted.uid))]),
  ])
}

interface Primary {
  readonly name: string
  readonly gid: number | Unknown
  readonly isNew?: boolean
  /** Given to `useradd`. */
  readonly option: readonly string[]
}

function primaryGroup(wanted: WantedUser, defaults: AccountDefaults, { state }: Planning): Primary | string {
  if (wanted.group !== undefined) {
    const group = state.read(groupKind, wanted.group)
    return group ? { ...group, option: ['-g', group.name] } : `Group ${wanted.group} does not exist`
  }
  // A group that is there already under the user's name is not taken: the user gets the shared one.
  if (state.read(groupKind, wanted.name) !== null || !defaults.userGroups) {
    const shared = state.read(groupKind, defaults.sharedGroup)
    return shared ? { ...shared, option: ['-N'] } : `Group ${defaults.sharedGroup} does not exist`
  }
  const later = new Unknown({ what: `the group ${wanted.name}, whose number the host chooses` })
  return { name: wanted.name, gid: later, isNew: true, option: ['-U'] }
}

function options(wanted: WantedUser, primary: Primary, groups: readonly string[]): string[] {
  const some = (flag: string, value: string | number | undefined) =>
    value === undefined ? [] : [flag, String(value)]
  return [
    ...some('-u', wanted.uid),
    ...(wanted.non_unique ? ['-o'] : []),
    ...primary.option,
    ...(groups.length > 0 ? ['-G', groups.join(',')] : []),
    ...some('-c', wanted.comment),
    ...some('-d', wanted.home),
    ...some('-s', wanted.shell),
    ...(wanted.expires === undefined ? [] : ['-e', isoDay(expiryDay(wanted.expires))]),
    ...(wanted.create_home
      ? [
          '-m',
          ...some('-k', wanted.skeleton),
          ...(wanted.umask === undefined ? [] : ['-K', `UMASK=${wanted.umask}`]),
        ]
      : ['-M']),
    ...(wanted.system ? ['-r'] : []),
    ...(wanted.uid_min === undefined ? [] : ['-K', `UID_MIN=${wanted.uid_min}`]),
    ...(wanted.uid_max === undefined ? [] : ['-K', `UID_MAX=${wanted.uid_max}`]),
  ]
}
