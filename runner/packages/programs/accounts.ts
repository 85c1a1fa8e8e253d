import { effect } from '../../host/state.ts'
import { accountFileEffects } from '../../modules/support/accounts/account-files.ts'
import { group as groupKind, type Group } from '../../resources/group.ts'
import { user as userKind, type User } from '../../resources/user.ts'
import { Unknown } from '../../variables/unknown.ts'
import type { Machine } from '../machine.ts'
import type { Call, Program } from '../sh/shell.ts'
import type { Status } from '../sh/text.ts'
import { beyond, takeOptions } from './arguments.ts'

/** Programs that make users and groups. */
export const accountPrograms: Readonly<Record<string, Program>> = {
  adduser,
  addgroup: (call) => {
    const options = takeOptions(call.words, ['--gid', '--conf', '--firstgid', '--lastgid'])
    if (options instanceof Unknown) return beyond(call)
    const [name, further] = options.rest
    if (name === undefined) return 1
    return further === undefined ? addGroup(name, call.machine) : joinGroup(name, further, call.machine)
  },
  groupadd: (call) => {
    const options = takeOptions(call.words, ['g', '--gid', 'K', '--key'])
    if (options instanceof Unknown || options.rest[0] === undefined) return beyond(call)
    return addGroup(options.rest[0], call.machine)
  },
  useradd: (call) => {
    const options = takeOptions(call.words, [
      'c',
      'd',
      'e',
      'f',
      'g',
      'G',
      'k',
      'K',
      'p',
      's',
      'u',
      '--home',
      '--home-dir',
      '--shell',
      '--gid',
      '--uid',
      '--comment',
      '--groups',
    ])
    if (options instanceof Unknown || options.rest[0] === undefined) return beyond(call)
    const [name] = options.rest
    const { values, flags } = options
    const value = (...names: string[]) =>
      names.map((each) => values.get(each)).find((each) => each !== undefined)
    const group = value('g', '--gid')
    if (group === undefined && !flags.has('N')) addGroup(name, call.machine)
    return addUser(
      {
        name,
        group: group ?? name,
        home: value('d', '--home', '--home-dir') ?? `/home/${name}`,
        shell: value('s', '--shell') ?? '/bin/sh',
        comment: value('c', '--comment') ?? '',
      },
      call.machine,
    )
  },
  usermod: (call) => {
    const options = takeOptions(call.words, [
      'c',
      'd',
      'g',
      'G',
      's',
      'u',
      '--groups',
      '--home',
      '--shell',
      '--comment',
    ])
    if (options instanceof Unknown) return beyond(call)
    const name = options.rest[0] ?? ''
    const before = call.machine.read(userKind, name)
    if (before instanceof Unknown || before === null) return before === null ? 6 : beyond(call)
    const groups = options.values.get('G') ?? options.values.get('--groups')
    if (groups !== undefined && (options.flags.has('a') || options.flags.has('--append')))
      for (const each of groups.split(',')) joinGroup(name, each, call.machine)
    const { values } = options
    put(
      {
        ...before,
        home: values.get('d') ?? values.get('--home') ?? before.home,
        shell: values.get('s') ?? values.get('--shell') ?? before.shell,
        comment: values.get('c') ?? values.get('--comment') ?? before.comment,
      },
      call.machine,
    )
    return 0
  },
  deluser: removeUser,
  userdel: removeUser,
  delgroup: removeGroup,
  groupdel: removeGroup,
  getent: (call) => {
    const [database, key] = call.words
    if (database instanceof Unknown || key instanceof Unknown || key === undefined) return beyondReading(call)
    if (database === 'passwd') {
      const user = call.machine.read(userKind, key)
      if (user instanceof Unknown) return unknownOutput(call, user)
      if (user === null) return 2
      const { gid } = user
      call.print(
        user.uid instanceof Unknown || gid instanceof Unknown || user.shell instanceof Unknown
          ? new Unknown({ what: `the numbers of user ${key}` })
          : `${user.name}:x:${user.uid}:${gid}:${user.comment}:${user.home}:${user.shell}\n`,
      )
      return 0
    }
    if (database === 'group') {
      const group = call.machine.read(groupKind, key)
      if (group instanceof Unknown) return unknownOutput(call, group)
      if (group === null) return 2
      call.print(
        group.gid instanceof Unknown
          ? group.gid
          : `${group.name}:x:${group.gid}:${group.members.join(',')}\n`,
      )
      return 0
    }
    return beyondReading(call)
  },
  id: (call) => {
    const options = takeOptions(call.words)
    if (options instanceof Unknown) return unknownOutput(call, options)
    const [name] = options.rest
    if (name === undefined) {
      call.print(options.flags.has('n') ? 'root\n' : '0\n')
      return 0
    }
    const user = call.machine.read(userKind, name)
    if (user instanceof Unknown) return unknownOutput(call, user)
    if (user === null) return 1
    if (options.flags.has('n') && options.flags.has('g')) call.print(`${user.group}\n`)
    else call.print(new Unknown({ what: `the numbers of user ${name}` }))
    return 0
  },
  'systemd-sysusers': (call) => {
    const options = takeOptions(call.words)
    if (options instanceof Unknown) return beyond(call)
    for (const name of options.rest) {
      const text = configuration(name, 'sysusers.d', call.machine)
      if (text === null) continue
      if (text instanceof Unknown) return beyond(call)
      for (const line of text.split('\n')) sysusersLine(line, call.machine)
    }
    return 0
  },
  chfn: () => 0,
  chsh: () => 0,
  pwconv: () => 0,
}

