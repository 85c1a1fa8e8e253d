import { describe, expect, test } from 'vitest'
import { effect } from '../../runner/host/state.ts'
import group from '../../runner/modules/group.ts'
import user from '../../runner/modules/user.ts'
import { content } from '../../runner/resources/content.ts'
import { group as groupKind } from '../../runner/resources/group.ts'
import { user as userKind, type User } from '../../runner/resources/user.ts'
import { Unknown } from '../../runner/variables/unknown.ts'
import type { Outcome } from '../../runner/modules/outcome.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { diffLines, type Host, plan } from './harness.ts'

const ada: User = {
  name: 'ada',
  uid: 1001,
  gid: 1001,
  group: 'ada',
  groups: ['adm'],
  comment: 'Ada',
  home: '/home/ada',
  shell: '/bin/bash',
  shadow: { hash: '$6$s$old', minimum: 0, maximum: 99_999, warning: 7, inactive: null, expires: null },
}

const groups = {
  'group ada': null,
  'group adm': { name: 'adm', gid: 4, members: [] },
  'group sudo': { name: 'sudo', gid: 27, members: ['debian'] },
  'group apps': { name: 'apps', gid: 990, members: [] },
  'group 100': { name: 'users', gid: 100, members: [] },
  'group missing': null,
}

const files = {
  '/etc/login.defs': '# comment\nHOME_MODE\t0700\nUMASK\t022\nUSERGROUPS_ENAB yes\n',
  '/etc/default/useradd': 'SHELL=/bin/sh\n# HOME=/home\n',
  '/etc/skel/.profile': 'profile\n',
  '/etc/skel/bin/tool': { content: '#!/bin/sh\n', mode: 0o755 },
  '/home/other/file': '',
  '/srv/file': '',
}

const bare: Host = { files, resources: { ...groups, 'user ada': null } }
const there = (changes: Partial<User> = {}): Host => ({
  files: { ...files, '/home/ada/.profile': '' },
  resources: {
    ...groups,
    'group ada': { name: 'ada', gid: 1001, members: [] },
    'user ada': { ...ada, ...changes },
  },
})

/** The script as one would write it by hand: options bare, one blank between words. */
function scriptOf(outcome: Outcome): string {
  if (outcome.type !== 'change') return outcome.type
  return outcome.script.text.replaceAll(/'(-[\w-]+)'/g, '$1').replaceAll(/ +/g, ' ')
}

