import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { fileEffects } from '../../runner/host/files.ts'
import copy from '../../runner/modules/copy.ts'
import { Unknown } from '../../runner/variables/unknown.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { diffLines, type Host, plan, textAfter } from './harness.ts'

const host: Host = {
  files: { '/etc/app.conf': 'old\n', '/opt/src/a': { content: 'A', mode: 0o755 }, '/opt/src/sub/b': 'B' },
  author: { 'app.conf': 'new\n', 'tree/one': '1', 'tree/sub/two': '2' },
}

describe('a file', () => {
  test.each<[string, Dict, string, string]>([
    ['replaces the one that is there', { src: 'app.conf', dest: '/etc/app.conf' }, '/etc/app.conf', 'new\n'],
    ['goes into a directory that is there', { src: 'app.conf', dest: '/opt' }, '/opt/app.conf', 'new\n'],
    [
      'goes into a directory that is made for it',
      { src: 'app.conf', dest: '/new/dir/' },
      '/new/dir/app.conf',
      'new\n',
    ],
    ['holds a text', { content: 'x', dest: '/etc/x' }, '/etc/x', 'x'],
    ['holds a dictionary as JSON', { content: { a: [1] }, dest: '/etc/x' }, '/etc/x', '{"a":[1]}'],
    ['is copied on the host', { src: '/opt/src/a', dest: '/opt/a', remote_src: true }, '/opt/a', 'A'],
  ])('%s', (_, args, path, text) => {
    const planned = plan(copy, args, host)
    expect(textAfter(planned, path)).toBe(text)
    expect(planned.again()).toMatchObject({ type: 'unchanged' })
  })

  test.each([
    ['by its argument', { unsafe_writes: true }, {}, true],
    ['by the environment of the task', {}, { ANSIBLE_UNSAFE_WRITES: '1' }, true],
    ['not against its argument', { unsafe_writes: false }, { ANSIBLE_UNSAFE_WRITES: '1' }, false],
    ['not unless it is said', {}, {}, false],
  ])('is written in its place where it cannot be replaced, %s', (_, more, environment, unsafe) => {
    const args = { content: 'new', dest: '/etc/app.conf', ...more }
    const { outcome } = plan(copy, args, { ...host, environment })
    expect('script' in outcome && outcome.script.text.includes(`cat -- "$candidate" > `)).toBe(unsafe)
  })

  test('that decides who is who does not keep the plan from its end', () => {
    const author = { 'tree/group': 'root:x:0:\n', 'tree/zz-new': 'x' }
    const args = { src: 'tree/', dest: '/etc/', owner: 'nobody', group: 'nogroup' }
    const planned = plan(copy, args, { files: { '/etc/group': 'old\n' }, author })
    expect(textAfter(planned, '/etc/zz-new')).toBe('x')
  })

  test('gets its attributes with its content', () => {
    const args = { src: 'app.conf', dest: '/etc/app.conf', mode: 'u=rw,g=r,o=', owner: 'app' }
    expect(diffLines(plan(copy, args, host).outcome)).toEqual([
      '/etc/app.conf',
      '-old',
      '+new',
      'mode: 0644 → 0640',
      'owner: root → app',
    ])
  })

  test('is told by size and digest where it is no text', () => {
    const { outcome } = plan(copy, { content: 'a\0b', dest: '/etc/x' }, host)
    expect(diffLines(outcome)).toContain('size: - → 3 bytes')
  })

  test('of unknown content will be there all the same', () => {
    const content = new Unknown({ what: 'a command' })
    const planned = plan(copy, { content, dest: '/etc/x', mode: '0600' }, host)
    expect(planned.outcome).toMatchObject({ diff: [{ unknown: [{ what: 'a command' }] }] })
    expect(planned.files.stat('/etc/x').status).toMatchObject({ type: 'file', mode: 0o600 })
  })

  test('of the host that an earlier task would write is copied as it would be', () => {
    const predicted = fileEffects('/opt/src/a', Buffer.from('later'), {
      mode: 0o644,
      owner: 'root',
      group: 'root',
    })
    const args = { src: '/opt/src/a', dest: '/opt/a', remote_src: true }
    expect(textAfter(plan(copy, args, { ...host, predicted }), '/opt/a')).toBe('later')
  })

  test.each<[string, Dict, number]>([
    ['of this side', { src: 'app.conf', dest: '/etc/x' }, 0o644],
    ['of the host', { src: '/opt/src/a', dest: '/etc/x', remote_src: true }, 0o755],
  ])('may keep the permissions that it has: %s', (_, args, mode) => {
    const planned = plan(copy, { ...args, mode: 'preserve' }, host)
    expect(planned.files.stat('/etc/x').status).toMatchObject({ mode })
  })
})