/** The text of `name.conf` from where systemd's tools look for it; null when there is none. */
export function configuration(
  name: string,
  kind: 'sysusers.d' | 'tmpfiles.d',
  machine: Machine,
): string | null | Unknown {
  const paths = name.startsWith('/')
    ? [name]
    : ['/etc', '/run', '/usr/local/lib', '/usr/lib'].map((top) => `${top}/${kind}/${name}`)
  for (const path of paths) {
    const bytes = machine.readBytes(path)
    if (bytes instanceof Unknown) return bytes
    if (bytes !== null) return bytes.toString('utf8')
  }
  return null
}

// https://www.freedesktop.org/software/systemd/man/latest/sysusers.d.html
function sysusersLine(line: string, machine: Machine): void {
  const fields = [...line.trim().matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3]!,
  )
  const [type, name, id = '-', comment = '-', home = '-', shell = '-'] = fields
  if (name === undefined || type!.startsWith('#')) return
  if (type === 'g') addGroup(name, machine)
  else if (type === 'm') joinGroup(name, id, machine)
  else if (type!.startsWith('u')) {
    const [, group] = id.split(':')
    if (group === undefined) addGroup(name, machine)
    addUser(
      {
        name,
        group: group === undefined || /^\d+$/.test(group) ? name : group,
        home: home === '-' ? '/' : home,
        shell: shell === '-' ? '/usr/sbin/nologin' : shell,
        comment: comment === '-' ? '' : comment,
      },
      machine,
    )
  }
}

function adduser(call: Call): Status {
  const options = takeOptions(call.words, [
    '--home',
    '--shell',
    '--uid',
    '--gid',
    '--ingroup',
    '--gecos',
    '--comment',
    '--conf',
    '--firstuid',
    '--lastuid',
    '--add_extra_groups',
  ])
  if (options instanceof Unknown) return beyond(call)
  const {
    flags,
    values,
    rest: [name, further],
  } = options
  if (name === undefined) return 1
  if (further !== undefined) return joinGroup(name, further, call.machine)
  if (flags.has('--group') && !flags.has('--system')) return addGroup(name, call.machine)
  if (!flags.has('--system')) return beyond(call)
  const before = call.machine.read(userKind, name)
  if (before instanceof Unknown) return beyond(call)
  if (before !== null) return 0
  const inGroup = values.get('--ingroup')
  if (flags.has('--group')) addGroup(name, call.machine)
  const home = values.get('--home') ?? '/nonexistent'
  const comment = values.get('--gecos') ?? values.get('--comment') ?? ''
  const group = inGroup ?? (flags.has('--group') ? name : 'nogroup')
  addUser({ name, group, home, shell: values.get('--shell') ?? '/usr/sbin/nologin', comment }, call.machine)
  if (!flags.has('--no-create-home') && home !== '/nonexistent') {
    const there = call.machine.stat(home)
    if (there instanceof Unknown || there.type === 'absent') {
      call.machine.makeDirectory(home, { mode: '0755', parents: true })
      call.machine.change(home, { owner: name, group })
    }
  }
  return 0
}

function addUser(
  wanted: Pick<User, 'name' | 'group' | 'home' | 'shell' | 'comment'>,
  machine: Machine,
): Status {
  const before = machine.read(userKind, wanted.name)
  if (before instanceof Unknown) {
    machine.apply([effect(userKind, wanted.name, before)])
    return before
  }
  if (before !== null) return 9
  put(
    {
      ...wanted,
      uid: new Unknown({ what: `the number the host picks for user ${wanted.name}` }),
      groups: [],
      gid: new Unknown({ what: `the number the host picks for group ${wanted.group}` }),
    },
    machine,
  )
  return 0
}

function put(user: User, machine: Machine): void {
  machine.apply([effect(userKind, user.name, user), ...accountFileEffects(`user ${user.name}`)])
}

function addGroup(name: string, machine: Machine): Status {
  const before = machine.read(groupKind, name)
  if (before instanceof Unknown) {
    machine.apply([effect(groupKind, name, before)])
    return before
  }
  if (before !== null) return 0
  const gid = new Unknown({ what: `the number the host picks for group ${name}` })
  putGroup({ name, gid, members: [] }, machine)
  return 0
}

function putGroup(group: Group, machine: Machine): void {
  machine.apply([effect(groupKind, group.name, group), ...accountFileEffects(`group ${group.name}`)])
}

function joinGroup(name: string, groupName: string, machine: Machine): Status {
  const [user, group] = [machine.read(userKind, name), machine.read(groupKind, groupName)]
  if (user instanceof Unknown || group instanceof Unknown) {
    machine.untold({ what: `the membership of ${name} in ${groupName}` })
    return 0
  }
  if (user === null || group === null) return 1
  if (!group.members.includes(name)) putGroup({ ...group, members: [...group.members, name] }, machine)
  if (!user.groups.includes(groupName)) put({ ...user, groups: [...user.groups, groupName].sort() }, machine)
  return 0
}

function removeUser(call: Call): Status {
  const options = takeOptions(call.words)
  if (options instanceof Unknown) return beyond(call)
  const [name, further] = options.rest
  if (name === undefined || further !== undefined) return beyond(call)
  call.machine.apply([effect(userKind, name, null), ...accountFileEffects(`user ${name}`)])
  return 0
}

function removeGroup(call: Call): Status {
  const options = takeOptions(call.words)
  if (options instanceof Unknown || options.rest[0] === undefined) return beyond(call)
  call.machine.apply([
    effect(groupKind, options.rest[0], null),
    ...accountFileEffects(`group ${options.rest[0]}`),
  ])
  return 0
}

function unknownOutput(call: Call, because: Unknown): Status {
  call.print(because)
  return because
}

function beyondReading(call: Call): Status {
  return unknownOutput(call, new Unknown({ what: `\`${[call.name, ...call.words].join(' ')}\`` }))
}
