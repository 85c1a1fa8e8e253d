import { posix } from 'node:path'
import type { AttributeChange } from '../engine/events.ts'
import { absentEffects, presentPath } from '../host/files.ts'
import { type AnyEffect, effect } from '../host/state.ts'
import { group as groupKind } from '../resources/group.ts'
import { formatMode, path as pathKind } from '../resources/path.ts'
import { user as userKind, type User } from '../resources/user.ts'
import { joinScripts, type Script, sh } from '../transport/shell.ts'
import { Unknown } from '../variables/unknown.ts'
import type { Dict } from '../variables/value.ts'
import { args, bool, choice, float, int, item, list, optional, path, text } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { change, failed, type Outcome, unchanged } from './outcome.ts'
import { newHome } from './support/login-defs.ts'

const schema = args({
  name: text('The name.', { aliases: ['user'] }),
  state: choice(['present', 'absent'], 'Whether the user is to be there.', { default: 'present' }),
  uid: optional(int('The number.')),
  group: optional(text('The primary group.')),
  groups: optional(list(item.text, 'Further groups.')),
  append: bool('Keep the further groups that are not named.', { default: false }),
  comment: optional(text('The full name.')),
  home: optional(path('The home directory.')),
  create_home: bool('Make the home directory.', { default: true, aliases: ['createhome'] }),
  move_home: bool('Move the old home directory when `home` changes.', { default: false }),
  skeleton: optional(text('What a new home directory is filled from.')),
  shell: optional(path('The login shell.')),
  system: bool('A system user, when it is made.', { default: false }),
  password: optional(text('The password’s hash, as in /etc/shadow.')),
  password_lock: optional(bool('Lock or unlock the password.')),
  update_password: choice(['always', 'on_create'], 'When `password` is set.', { default: 'always' }),
  expires: optional(float('When the account expires, in seconds since 1970; negative: never.')),
  non_unique: bool('The number may be another user’s too.', { default: false }),
  remove: bool('With state=absent: remove the home directory too.', { default: false }),
  force: bool('With state=absent: also when logged in.', { default: false }),
  umask: optional(text('The umask a home directory is made with.')),
  generate_ssh_key: bool('Make an SSH key.', { default: false }),
  ssh_key_bits: optional(int('Its length.')),
  ssh_key_type: text('Its type.', { default: 'rsa' }),
  ssh_key_file: optional(path('Its file, relative to the home directory.')),
  ssh_key_comment: optional(text('Its comment.')),
  local: bool('Accepted; the host’s own tools are used.', { default: false }),
  non_interactive: bool('Accepted.', { default: true }),
})

type Given = Parameters<Parameters<typeof defineModule<typeof schema>>[0]['plan']>[0]

export default defineModule({
  name: 'user',
  summary: 'Makes, changes and removes users.',
  args: schema,
  reads: ({ name }) => [{ kind: userKind, key: name }],
  plan: (given, planning) => {
    const now = planning.state.read(userKind, given.name)
    if (given.state === 'absent') return removeUser(given, now)
    const missing = missingGroups(given, planning)
    if (missing.length > 0) return failed(`Group ${missing.join(', ')} does not exist`, { name: given.name })
    return now === null ? addUser(given, planning) : changeUser(given, now, planning)
  },
})

function missingGroups({ group, groups = [] }: Given, { state }: Planning): string[] {
  const names = [...(group === undefined ? [] : [group]), ...groups].filter((name) => !/^\d+$/.test(name))
  return state.readAll(groupKind, names).flatMap((found, index) => (found === null ? [names[index]!] : []))
}