describe('a new user', () => {
  test('gets a group of its own, a home from the skeleton, and numbers that only the host knows', () => {
    const { outcome, state, files: after, again } = plan(user, { name: 'ada', groups: 'sudo,adm' }, bare)
    expect(diffLines(outcome)).toEqual([
      'user ada',
      'uid: - → chosen by the host',
      'group: - → ada',
      'groups: - → adm,sudo',
      'home: - → /home/ada',
      'shell: - → /bin/sh',
    ])
    expect(state.predicted(userKind, 'ada')).toMatchObject({ group: 'ada', groups: ['adm', 'sudo'] })
    expect(state.predicted(groupKind, 'ada')).toMatchObject({ name: 'ada' })
    expect(state.predicted(groupKind, 'sudo')).toMatchObject({ members: ['debian', 'ada'] })
    expect(after.stat('/home/ada').status).toMatchObject({
      type: 'directory',
      mode: 0o700,
      owner: 'ada',
      group: 'ada',
    })
    expect(after.read('/home/ada/.profile')?.toString()).toBe('profile\n')
    expect(after.stat('/home/ada/bin/tool').status).toMatchObject({ mode: 0o755, owner: 'ada' })
    expect(outcome).toMatchObject({
      result: { uid: expect.any(Unknown), home: '/home/ada', state: 'present', create_home: true },
    })
    expect(again().type).toBe('unchanged')
  })

  test('completes its result with the numbers that the host chose', () => {
    const { outcome } = plan(user, { name: 'ada' }, bare)
    const answer = { status: 0, stdout: Buffer.from('uid 1007\ngid 1008\n'), stderr: Buffer.alloc(0) }
    expect(outcome.type === 'change' && outcome.finish!(answer)).toEqual({ uid: 1007, group: 1008 })
  })

  test.each<[string, Dict, string]>([
    [
      'of the system, without a home',
      { system: true, create_home: false, group: 'apps', shell: '/usr/sbin/nologin', home: '/srv/app' },
      'useradd -g apps -d /srv/app -s /usr/sbin/nologin -M -r -- ada',
    ],
    [
      'with what it is called',
      { comment: "Ada's", uid: 4242 },
      "useradd -u 4242 -U -c 'Ada'\\''s' -m -- ada",
    ],
    ['that expires', { expires: 1_900_000_000 }, 'useradd -U -e 2030-03-17 -m -- ada'],
    [
      'with a skeleton and a umask of its own',
      { skeleton: '/etc/none', umask: '077' },
      "useradd -U -m -k /etc/none -K 'UMASK=077' -- ada",
    ],
    ['whose home is deep', { home: '/srv/a/b' }, 'useradd -U -d /srv/a/b -m -- ada'],
  ])('%s', (_, args, command) => {
    const host = { ...bare, resources: { ...bare.resources, 'user 4242': null } }
    expect(scriptOf(plan(user, { name: 'ada', ...args }, host).outcome)).toContain(`\n${command}\n`)
  })

  test('has the permissions of its home from the umask where there is no HOME_MODE', () => {
    const { files: after } = plan(
      user,
      { name: 'ada', umask: '027' },
      { ...bare, files: { ...files, '/etc/login.defs': 'UMASK 022\nUSERGROUPS_ENAB yes\n' } },
    )
    expect(after.stat('/home/ada').status).toMatchObject({ mode: 0o750 })
  })

  test('does not take a group that has its name by chance', () => {
    const resources = { ...bare.resources, 'group ada': { name: 'ada', gid: 5, members: [] } }
    const { outcome, state } = plan(user, { name: 'ada' }, { ...bare, resources })
    expect(scriptOf(outcome)).toContain('useradd -N -m')
    expect(state.predicted(userKind, 'ada')).toMatchObject({ group: 'users' })
  })

  test('leaves a home that is there as it is', () => {
    const { files: after } = plan(
      user,
      { name: 'ada' },
      { ...bare, files: { ...files, '/home/ada/mine': '' } },
    )
    expect(after.stat('/home/ada').status).toMatchObject({ owner: 'root' })
  })

  test('is told its password through standard input alone', () => {
    const { outcome } = plan(user, { name: 'ada', password: '$6$salt$hash' }, bare)
    expect(outcome).toMatchObject({
      payload: Buffer.from('ada:$6$salt$hash\n'),
    })
    expect(scriptOf(outcome)).toContain('head -c 17 | chpasswd -e')
    expect(
      JSON.stringify(outcome.type === 'change' && [outcome.script.text, outcome.diff, outcome.result]),
    ).not.toContain('hash')
  })

  test('makes what the account files will hold unknown', () => {
    const { state } = plan(user, { name: 'ada' }, bare)
    expect(state.predicted(content, '/etc/passwd')).toBeInstanceOf(Unknown)
  })

  test.each<[string, Dict, Host['resources'], string]>([
    ['whose group is missing', { group: 'missing' }, {}, 'Group missing does not exist'],
    ['one of whose groups is missing', { groups: ['adm', 'missing'] }, {}, 'Group missing does not exist'],
    [
      'whose number is taken',
      { uid: 0 },
      { 'user 0': { ...ada, name: 'root' } },
      "UID '0' already exists: it is that of user root",
    ],
    ['whose password is no hash', { password: 'hunter2' }, {}, 'must be given as a hash'],
    ['whose name is none', { name: 'a:b' }, {}, 'no name of a user'],
  ])('%s is refused', (_, args, more, message) => {
    const { outcome } = plan(
      user,
      { name: 'ada', ...args },
      { ...bare, resources: { ...bare.resources, ...more } },
    )
    expect(outcome).toMatchObject({ type: 'failed', result: { msg: expect.stringContaining(message) } })
  })

  test('may be in a group that an earlier task would make', () => {
    const predicted = [
      effect(groupKind, 'missing', { name: 'missing', gid: new Unknown({ what: 'x' }), members: [] }),
    ]
    expect(plan(user, { name: 'ada', group: 'missing' }, { ...bare, predicted }).outcome.type).toBe('change')
  })
})