test('validate that does not name the file is refused', () => {
  const { outcome } = plan(copy, { dest: '/etc/y', content: 'x', validate: '/bin/true' }, host)
  expect(outcome).toMatchObject({ type: 'failed', result: { msg: 'validate must contain %s: /bin/true' } })
})

test('a file in the place of a link shows the link that goes, and keeps it when that is wanted', () => {
  const host: Host = { files: { '/etc/x': { target: '/srv/x' }, '/srv/x': 'old' } }
  const { outcome } = plan(copy, { dest: '/etc/x', content: 'new', backup: true }, host)
  expect(diffLines(outcome)).toContain('link to: /srv/x → -')
  expect(outcome).toMatchObject({ script: { text: expect.stringContaining('cp -a -- /etc/x') } })
  expect(outcome.type === 'change' && outcome.result).toHaveProperty('backup_file')
})

describe('nothing is done', () => {
  test('when a file is there and must not be replaced', () => {
    const { outcome } = plan(copy, { src: 'app.conf', dest: '/etc/app.conf', force: false }, host)
    expect(outcome).toMatchObject({ type: 'unchanged' })
  })

  test.each([
    ['nor is what is in it read, which may be large', false, []],
    ['but what is in it is read ahead where it may be replaced', true, ['digest']],
  ])('%s', (_, force, kinds) => {
    const given = { dest: '/etc/app.conf', remote_src: false, force }
    expect(copy.readsLater?.(given as never, 'root').map(({ kind }) => kind.name)).toEqual(kinds)
  })
})

describe('a directory', () => {
  test.each<[string, Dict, string]>([
    ['of this side goes under its name', { src: 'tree', dest: '/srv' }, '/srv/tree'],
    ['with a slash means what is in it', { src: 'tree/', dest: '/srv' }, '/srv'],
  ])('%s', (_, args, top) => {
    const planned = plan(copy, { ...args, directory_mode: '0750', owner: 'app' }, host)
    expect(textAfter(planned, `${top}/sub/two`)).toBe('2')
    expect(planned.files.stat(`${top}/sub`).status).toMatchObject({ mode: 0o750, owner: 'app' })
    expect(planned.files.stat(`${top}/one`).status).toMatchObject({ mode: 0o644, owner: 'app' })
    expect(planned.again()).toMatchObject({ type: 'unchanged' })
  })

  test.each<[string, string, string]>([
    ['of the host goes under its name', '/opt/src', '/srv/src'],
    ['of the host with a slash means what is in it', '/opt/src/', '/srv'],
  ])('%s', (_, src, top) => {
    const planned = plan(copy, { src, dest: '/srv', remote_src: true }, host)
    expect(textAfter(planned, `${top}/sub/b`)).toBe('B')
    expect(planned.files.stat(`${top}/a`).status).toMatchObject({ mode: 0o755 })
    expect(planned.again()).toMatchObject({ type: 'unchanged' })
  })

  test.each([
    [true, { type: 'file' }],
    [false, { type: 'link', target: '../etc/app.conf' }],
  ])('of the host with links: local_follow %s', (local_follow, status) => {
    const files = { ...host.files, '/opt/link': { target: '../etc/app.conf' } }
    const planned = plan(
      copy,
      { src: '/opt/', dest: '/srv', remote_src: true, local_follow },
      { ...host, files },
    )
    expect(planned.files.lstat('/srv/link').status).toMatchObject(status)
    expect(planned.again()).toMatchObject({ type: 'unchanged' })
  })
})

describe('what comes out of a vault', () => {
  const author = { secret: '$ANSIBLE_VAULT;1.1;AES256\n6162\n' }

  test('is written plain, and shown to nobody', () => {
    const planned = plan(
      copy,
      { src: 'secret', dest: '/etc/x' },
      { ...host, author, decrypt: () => 'swordfish' },
    )
    expect(textAfter(planned, '/etc/x')).toBe('swordfish')
    expect(JSON.stringify((planned.outcome as { diff: unknown }).diff)).not.toContain('swordfish')
    expect(diffLines(planned.outcome)).toContain('content: - → (secret, changed)')
  })

  test('may stay in it', () => {
    const planned = plan(copy, { src: 'secret', dest: '/etc/x', decrypt: false }, { ...host, author })
    expect(textAfter(planned, '/etc/x')).toBe(author.secret)
  })

  test('needs a password', () => {
    expect(plan(copy, { src: 'secret', dest: '/etc/x' }, { ...host, author }).outcome).toMatchObject({
      result: { msg: expect.stringContaining('there is no vault password here') },
    })
  })
})