function addUser(given: Given, planning: Planning): Outcome {
  const { name, system } = given
  const home = given.home ?? `/home/${name}`
  // Debian gives each user a group of its own name.
  const ownGroup = given.group === undefined
  const later = new Unknown({ what: `the number the host picks for user ${name}` })
  const added: User = {
    name,
    uid: given.uid ?? later,
    group: given.group ?? name,
    groups: [...(given.groups ?? [])].sort(),
    comment: given.comment ?? '',
    home,
    shell: given.shell ?? '/bin/sh',
    password: given.password,
    expires: expiryDay(given),
  }
  const groupExists = ownGroup && planning.state.read(groupKind, name) !== null
  const homeIsThere = planning.files.stat(home).status.type !== 'absent'
  const makesHome = given.create_home && !homeIsThere
  const defaults = makesHome ? newHome(given.umask, planning) : undefined
  return change({
    diff: [
      {
        path: `user ${name}`,
        attributes: [
          { name: 'state', before: 'absent', after: 'present' },
          ...attributeLines(undefined, added, given),
        ],
      },
      ...(makesHome
        ? [{ path: home, attributes: [{ name: 'type', before: null, after: 'directory' }] }]
        : []),
    ],
    script: joinScripts([
      sh`set -e
useradd ${system ? ['-r'] : []} ${given.uid === undefined ? [] : ['-u', given.uid, ...(given.non_unique ? ['-o'] : [])]} ${
        ownGroup ? (groupExists ? ['-N', '-g', name] : ['-U']) : ['-g', given.group!]
      } ${added.groups.length > 0 ? ['-G', added.groups.join(',')] : []} -c ${added.comment} -d ${home} -s ${added.shell} ${
        added.expires === undefined
          ? []
          : ['-e', new Date(added.expires * 86_400_000).toISOString().slice(0, 10)]
      } ${given.umask === undefined ? [] : ['-K', `UMASK=${given.umask}`]} ${given.skeleton === undefined ? [] : ['-k', given.skeleton]} ${
        makesHome ? ['-m'] : ['-M']
      } -- ${name}`,
      ...passwordScripts(given, undefined),
      ...keyScripts(given, home),
    ]),
    payload: passwordPayload(given, undefined),
    after: [
      effect(userKind, name, added),
      ...(ownGroup && !groupExists ? [effect(groupKind, name, { name, gid: later, members: [] })] : []),
      ...added.groups.flatMap((each) => joinGroup(each, name, planning)),
      ...(defaults ? homeEffects(home, name, added.group, defaults) : []),
    ],
    sideEffects: given.generate_ssh_key,
    result: resultOf(given, added),
  })
}

function homeEffects(
  home: string,
  owner: string,
  group: string,
  { mode, skeleton }: ReturnType<typeof newHome>,
): AnyEffect[] {
  return [
    effect(pathKind, home, presentPath({ type: 'directory', fresh: true, mode, owner, group })),
    ...skeleton.flatMap(({ name, effects }) => effects(posix.join(home, name), owner, group)),
  ]
}

function joinGroup(groupName: string, member: string, { state }: Planning): AnyEffect[] {
  const found = state.read(groupKind, groupName)
  return found === null || found.members.includes(member)
    ? []
    : [effect(groupKind, groupName, { ...found, members: [...found.members, member] })]
}

function changeUser(given: Given, now: User, planning: Planning): Outcome {
  const wantedGroups =
    given.groups === undefined
      ? now.groups
      : [...new Set([...(given.append ? now.groups : []), ...given.groups])].sort()
  const setsPassword =
    given.password !== undefined && given.update_password === 'always' && given.password !== now.password
  const after: User = {
    ...now,
    uid: given.uid ?? now.uid,
    group: given.group ?? now.group,
    groups: wantedGroups.filter((each) => each !== (given.group ?? now.group) || now.groups.includes(each)),
    comment: given.comment ?? now.comment,
    home: given.home ?? now.home,
    shell: given.shell ?? now.shell,
    password: passwordAfter(given, now, setsPassword),
    expires: given.expires === undefined ? now.expires : expiryDay(given),
  }
  const lines = attributeLines(now, after, given)
  const makesHome =
    given.create_home && planning.files.stat(after.home).status.type === 'absent' && !given.move_home
  const result = resultOf(given, after)
  if (lines.length === 0 && !makesHome) return unchanged(result)
  const flags: (string | number)[] = []
  if (after.uid !== now.uid) flags.push('-u', given.uid!, ...(given.non_unique ? ['-o'] : []))
  if (after.group !== now.group) flags.push('-g', after.group)
  if (after.groups.join() !== now.groups.join()) flags.push('-G', after.groups.join(','))
  if (after.comment !== now.comment) flags.push('-c', after.comment)
  if (after.home !== now.home) flags.push('-d', after.home, ...(given.move_home ? ['-m'] : []))
  if (after.shell !== now.shell) flags.push('-s', after.shell)
  if (after.expires !== now.expires) {
    flags.push(
      '-e',
      after.expires === undefined ? '' : new Date(after.expires * 86_400_000).toISOString().slice(0, 10),
    )
  }
  const defaults = makesHome ? newHome(given.umask, planning) : undefined
  return change({
    diff: [
      ...(lines.length > 0 ? [{ path: `user ${given.name}`, attributes: lines }] : []),
      ...(makesHome
        ? [{ path: after.home, attributes: [{ name: 'type', before: null, after: 'directory' }] }]
        : []),
    ],
    script: joinScripts([
      sh`set -e`,
      ...(flags.length > 0 ? [sh`usermod ${flags} -- ${given.name}`] : []),
      ...(defaults
        ? [
            sh`cp -rT -- ${given.skeleton ?? '/etc/skel'} ${after.home}; chmod ${formatMode(defaults.mode)} -- ${after.home}; chown -R ${`${given.name}:${after.group}`} -- ${after.home}`,
          ]
        : []),
      ...passwordScripts(given, now),
      ...keyScripts(given, after.home),
    ]),
    payload: passwordPayload(given, now),
    after: [
      effect(userKind, given.name, after),
      ...after.groups.flatMap((each) => joinGroup(each, given.name, planning)),
      ...(defaults ? homeEffects(after.home, given.name, after.group, defaults) : []),
    ],
    sideEffects: after.uid !== now.uid || given.move_home || given.generate_ssh_key,
    result,
  })
}

