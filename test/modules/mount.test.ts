import { describe, expect, test } from 'vitest'
import { UnknownRead } from '../../runner/host/misses.ts'
import mount from '../../runner/modules/mount.ts'
import { mount as mountKind, type Mount } from '../../runner/resources/mount.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { diffLines, type Host, plan, textAfter } from './harness.ts'

const FSTAB = '# mounts\n/dev/vda1 / ext4 defaults 0 1\n'
const data: Dict = { path: '/data', src: '/dev/vdb', fstype: 'ext4' }
const LINE = '/dev/vdb /data ext4 defaults 0 0\n'
const mounted: Mount = { source: '/dev/vdb', fstype: 'ext4', options: 'rw' }

const host = (fstab = FSTAB, now: Mount | null = null, files: Host['files'] = {}): Host => ({
  files: { '/etc/fstab': fstab, ...files },
  resources: { 'mount /data': now, 'mount /my data': now },
})

describe('in fstab', () => {
  test.each<[string, Dict, string, string]>([
    ['a line is added', data, FSTAB, FSTAB + LINE],
    ['to a file without an end of line', data, FSTAB.trimEnd(), FSTAB + LINE],
    [
      'a line is changed in its place',
      { ...data, opts: 'ro' },
      LINE + FSTAB,
      `/dev/vdb /data ext4 ro 0 0\n${FSTAB}`,
    ],
    [
      'blanks are written so that they hold',
      { ...data, path: '/my data' },
      '',
      '/dev/vdb /my\\040data ext4 defaults 0 0\n',
    ],
    [
      'what is not to be mounted at boot says so',
      { ...data, boot: false },
      '',
      '/dev/vdb /data ext4 defaults,noauto 0 0\n',
    ],
    [
      'swap is known by its device',
      { path: 'none', src: '/swap', fstype: 'swap', opts: 'pri=5' },
      '/dev/x none swap sw 0 0\n/swap none swap sw 0 0\n',
      '/dev/x none swap sw 0 0\n/swap none swap pri=5 0 0\n',
    ],
  ])('%s', (_, args, before, after) => {
    const planned = plan(mount, { ...args, state: 'present' }, host(before))
    expect(textAfter(planned, '/etc/fstab')).toBe(after)
    expect(planned.again().type).toBe('unchanged')
  })

  test('a line that says the same, however it is laid out, is left alone', () => {
    expect(plan(mount, { ...data, state: 'present' }, host('/dev/vdb\t/data\text4\n')).outcome.type).toBe(
      'unchanged',
    )
  })

  test('a line is taken out', () => {
    const planned = plan(mount, { path: '/data', state: 'absent_from_fstab' }, host(FSTAB + LINE, mounted))
    expect(textAfter(planned, '/etc/fstab')).toBe(FSTAB)
  })
})

describe('a file system', () => {
  test('is mounted where its directory has to be made first, and at boot', () => {
    const planned = plan(mount, { ...data, state: 'mounted' }, host())
    expect(diffLines(planned.outcome)).toEqual(
      expect.arrayContaining(['/etc/fstab', 'type: - → directory', 'mounted: - → /dev/vdb (ext4)']),
    )
    expect(planned.state.predicted(mountKind, '/data')).toMatchObject({ source: '/dev/vdb' })
    expect(planned.again().type).toBe('unchanged')
  })

  test('holds what nobody knows before it is mounted', () => {
    const { files } = plan(mount, { ...data, state: 'mounted' }, host())
    expect(() => files.exists('/data/x')).toThrow(UnknownRead)
  })

  test('that is new and in memory holds nothing', () => {
    const { files } = plan(
      mount,
      { ...data, fstype: 'tmpfs', src: 'tmpfs', opts: 'size=1m,mode=0700', state: 'ephemeral' },
      host(),
    )
    expect(files.stat('/data').status).toMatchObject({ mode: 0o700 })
    expect(files.list('/data')).toEqual([])
  })

  test('is mounted anew when its line changes', () => {
    const { outcome } = plan(
      mount,
      { ...data, opts: 'ro', state: 'mounted' },
      host(FSTAB + LINE, mounted, { '/data/x': '' }),
    )
    expect(diffLines(outcome)).toContain('remount: - → done')
  })

  test('is mounted only for now', () => {
    const planned = plan(mount, { ...data, opts: 'ro', state: 'ephemeral' }, host())
    expect(planned.outcome).toMatchObject({
      script: { text: expect.stringContaining('mount -t ext4 -o ro -- /dev/vdb /data') },
    })
    expect(textAfter(planned, '/etc/fstab')).toBe(FSTAB)
  })

  test('is unmounted, and nothing else', () => {
    const planned = plan(mount, { path: '/data', state: 'unmounted' }, host(FSTAB + LINE, mounted))
    expect(diffLines(planned.outcome)).toEqual(['/data', 'mounted: /dev/vdb → -'])
    expect(planned.again().type).toBe('unchanged')
  })

  test('goes with its line and its directory', () => {
    const planned = plan(
      mount,
      { path: '/data', state: 'absent' },
      host(FSTAB + LINE, mounted, { '/data': { type: 'directory' } }),
    )
    expect(textAfter(planned, '/etc/fstab')).toBe(FSTAB)
    expect(planned.files.exists('/data')).toBe(false)
    expect(planned.again().type).toBe('unchanged')
  })

  test.each<[string, Dict, string]>([
    ['without a source', { path: '/data', fstype: 'ext4', state: 'mounted' }, 'missing: src'],
    ['that is not mounted', { path: '/data', state: 'remounted' }, 'not mounted'],
  ])('%s is refused', (_, args, message) => {
    expect(plan(mount, args, host()).outcome).toMatchObject({
      type: 'failed',
      result: { msg: expect.stringContaining(message) },
    })
  })
})

test('of several mounts at a place the last is seen, under its real name', () => {
  const answer = `22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
40 22 0:38 / /my\\040data rw - tmpfs tmpfs rw
41 40 254:16 / /my\\040data ro master:2 - ext4 /dev/vdb rw
`
  expect(mountKind.parse(Buffer.from(answer), ['/my data', '/', '/none'])).toEqual([
    { source: '/dev/vdb', fstype: 'ext4', options: 'ro' },
    { source: '/dev/vda1', fstype: 'ext4', options: 'rw,relatime' },
    null,
  ])
})
