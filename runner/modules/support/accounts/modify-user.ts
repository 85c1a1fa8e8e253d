import { effect } from '../../../host/state.ts'
import { group as groupKind } from '../../../resources/group.ts'
import type { User } from '../../../resources/user.ts'
import { path as pathKind } from '../../../resources/path.ts'
import { resource } from '../../../resources/resource.ts'
import { sh } from '../../../transport/shell.ts'
import { Unknown } from '../../../variables/unknown.ts'
import type { Planning } from '../../module.ts'
import { accountFileEffects } from './account-files.ts'
import { accountDefaults } from './defaults.ts'
import { findGroups } from './find-groups.ts'
import { newHomeEffects } from './new-home.ts'
import type { UserChange } from './user-change.ts'
import { expiryDay, isoDay, type WantedUser } from './wanted-user.ts'

type Simple = 'uid' | 'group' | 'comment' | 'shell' | 'home'

/** Plans what differs of a user that is there, and says what it will be. @returns a message when it cannot be done */
export function modifyUser(
  wanted: WantedUser,
  before: User,
  plan: UserChange,
  planning: Planning,
): User | string {
  const named = [...(wanted.group === undefined ? [] : [wanted.group]), ...(wanted.groups ?? [])]
  planning.state.want(named.map((name) => resource(groupKind, name)))
  const options: string[] = []
  let after = before
  const set = (flags: string[], name: Simple, value: string | number) => {
    options.push(...flags)
    const old = before[name]
    plan.differs(name, old instanceof Unknown ? '(unknown)' : String(old), String(value))
    after = { ...after, [name]: value }
  }

  if (wanted.uid !== undefined && before.uid !== wanted.uid)
    set(['-u', String(wanted.uid), ...(wanted.non_unique ? ['-o'] : [])], 'uid', wanted.uid)
  if (wanted.group !== undefined) {
    const group = planning.state.read(groupKind, wanted.group)
    if (!group) return `Group ${wanted.group} does not exist`
    if (group.name !== before.group) {
      set(['-g', group.name], 'group', group.name)
      after = { ...after, gid: group.gid, groups: after.groups.filter((name) => name !== group.name) }
    }
  }
  const membership = groupsAfter(wanted, after, planning)
  if (typeof membership === 'string') return membership
  if (membership.join() !== before.groups.join() && wanted.groups !== undefined) {
    options.push(
      ...(wanted.append ? ['-a'] : []),
      '-G',
      (wanted.append ? membership.filter((name) => !before.groups.includes(name)) : membership).join(','),
    )
    plan.differs('groups', before.groups.join(','), membership.join(','))
    after = { ...after, groups: membership }
    plan.affects(...membershipEffects(before.name, before.groups, membership, planning))
  }
  if (wanted.comment !== undefined && wanted.comment !== before.comment)
    set(['-c', wanted.comment], 'comment', wanted.comment)
  if (wanted.shell !== undefined && wanted.shell !== before.shell)
    set(['-s', wanted.shell], 'shell', wanted.shell)
  if (wanted.home !== undefined && wanted.home !== before.home)
    set(['-d', wanted.home, ...(wanted.move_home ? ['-m'] : [])], 'home', wanted.home)
  const expires = wanted.expires === undefined ? undefined : expiryDay(wanted.expires)
  if (expires !== undefined && before.shadow && expires !== before.shadow.expires) {
    options.push('-e', isoDay(expires))
    plan.differs('expires', isoDay(before.shadow.expires) || 'never', isoDay(expires) || 'never')
    after = { ...after, shadow: { ...before.shadow, expires } }
  }
  if (options.length > 0) {
    plan.run(sh`usermod ${options} -- ${before.name}`)
    plan.affects(...accountFileEffects(`the user ${before.name}`))
  }
  if (wanted.create_home) makeMissingHome(wanted, before, after, plan, planning)
  return after
}

function groupsAfter(
  wanted: WantedUser,
  { groups, group }: User,
  planning: Planning,
): readonly string[] | string {
  if (wanted.groups === undefined) return groups
  const { found, missing } = findGroups(wanted.groups, planning)
  if (missing.length > 0) return `Group ${missing[0]} does not exist`
  const names = found.map(({ name }) => name).filter((name) => name !== group)
  return [...new Set([...(wanted.append ? groups : []), ...names])].sort()
}

function membershipEffects(
  name: string,
  before: readonly string[],
  after: readonly string[],
  { state }: Planning,
) {
  return [...new Set([...before, ...after])].flatMap((each) => {
    const group = state.peek(groupKind, each)
    if (!group || group instanceof Unknown) return []
    const others = group.members.filter((member) => member !== name)
    return [effect(groupKind, each, { ...group, members: after.includes(each) ? [...others, name] : others })]
  })
}

// A home that was never made, or was lost, is made from the skeleton.
function makeMissingHome(
  wanted: WantedUser,
  before: User,
  after: User,
  plan: UserChange,
  planning: Planning,
): void {
  const { home } = after
  const moved = wanted.move_home && before.home !== home && planning.files.exists(before.home)
  if (home === '' || planning.files.exists(home)) return
  if (moved) {
    plan.affects(...movedHome(before.home, home, planning))
    return
  }
  const defaults = accountDefaults(planning, wanted.umask)
  const skeleton = wanted.skeleton ?? defaults.skeleton
  plan.differs('home directory', 'absent', home)
  plan.run(sh`mkdir -p -- "$(dirname -- ${home})"
mkdir -m 0700 -- ${home}
[ ! -d ${skeleton} ] || cp -RT --preserve=mode -- ${skeleton} ${home}
chown -R ${`${before.name}:${after.group}`} -- ${home}
chmod ${defaults.homeMode.toString(8)} -- ${home}`)
  const owner = { mode: defaults.homeMode, owner: before.name, group: after.group }
  plan.affects(...newHomeEffects(home, owner, skeleton, planning))
}

// What is in it moves along; only a real run looks at all of it.
function movedHome(from: string, to: string, { files }: Planning) {
  const { path, status } = files.stat(from)
  return [
    effect(pathKind, to, status.type === 'directory' ? status : { type: 'absent' as const }),
    effect(pathKind, path, { type: 'absent' as const }),
  ]
}
