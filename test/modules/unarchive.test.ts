import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Member } from '../../runner/archives/member.ts'
import { writeTar } from '../../runner/archives/write-tar.ts'
import { fileEffects, sha256 } from '../../runner/host/files.ts'
import unarchive from '../../runner/modules/unarchive.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { diffLines, type Host, plan, textAfter } from './harness.ts'

function member(name: string, more: Partial<Member> = {}): Member {
  const bytes = more.bytes ?? (more.type === undefined ? Buffer.from(`${name}\n`) : undefined)
  return {
    name,
    type: 'file',
    mode: more.type === 'directory' ? 0o755 : 0o644,
    owner: 'root',
    group: 'root',
    uid: 0,
    gid: 0,
    mtime: 100,
    size: bytes?.length ?? 0,
    ...(bytes ? { bytes } : {}),
    ...more,
  }
}

const MEMBERS = [
  member('app', { type: 'directory' }),
  member('app/run', { mode: 0o755 }),
  member('app/doc/readme', { owner: 'nobody-here', uid: 4711 }),
  member('app/link', { type: 'link', target: 'run' }),
  member('app/twin', { type: 'hard link', target: 'app/run' }),
]

const nobody = { 'user nobody-here': null, 'user 4711': null }
const host: Host = {
  files: { '/opt': { type: 'directory' } },
  author: { 'app.tgz': gzipSync(writeTar(MEMBERS)) },
  resources: nobody,
}
const args = { src: 'app.tgz', dest: '/opt' }

describe('an archive of this side', () => {
  test('is unpacked whole, and not again', () => {
    const planned = plan(unarchive, args, host)
    expect(textAfter(planned, '/opt/app/run')).toBe('app/run\n')
    expect(textAfter(planned, '/opt/app/link')).toBe('app/run\n')
    expect(textAfter(planned, '/opt/app/twin')).toBe('app/run\n')
    expect(planned.files.stat('/opt/app/run').status).toMatchObject({ mode: 0o755, owner: 'root' })
    expect(planned.files.stat('/opt/app/doc').status).toMatchObject({ type: 'directory', mode: 0o755 })
    expect(planned.files.stat('/opt/app/doc/readme').status).toMatchObject({ owner: '4711' })
    expect(planned.again()).toMatchObject({ type: 'unchanged' })
  })

  test('shows what differs only', () => {
    const files = {
      ...host.files,
      '/opt/app/run': { content: 'mine\n', mode: 0o755 },
      '/opt/app/doc/readme': { content: 'app/doc/readme\n', owner: '4711' },
      '/opt/app/link': { target: 'run' },
      '/opt/app/twin': { content: 'app/run\n', mode: 0o600 },
    }
    expect(diffLines(plan(unarchive, args, { ...host, files }).outcome)).toEqual([
      '/opt/app/run',
      '-mine',
      '+app/run',
      '/opt/app/twin',
      'link to: - → app/run',
    ])
  })

  test('gets the attributes that the task wants', () => {
    const planned = plan(unarchive, { ...args, owner: 'app', group: 'web', mode: 'u=rwX,go=' }, host)
    expect(planned.files.stat('/opt/app/run').status).toMatchObject({
      mode: 0o700,
      owner: 'app',
      group: 'web',
    })
    expect(planned.files.stat('/opt/app/doc/readme').status).toMatchObject({ mode: 0o600, owner: 'app' })
    expect(planned.files.lstat('/opt/app/link').status).toMatchObject({ owner: 'app' })
    expect(planned.again()).toMatchObject({ type: 'unchanged' })
  })

  test('belongs to who unpacks it, where that is not root', () => {
    const user = { user: 'debian', uid: 1000, group: 'debian', gid: 1000, groups: ['debian'], umask: 0o027 }
    const files = { '/opt': { type: 'directory', owner: 'debian' } } as const
    const planned = plan(unarchive, args, { ...host, files, user })
    expect(planned.files.stat('/opt/app/run').status).toMatchObject({
      mode: 0o750,
      owner: 'debian',
      group: 'debian',
    })
    expect((planned.outcome as { script: { text: string } }).script.text).toContain('--no-same-owner')
  })

  test.each<[string, Dict, string[]]>([
    ['some of it', { include: ['app/doc'] }, ['app/doc/readme']],
    ['without some of it', { exclude: ['run', 'twin', 'link'] }, ['app/', 'app/doc/readme']],
    ['without the top', { extra_opts: ['--strip-components=1'] }, ['run', 'doc/readme', 'link', 'twin']],
    [
      'without the top, said in two words',
      { extra_opts: ['--strip-components', '1'] },
      ['run', 'doc/readme', 'link', 'twin'],
    ],
  ])('is unpacked %s', (_, more, files) => {
    const planned = plan(unarchive, { ...args, list_files: true, ...more }, host)
    expect(planned.outcome).toMatchObject({ type: 'change', result: { files } })
    expect(planned.again()).toMatchObject({ type: 'unchanged' })
  })

  test('leaves newer files alone when it is to', () => {
    const files = { ...host.files, '/opt/app/run': 'newer' }
    const old = { author: { 'app.tgz': gzipSync(writeTar([member('app/run', { mtime: 0 })])) } }
    const { outcome } = plan(unarchive, { ...args, keep_newer: true }, { ...host, ...old, files })
    expect(outcome.type).toBe('unchanged')
  })
})

