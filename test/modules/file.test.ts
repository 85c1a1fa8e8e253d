import { describe, expect, test } from 'vitest'
import { presentPath } from '../../runner/host/files.ts'
import { effect } from '../../runner/host/state.ts'
import file from '../../runner/modules/file.ts'
import { path as pathKind } from '../../runner/resources/path.ts'
import { Unknown } from '../../runner/variables/unknown.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { diffLines, type Host, plan } from './harness.ts'

const host: Host = {
  files: {
    '/srv/file': 'text',
    '/srv/dir/one': { content: '1', mode: 0o600 },
    '/srv/dir/run': { content: '2', mode: 0o755 },
    '/srv/dir/sub/two': '2',
    '/srv/link': { target: 'file' },
    '/srv/dangling': { target: 'none' },
    '/srv/empty': { type: 'directory' },
  },
}

function status(args: Dict, path: string, on = host) {
  const planned = plan(file, args, on)
  expect(planned.again(), 'a second run changes nothing').toMatchObject({ type: 'unchanged' })
  return planned.files.lstat(path).status
}

describe('a directory', () => {
  test('is made with the ones above it, all alike', () => {
    const args = { path: '/srv/a/b', state: 'directory', mode: '0750', owner: 'app' }
    const made = { type: 'directory', mode: 0o750, owner: 'app', group: 'root' }
    expect(status(args, '/srv/a')).toMatchObject(made)
    expect(status(args, '/srv/a/b')).toMatchObject(made)
  })

  test('gets the attributes that differ', () => {
    const { outcome } = plan(file, { path: '/srv/dir', state: 'directory', mode: 'o=' }, host)
    expect(diffLines(outcome)).toEqual(['/srv/dir', 'mode: 0755 → 0750'])
  })

  test('with everything in it: X means what somebody may run already', () => {
    const args = { path: '/srv/dir', state: 'directory', recurse: true, mode: 'u=rwX,g=rX,o=' }
    expect(status(args, '/srv/dir/sub')).toMatchObject({ mode: 0o750 })
    expect(status(args, '/srv/dir/one')).toMatchObject({ mode: 0o640 })
    expect(status(args, '/srv/dir/run')).toMatchObject({ mode: 0o750 })
    expect(status(args, '/srv/dir/sub/two')).toMatchObject({ mode: 0o640 })
  })

  test('that a set-gid one is made in inherits its group', () => {
    const attributes = { mode: 0o2775, owner: 'root', group: 'web' }
    const predicted = [
      effect(pathKind, '/srv/web', presentPath({ type: 'directory', fresh: true, ...attributes })),
    ]
    const made = status({ path: '/srv/web/x', state: 'directory' }, '/srv/web/x', { ...host, predicted })
    expect(made).toMatchObject({ group: 'web', mode: 0o2755 })
  })
})