function removeUser(given: Given, now: User | null): Outcome {
  const { name } = given
  const result = { name, state: 'absent', remove: given.remove, force: given.force }
  if (now === null) return unchanged(result)
  return change({
    diff: [{ path: `user ${name}`, attributes: [{ name: 'state', before: 'present', after: 'absent' }] }],
    script: sh`userdel ${given.force ? ['-f'] : []} ${given.remove ? ['-r'] : []} -- ${name}`,
    after: [
      effect(userKind, name, null),
      ...(now.group === name ? [effect(groupKind, name, null)] : []),
      ...(given.remove ? absentEffects(now.home) : []),
    ],
    sideEffects: true,
    result,
  })
}

function expiryDay({ expires }: Given): number | undefined {
  return expires === undefined || expires < 0 ? undefined : Math.floor(expires / 86_400)
}

function passwordAfter({ password, password_lock }: Given, now: User, sets: boolean): string | undefined {
  const base = sets ? password : now.password
  if (password_lock === undefined || base === undefined) return base
  return password_lock ? (base.startsWith('!') ? base : `!${base}`) : base.replace(/^!+/, '')
}

// The hash goes over standard input: it never stands in a command line.
function passwordPayload(given: Given, now: User | undefined): Uint8Array | undefined {
  return setsHash(given, now) ? Buffer.from(`${given.name}:${given.password}\n`) : undefined
}

function setsHash({ password, update_password }: Given, now: User | undefined): boolean {
  if (password === undefined || password === '') return false
  return now === undefined || (update_password === 'always' && now.password !== password)
}

function passwordScripts(given: Given, now: User | undefined): Script[] {
  const lock = given.password_lock
  const locked = now?.password?.startsWith('!') ?? true
  return [
    ...(setsHash(given, now) ? [sh`chpasswd -e`] : []),
    ...(lock === true && !(locked && now) ? [sh`usermod -L -- ${given.name}`] : []),
    ...(lock === false && locked && now ? [sh`usermod -U -- ${given.name}`] : []),
  ]
}

function keyScripts(given: Given, home: string): Script[] {
  if (!given.generate_ssh_key) return []
  const file = posix.resolve(home, given.ssh_key_file ?? `.ssh/id_${given.ssh_key_type}`)
  return [
    sh`[ -e ${file} ] || { install -d -m 0700 -o ${given.name} -- ${posix.dirname(file)}; ssh-keygen -q -t ${given.ssh_key_type} ${
      given.ssh_key_bits === undefined ? [] : ['-b', given.ssh_key_bits]
    } -N '' -C ${given.ssh_key_comment ?? `ansible-generated on ${given.name}`} -f ${file}; chown ${`${given.name}:`} -- ${file} ${`${file}.pub`}; }`,
  ]
}

function attributeLines(before: User | undefined, after: User, given: Given): AttributeChange[] {
  const fields: [string, string | null, string | null][] = [
    ['uid', shown(before?.uid), given.uid === undefined ? shown(before?.uid) : String(given.uid)],
    ['group', before?.group ?? null, after.group],
    ['groups', before?.groups.join(',') ?? null, after.groups.join(',')],
    ['comment', before?.comment ?? null, after.comment],
    ['home', before?.home ?? null, after.home],
    ['shell', before?.shell ?? null, after.shell],
    [
      'expires',
      before?.expires === undefined ? null : String(before.expires),
      after.expires === undefined ? null : String(after.expires),
    ],
  ]
  const lines = fields
    .filter(([, old, young]) => old !== young && !(old === null && young === ''))
    .map(([name, old, young]) => ({ name, before: old, after: young }))
  if (after.password !== before?.password && after.password !== undefined) {
    lines.push({
      name: 'password',
      before: before === undefined ? null : '********',
      after: '******** (changed)',
    })
  }
  return lines
}

function shown(value: number | Unknown | undefined): string | null {
  return typeof value === 'number' ? String(value) : null
}

function resultOf(given: Given, user: User): Dict {
  return {
    name: user.name,
    state: 'present',
    uid: user.uid,
    group: user.group,
    groups: user.groups.join(','),
    comment: user.comment,
    home: user.home,
    shell: user.shell,
    append: given.append,
    move_home: given.move_home,
    create_home: given.create_home,
    system: given.system,
  }
}