describe('a user that is there', () => {
  test.each<[string, Dict, string[], string]>([
    [
      'gets another shell',
      { shell: '/bin/zsh' },
      ['shell: /bin/bash → /bin/zsh'],
      'usermod -s /bin/zsh -- ada',
    ],
    [
      'joins groups',
      { groups: ['sudo', 'adm'], append: true },
      ['groups: adm → adm,sudo'],
      'usermod -a -G sudo -- ada',
    ],
    ['leaves groups', { groups: ['sudo'] }, ['groups: adm → sudo'], 'usermod -G sudo -- ada'],
    ['leaves all groups', { groups: [] }, ['groups: adm → '], "usermod -G '' -- ada"],
    ['gets another primary group', { group: 'apps' }, ['group: ada → apps'], 'usermod -g apps -- ada'],
    ['gets another comment', { comment: '' }, ['comment: Ada → '], "usermod -c '' -- ada"],
    [
      'moves',
      { home: '/srv/ada', move_home: true },
      ['home: /home/ada → /srv/ada'],
      'usermod -d /srv/ada -m -- ada',
    ],
    ['expires', { expires: 0 }, ['expires: never → 1970-01-01'], 'usermod -e 1970-01-01 -- ada'],
    ['is locked', { password_lock: true }, ['password: open → locked'], 'usermod -L -- ada'],
    [
      'must change its password',
      { password_expire_max: 90 },
      ['password age, maximum: 99999 → 90'],
      'chage -M 90 -- ada',
    ],
  ])('%s', (_, args, lines, command) => {
    const { outcome, again } = plan(user, { name: 'ada', ...args }, there())
    expect(diffLines(outcome)).toEqual(['user ada', ...lines])
    expect(scriptOf(outcome)).toContain(command)
    expect(again().type).toBe('unchanged')
  })

  test.each<[string, Dict, Partial<User>]>([
    [
      'as it is wanted',
      { shell: '/bin/bash', comment: 'Ada', groups: ['adm'], group: 'ada', home: '/home/ada' },
      {},
    ],
    ['in more groups than are appended', { groups: ['adm'], append: true }, { groups: ['adm', 'sudo'] }],
    ['whose primary group is among the groups', { groups: ['ada', 'adm'] }, {}],
    ['with its password', { password: '$6$s$old' }, {}],
    [
      'with its password, but locked',
      { password: '$6$s$old' },
      { shadow: { ...ada.shadow!, hash: '!$6$s$old' } },
    ],
    [
      'with another password, which counts only when it is made',
      { password: '$6$s$new', update_password: 'on_create' },
      {},
    ],
    ['that never expires', { expires: -1 }, {}],
  ])('%s is left alone', (_, args, changes) => {
    expect(plan(user, { name: 'ada', ...args }, there(changes)).outcome.type).toBe('unchanged')
  })

  test('gets another password without either being shown', () => {
    const { outcome } = plan(user, { name: 'ada', password: '$6$s$new' }, there())
    expect(diffLines(outcome)).toEqual(['user ada', 'password: (the old one) → (the new one)'])
    expect(outcome).toMatchObject({ payload: Buffer.from('ada:$6$s$new\n') })
  })

  test('gets a home that it has lost', () => {
    const { outcome, files: after } = plan(user, { name: 'ada' }, { ...there(), files })
    expect(diffLines(outcome)).toEqual(['user ada', 'home directory: absent → /home/ada'])
    expect(after.read('/home/ada/.profile')?.toString()).toBe('profile\n')
  })

  test('gets an SSH key, once', () => {
    const { outcome, files: after } = plan(
      user,
      { name: 'ada', generate_ssh_key: true, ssh_key_type: 'ed25519' },
      there(),
    )
    expect(outcome).toMatchObject({
      result: { ssh_key_file: '/home/ada/.ssh/id_ed25519', ssh_public_key: expect.any(Unknown) },
    })
    expect(scriptOf(outcome)).toContain('ssh-keygen -q -t ed25519')
    expect(after.stat('/home/ada/.ssh').status).toMatchObject({ mode: 0o700, owner: 'ada' })
    expect(after.stat('/home/ada/.ssh/id_ed25519').status).toMatchObject({ mode: 0o600 })
  })

  test('returns the key it has', () => {
    const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOTkLC1aieAimodcl6RFFO2Sr+8n78qySPQnjXPN8/E6 me'
    const host = there()
    const { outcome } = plan(
      user,
      { name: 'ada', generate_ssh_key: true, ssh_key_type: 'ed25519' },
      {
        ...host,
        files: {
          ...host.files,
          '/home/ada/.ssh/id_ed25519': '',
          '/home/ada/.ssh/id_ed25519.pub': `${key}\n`,
        },
      },
    )
    expect(outcome).toMatchObject({
      type: 'unchanged',
      result: {
        ssh_public_key: key,
        ssh_fingerprint: '256 SHA256:jzI/nMjKbMIZUJC6sytik9F6Irqr/prFBwxbw9hoS5M me (ED25519)',
      },
    })
  })

  test('passes the passphrase of its key through standard input alone', () => {
    const { outcome } = plan(
      user,
      { name: 'ada', generate_ssh_key: true, ssh_key_passphrase: 'open sesame' },
      there(),
    )
    expect(outcome).toMatchObject({ payload: Buffer.from('open sesame') })
    expect(outcome.type === 'change' && outcome.script.text).not.toContain('sesame')
  })

  test.each<[string, Dict, string]>([
    ['is removed', {}, 'userdel -- ada'],
    ['is removed with all it has', { remove: true, force: true }, 'userdel -f -r -- ada'],
  ])('%s', (_, args, command) => {
    const { outcome, state, files: after } = plan(user, { name: 'ada', state: 'absent', ...args }, there())
    expect(scriptOf(outcome)).toContain(command)
    expect(outcome).toMatchObject({ result: { state: 'absent' } })
    expect(state.predicted(userKind, 'ada')).toBeNull()
    expect(state.predicted(groupKind, 'ada')).toBeNull()
    expect(after.exists('/home/ada')).toBe(args['remove'] !== true)
  })

  test('that is gone already is not removed', () => {
    expect(plan(user, { name: 'ada', state: 'absent' }, bare).outcome.type).toBe('unchanged')
  })
})