describe('a link', () => {
  test.each<[string, Dict]>([
    ['is made', { path: '/srv/new', src: '/srv/file' }],
    ['is turned', { path: '/srv/link', src: '/srv/dir' }],
    ['is made to nowhere with force', { path: '/srv/new', src: '/none', force: true }],
    ['takes the place of a file with force', { path: '/srv/dir/one', src: '/srv/file', force: true }],
    [
      'takes the place of an empty directory with force',
      { path: '/srv/empty', src: '/srv/file', force: true },
    ],
  ])('%s', (_, args) => {
    expect(status({ ...args, state: 'link' }, args['path'] as string)).toMatchObject({
      type: 'link',
      target: args['src'],
    })
  })

  test('leaves attributes to what it leads to', () => {
    const args = { path: '/srv/new', src: '/srv/file', state: 'link', owner: 'app', mode: '0600' }
    const { files } = plan(file, args, host)
    expect(files.lstat('/srv/new').status).toMatchObject({ owner: 'root' })
    expect(files.lstat('/srv/file').status).toMatchObject({ owner: 'app', mode: 0o600 })
  })

  test('has an owner of its own when it is not followed; its permissions are nobody’s', () => {
    const args = { path: '/srv/link', state: 'link', follow: false, owner: 'app', mode: '0600' }
    const { outcome, files } = plan(file, args, host)
    expect(files.lstat('/srv/link').status).toMatchObject({ owner: 'app' })
    expect(files.lstat('/srv/file').status).toMatchObject({ owner: 'root', mode: 0o644 })
    expect((outcome as { script: { text: string } }).script.text).not.toContain('chmod')
  })

  test.each<[string, Dict, string]>([
    ['to nowhere', { path: '/srv/new', src: '/none' }, 'src file does not exist'],
    ['in place of a file', { path: '/srv/file', src: '/srv/dir' }, 'refusing to convert from file'],
    [
      'in place of a directory',
      { path: '/srv/empty', src: '/srv/file' },
      'refusing to convert from directory',
    ],
    ['in place of a full directory', { path: '/srv/dir', src: '/srv/file', force: true }, 'is not empty'],
    ['to itself', { path: '/srv/link', src: '/srv/link', force: true }, 'a link to itself'],
    ['without a target', { path: '/srv/new' }, 'src is required'],
  ])('%s is refused', (_, args, msg) => {
    expect(plan(file, { ...args, state: 'link' }, host).outcome).toMatchObject({
      type: 'failed',
      result: { msg: expect.stringContaining(msg) },
    })
  })
})

describe('nothing', () => {
  test.each(['/srv/file', '/srv/dir', '/srv/link', '/srv/dangling'])('is left of %s', (path) => {
    expect(status({ path, state: 'absent' }, path)).toMatchObject({ type: 'absent' })
  })

  test('is left of what was in a directory, and of what an earlier task put there', () => {
    const predicted = [
      effect(
        pathKind,
        '/srv/dir/new',
        presentPath({ type: 'file', mode: 0o644, owner: 'root', group: 'root' }),
      ),
    ]
    const { files } = plan(file, { path: '/srv/dir', state: 'absent' }, { ...host, predicted })
    expect(files.exists('/srv/dir/one')).toBe(false)
    expect(files.exists('/srv/dir/new')).toBe(false)
  })

  test('is removed where nothing is', () => {
    expect(plan(file, { path: '/none/x', state: 'absent' }, host).outcome.type).toBe('unchanged')
  })
})

test.each(['/', '//', '/srv/..', '', ' '])('the root, and what is no path, is never removed: %o', (path) => {
  expect(plan(file, { path, state: 'absent' }, host).outcome).toMatchObject({ type: 'failed' })
})