describe('the dry run fails where the real one would', () => {
  const user = { user: 'debian', uid: 1000, group: 'debian', gid: 1000, groups: ['debian'] }

  test.each<[string, Dict, Partial<Host>, string]>([
    ['neither src nor content', { dest: '/etc/x' }, {}, 'src (or content) is required'],
    [
      'content for a directory',
      { content: 'x', dest: '/etc/' },
      {},
      'can not use content with a dir as dest',
    ],
    ['a source that is nowhere', { src: 'none', dest: '/etc/x' }, {}, "Could not find or access 'none'"],
    [
      'a source that is not on the host',
      { src: '/none', dest: '/etc/x', remote_src: true },
      {},
      'Source /none not found',
    ],
    [
      'no directory to put it in',
      { content: 'x', dest: '/none/x' },
      {},
      'Destination directory /none does not exist',
    ],
    [
      'a directory in its place',
      { content: 'x', dest: '/etc' },
      {},
      'can not use content with a dir as dest',
    ],
    [
      'a checksum that differs',
      { src: 'app.conf', dest: '/etc/x', checksum: 'ab' },
      {},
      'does not have the checksum ab',
    ],
    [
      'a directory that the user may not write in',
      { content: 'x', dest: '/etc/x' },
      { user, resources: { 'write access /etc debian': false } },
      'debian may not write',
    ],
    [
      'an owner that is not there',
      { content: 'x', dest: '/etc/x', owner: 'ghost' },
      { resources: { 'user ghost': null } },
      'failed to look up user ghost',
    ],
  ])('%s', (_, args, more, msg) => {
    expect(plan(copy, args, { ...host, ...more }).outcome).toMatchObject({
      type: 'failed',
      result: { msg: expect.stringContaining(msg) },
    })
  })

  test('but not where an access list lets the user write', () => {
    const resources = { 'write access /etc debian': true }
    expect(plan(copy, { content: 'x', dest: '/etc/x' }, { ...host, user, resources }).outcome.type).toBe(
      'change',
    )
  })
})

describe('somebody who is not root', () => {
  const user = { user: 'debian', uid: 1000, group: 'debian', gid: 1000, groups: ['debian', 'adm'] }
  const own = { content: 'old', owner: 'debian', group: 'root' }
  const files = { '/home/debian/x': own, '/home/debian': { type: 'directory', owner: 'debian' } } as const

  test('gives a file in place of another to nobody else', () => {
    const planned = plan(copy, { content: 'new', dest: '/home/debian/x' }, { files, user })
    expect(diffLines(planned.outcome)).toEqual(['/home/debian/x', '-old', '+new', 'group: root → debian'])
  })

  test('sets permissions of what is its own', () => {
    const args = { content: 'old', dest: '/home/debian/x', mode: '0600' }
    expect(diffLines(plan(copy, args, { files, user }).outcome)).toEqual([
      '/home/debian/x',
      'mode: 0644 → 0600',
    ])
  })

  test.each<[string, Dict, string]>([
    ['to another user', { owner: 'app' }, 'debian may not give'],
    ['to a group that it is not in', { group: 'app' }, 'debian is not in the group app'],
  ])('cannot give it %s', (_, more, msg) => {
    const args = { content: 'old', dest: '/home/debian/x', ...more }
    expect(plan(copy, args, { files, user }).outcome).toMatchObject({
      type: 'failed',
      result: { msg: expect.stringContaining(msg) },
    })
  })
})

describe('links in a directory of the author’s', () => {
  const source = mkdtempSync(join(tmpdir(), 'links-'))
  mkdirSync(join(source, 'top/sub'), { recursive: true })
  mkdirSync(join(source, 'beside'))
  writeFileSync(join(source, 'beside/file'), 'text')
  symlinkSync('../beside', join(source, 'top/out'))
  symlinkSync('../../top', join(source, 'top/sub/circle'))
  symlinkSync('nowhere', join(source, 'top/dangling'))
  afterAll(() => rmSync(source, { recursive: true }))

  const copied = (local_follow: boolean) => {
    const planned = plan(copy, { src: join(source, 'top'), dest: '/srv', local_follow }, host)
    expect(planned.again()).toMatchObject({ type: 'unchanged' })
    return (name: string) => planned.files.lstat(`/srv/top/${name}`).status
  }

  test('are followed, but for those that lead back to a directory around them', () => {
    const at = copied(true)
    expect(at('out')).toMatchObject({ type: 'directory' })
    expect(at('out/file')).toMatchObject({ type: 'file' })
    expect(at('sub/circle')).toMatchObject({ type: 'link', target: '../../top' })
    expect(at('dangling')).toEqual({ type: 'absent' })
  })

  test('are links on the host, too, where they are not to be followed', () => {
    const at = copied(false)
    expect(at('out')).toMatchObject({ type: 'link', target: '../beside' })
    expect(at('dangling')).toMatchObject({ type: 'link', target: 'nowhere' })
  })
})