describe('a group', () => {
  const host = (resources: Host['resources']): Host => ({ resources })

  test('is made, with a number that the host chooses', () => {
    const { outcome, again } = plan(group, { name: 'apps', system: true }, host({ 'group apps': null }))
    expect(scriptOf(outcome)).toBe('groupadd -r -- apps && getent group -- apps')
    expect(
      outcome.type === 'change' &&
        outcome.finish!({ status: 0, stdout: Buffer.from('apps:x:990:\n'), stderr: Buffer.alloc(0) }),
    ).toEqual({ gid: 990 })
    expect(again().type).toBe('unchanged')
  })

  test.each<[string, Dict, Host['resources'], string]>([
    ['with a number', { gid: 7 }, { 'group apps': null, 'group 7': null }, 'groupadd -g 7 -- apps'],
    [
      'with a number that is taken',
      { gid: 7, non_unique: true },
      { 'group apps': null, 'group 7': { name: 'x', gid: 7, members: [] } },
      'groupadd -g 7 -o -- apps',
    ],
    [
      'with another number',
      { gid: 7 },
      { 'group apps': { name: 'apps', gid: 5, members: [] }, 'group 7': null },
      'groupmod -g 7 -- apps',
    ],
    [
      'no more',
      { state: 'absent' },
      { 'group apps': { name: 'apps', gid: 5, members: [] } },
      'groupdel -- apps',
    ],
  ])('%s', (_, args, resources, command) => {
    const { outcome } = plan(group, { name: 'apps', ...args }, host(resources))
    expect(scriptOf(outcome)).toContain(command)
  })

  test('cannot have the number of another', () => {
    const resources = { 'group apps': null, 'group 7': { name: 'lp', gid: 7, members: [] } }
    expect(plan(group, { name: 'apps', gid: 7 }, host(resources)).outcome).toMatchObject({
      type: 'failed',
      result: { msg: "GID '7' already exists: it is that of group lp" },
    })
  })

  test.each<[string, Dict, unknown]>([
    ['is there', {}, { name: 'apps', gid: 5, members: [] }],
    ['is gone', { state: 'absent' }, null],
  ])('that %s already is left alone', (_, args, value) => {
    expect(plan(group, { name: 'apps', ...args }, host({ 'group apps': value })).outcome.type).toBe(
      'unchanged',
    )
  })
})