describe('touch', () => {
  const times = {
    'moment 2020-01-02 03:04:05': 1577934245,
    'moment 1970-01-01 00:00:01': 1,
    'moment soon': null,
  }
  const given = { state: 'touch', access_time: '202001020304.05', modification_time: 'preserve' }

  test('gives a new file the times that are given', () => {
    const { outcome } = plan(file, { path: '/srv/new', ...given }, { ...host, resources: times })
    expect(outcome).toMatchObject({
      script: { text: expect.stringContaining("-c -d '2020-01-02 03:04:05' -- /srv/new") },
    })
    expect(diffLines(outcome)).toContain('access time: - → 2020-01-02 03:04:05')
  })

  test('shows the times that change, and what they were', () => {
    const { outcome, files } = plan(file, { path: '/srv/file', ...given }, { ...host, resources: times })
    expect(diffLines(outcome)).toEqual([
      '/srv/file',
      'access time: 1970-01-01T00:00:01Z → 2020-01-02 03:04:05',
    ])
    expect(files.stat('/srv/file').status).toMatchObject({ atime: 1577934245, mtime: 1 })
  })

  test('changes nothing where the times are as they are given', () => {
    const args = { path: '/srv/file', ...given, access_time: '197001010000.01' }
    expect(plan(file, args, { ...host, resources: times }).outcome).toMatchObject({ type: 'unchanged' })
  })

  test('refuses what is no time', () => {
    for (const path of ['/srv/file', '/srv/new']) {
      const { outcome } = plan(file, { path, ...given, access_time: 'soon' }, { ...host, resources: times })
      expect(outcome).toMatchObject({
        type: 'failed',
        result: { msg: expect.stringContaining('is no time') },
      })
    }
  })

  test('makes an empty file', () => {
    const { outcome } = plan(file, { path: '/srv/new', state: 'touch', mode: '0600' }, host)
    expect(outcome).toMatchObject({
      type: 'change',
      diff: [{ before: null, after: '' }],
      result: { mode: '0600' },
    })
  })

  test('changes the times of what is there, unless they are to be kept', () => {
    expect(plan(file, { path: '/srv/file', state: 'touch' }, host).outcome.type).toBe('change')
    const kept = { access_time: 'preserve', modification_time: 'preserve' }
    expect(plan(file, { path: '/srv/file', state: 'touch', ...kept }, host).outcome.type).toBe('unchanged')
  })

  test('keeps what is known of a directory that an earlier task makes', () => {
    const attributes = { mode: 0o755, owner: 'root', group: 'root' }
    const predicted = [
      effect(pathKind, '/srv/x', presentPath({ type: 'directory', fresh: true, ...attributes })),
    ]
    const { files } = plan(file, { path: '/srv/x', state: 'touch' }, { ...host, predicted })
    expect(files.list('/srv/x')).toEqual([])
  })
})

describe('without a state it is what is there', () => {
  test.each<[string, Dict, string, Dict]>([
    ['a file', { path: '/srv/file', mode: '0600' }, '/srv/file', { type: 'file', mode: 0o600 }],
    ['a directory', { path: '/srv/dir', mode: '0700' }, '/srv/dir', { type: 'directory', mode: 0o700 }],
    ['what a link leads to', { path: '/srv/link', mode: '0600' }, '/srv/file', { mode: 0o600 }],
    [
      'a directory to be, with recurse',
      { path: '/srv/new', recurse: true },
      '/srv/new',
      { type: 'directory' },
    ],
  ])('%s', (_, args, path, expected) => expect(status(args, path)).toMatchObject(expected))

  test.each<[string, Dict, string]>([
    ['a file that is not there', { path: '/srv/none' }, 'file (/srv/none) is absent, cannot continue'],
    [
      'a directory for a file',
      { path: '/srv/dir', state: 'file' },
      'file (/srv/dir) is directory, cannot continue',
    ],
    ['a file for a directory', { path: '/srv/file', state: 'directory' }, 'already exists as a file'],
    [
      'recurse on a file',
      { path: '/srv/file', recurse: true },
      "recurse option requires state to be 'directory'",
    ],
    [
      'a source for a directory',
      { path: '/srv/dir', src: '/x' },
      "src option requires state to be 'link' or 'hard'",
    ],
    ['an unknown group', { path: '/srv/file', group: 'ghost' }, 'failed to look up group ghost'],
  ])('%s is refused', (_, args, msg) => {
    const resources = { 'group ghost': null }
    expect(plan(file, args, { ...host, resources }).outcome).toMatchObject({
      type: 'failed',
      result: { msg: expect.stringContaining(msg) },
    })
  })
})

describe('an owner by number', () => {
  test('is the user of that number', () => {
    const resources = { 'user 1000': { name: 'debian' } }
    const planned = plan(file, { path: '/srv/file', owner: '1000' }, { ...host, resources })
    expect(planned.files.stat('/srv/file').status).toMatchObject({ owner: 'debian' })
  })

  test('that nobody has stays a number', () => {
    const planned = plan(file, { path: '/srv/file', owner: 4711 }, host)
    expect(planned.files.stat('/srv/file').status).toMatchObject({ owner: '4711' })
    const observed = { ...planned.files.stat('/srv/file').status, owner: 'UNKNOWN', uid: 4711 }
    expect(pathKind.matches!(planned.files.stat('/srv/file').status, observed as never)).toBe(true)
  })
})