describe('an archive of the host', () => {
  const remote = { src: '/tmp/app.tgz', dest: '/opt', remote_src: true }
  const listed = MEMBERS.map(({ bytes: _, ...each }) => each)
  const digests = new Map(
    MEMBERS.flatMap(({ name, bytes }) => (bytes ? [[name, sha256(bytes)] as const] : [])),
  )
  const on: Host = {
    ...host,
    files: { ...host.files, '/tmp/app.tgz': 'packed' },
    resources: {
      ...nobody,
      'tar listing /tmp/app.tgz': { members: listed },
      'tar digests /tmp/app.tgz': digests,
    },
  }

  test('is unpacked there, and its bytes stay there', () => {
    const planned = plan(unarchive, remote, on)
    expect(planned.outcome).toMatchObject({ payload: undefined })
    expect((planned.outcome as { script: { text: string } }).script.text).toContain(
      'tar -xf /tmp/app.tgz -C /opt',
    )
    expect(planned.files.digest('/opt/app/run')).toBe(digests.get('app/run'))
    expect(planned.again()).toMatchObject({ type: 'unchanged' })
  })

  test('finds what it compares by its own names when parts are left out', () => {
    const planned = plan(unarchive, { ...remote, extra_opts: '--strip-components=1' }, on)
    expect(planned.files.digest('/opt/run')).toBe(digests.get('app/run'))
    expect(planned.again()).toMatchObject({ type: 'unchanged' })
  })

  test('that an earlier task would put there is looked into here', () => {
    const attributes = { mode: 0o644, owner: 'root', group: 'root' }
    const predicted = fileEffects('/tmp/new.tgz', gzipSync(writeTar(MEMBERS)), attributes)
    const planned = plan(unarchive, { ...remote, src: '/tmp/new.tgz' }, { ...on, predicted })
    expect(textAfter(planned, '/opt/app/run')).toBe('app/run\n')
  })

  test('that cannot be read is told with what tar says', () => {
    const resources = { 'tar listing /tmp/app.tgz': { error: 'tar: not an archive' } }
    expect(plan(unarchive, remote, { ...on, resources }).outcome).toMatchObject({
      type: 'failed',
      result: { msg: expect.stringContaining('tar: not an archive') },
    })
  })
})

test('nothing is unpacked when what it creates is there', () => {
  const files = { ...host.files, '/opt/app/run': '' }
  expect(plan(unarchive, { ...args, creates: '/opt/app/run' }, { ...host, files }).outcome.type).toBe(
    'skipped',
  )
})

test.each<[string, Dict, Partial<Host>, string]>([
  ['no directory to unpack into', { dest: '/none' }, {}, "dest '/none' must be an existing dir"],
  ['an option whose effect is not known', { extra_opts: ['--transform=s/a/b/'] }, {}, 'is not supported'],
  [
    'a directory where a file is to be',
    {},
    { files: { '/opt/app/run/x': '' } },
    '/opt/app/run is a directory',
  ],
  [
    'a hard link without what it is a link to',
    { include: ['app/twin'] },
    {},
    'is a hard link to app/run, which is not unpacked',
  ],
  ['no archive', {}, { author: { 'app.tgz': 'hello'.repeat(200) } }, 'this is no tar archive'],
  [
    'an archive that is not on the host',
    { src: '/none', remote_src: true },
    {},
    "Source '/none' does not exist",
  ],
])('%s is refused', (_, more, on, msg) => {
  expect(plan(unarchive, { ...args, ...more }, { ...host, ...on }).outcome).toMatchObject({
    type: 'failed',
    result: { msg: expect.stringContaining(msg) },
  })
})