test('the same number of an inode on another file system is another file', () => {
  const twin = presentPath({
    type: 'file',
    mode: 0o644,
    owner: 'root',
    group: 'root',
    inode: 7,
    device: 1,
  })
  const args = { path: '/srv/twin', src: '/mnt/file', state: 'hard', force: true }
  const resources = (device: number) => ({
    'path /srv/twin': twin,
    'path /mnt/file': { ...twin, device },
  })
  expect(
    plan(file, args, { files: { '/mnt/file': 'x', '/srv/other': '' }, resources: resources(1) }).outcome.type,
  ).toBe('unchanged')
  expect(
    plan(file, args, { files: { '/mnt/file': 'x', '/srv/other': '' }, resources: resources(2) }).outcome.type,
  ).toBe('change')
})

test('a link is made under a name that nobody can foresee', () => {
  const { outcome } = plan(file, { path: '/srv/new', src: '/srv/file', state: 'link' }, host)
  expect(outcome).toMatchObject({
    script: { text: expect.stringContaining('mktemp -u -- /srv/.new.XXXXXXXX') },
  })
})

test('a hard link is one file under two names', () => {
  const planned = plan(file, { path: '/srv/twin', src: '/srv/file', state: 'hard' }, host)
  expect(planned.files.read('/srv/twin')?.toString()).toBe('text')
})

describe('with recurse', () => {
  const around: Host = {
    files: {
      '/srv/dir/link': { target: '/other' },
      '/srv/dir/back': { target: '/srv/dir' },
      '/other/file': { content: '', mode: 0o700 },
    },
  }
  test.each([
    [true, 0o600],
    [false, 0o700],
  ])('links are followed or not: %s', (follow, mode) => {
    const args = { path: '/srv/dir', recurse: true, follow, mode: 'a-x,u+X' }
    expect(plan(file, { ...args, mode: 'a-x' }, around).files.lstat('/other/file').status).toMatchObject({
      mode,
    })
  })
})

test('who is given a file by name has a number that only the host knows', () => {
  const at = plan(file, { path: '/srv/file', owner: 'app', group: '42' }, host).files.lstat(
    '/srv/file',
  ).status
  expect(at).toMatchObject({ owner: 'app', uid: expect.any(Unknown), group: '42', gid: 42 })
})

test('times are set of what is there, without `touch`', () => {
  const { outcome } = plan(file, { path: '/srv/file', access_time: 'now' }, host)
  expect(diffLines(outcome)).toEqual(['/srv/file', 'access time: - → now'])
  expect(outcome).toMatchObject({ script: { text: expect.stringContaining("touch '-a' -c -- /srv/file") } })
})

test('both times at once need no more than to be allowed to write', () => {
  const { outcome } = plan(file, { path: '/srv/file', state: 'touch' }, host)
  expect(outcome).toMatchObject({ script: { text: expect.stringContaining('touch -c -- /srv/file') } })
})

test('a second may be written with one digit', () => {
  const on = { ...host, resources: { 'moment 2020-01-01 12:00:05': 1577880005 } }
  const args = { path: '/srv/file', state: 'touch', modification_time: '202001011200.5' }
  expect(diffLines(plan(file, args, on).outcome)).toContain(
    'modification time: 1970-01-01T00:00:01Z → 2020-01-01 12:00:05',
  )
})

test.each([
  [0o1755, '01755'],
  [0o644, '0644'],
])('the mode %o is told as %s', (mode, told) => {
  const on = { files: { '/srv/file': { content: '', mode } } }
  expect(plan(file, { path: '/srv/file' }, on).outcome).toMatchObject({ result: { mode: told } })
})
