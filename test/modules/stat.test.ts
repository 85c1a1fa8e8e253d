import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { fileEffects } from '../../runner/host/files.ts'
import stat from '../../runner/modules/stat.ts'
import { mimeType } from '../../runner/resources/mime-type.ts'
import { Unknown } from '../../runner/variables/unknown.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { type Host, plan } from './harness.ts'

const host: Host = {
  files: {
    '/etc/file': { content: 'text', mode: 0o4750, owner: 'app', group: 'web' },
    '/etc/link': { target: 'file' },
  },
  resources: { 'sha1 /etc/file': 'aa', 'sha256 /etc/file': 'bb' },
}

function look(args: Dict, on = host): Dict {
  const { outcome } = plan(stat, args, on)
  if (outcome.type !== 'unchanged') throw new Error(JSON.stringify(outcome))
  return outcome.result['stat'] as Dict
}

test('a file is told with type, permissions, owners and checksum', () => {
  expect(look({ path: '/etc/file' })).toMatchObject({
    exists: true,
    isreg: true,
    isdir: false,
    mode: '4750',
    isuid: true,
    isgid: false,
    rusr: true,
    wgrp: false,
    xoth: false,
    pw_name: 'app',
    gr_name: 'web',
    size: 4,
    checksum: 'aa',
    readable: true,
  })
})

test.each<[Dict, Dict]>([
  [{ path: '/etc/link' }, { islnk: true, lnk_target: 'file', lnk_source: '/etc/file' }],
  [
    { path: '/etc/link', follow: true },
    { islnk: false, isreg: true, checksum: 'aa' },
  ],
  [{ path: '/etc' }, { isdir: true, executable: true }],
  [{ path: '/etc/file', checksum_algorithm: 'sha256' }, { checksum: 'bb' }],
  [{ path: '/none/x' }, { exists: false }],
])('%o', (args, expected) => expect(look(args)).toMatchObject(expected))

test('no checksum where none is wanted', () => {
  expect(look({ path: '/etc/file', get_checksum: false })).not.toHaveProperty('checksum')
})

test('what an earlier task would write is there, with the checksum that it will have', () => {
  const predicted = fileEffects('/etc/new', Buffer.from('new'), { mode: 0o600, owner: 'root', group: 'root' })
  expect(look({ path: '/etc/new' }, { ...host, predicted })).toMatchObject({
    exists: true,
    mode: '0600',
    size: 3,
    checksum: createHash('sha1').update('new').digest('hex'),
  })
})

test('what somebody else may do is not what root may do', () => {
  const user = { user: 'debian', uid: 1000, group: 'debian', gid: 1000, groups: ['debian', 'web'] }
  expect(look({ path: '/etc/file' }, { ...host, user })).toMatchObject({
    readable: true,
    writeable: false,
    executable: true,
  })
})

test('what file(1) and lsattr tell', () => {
  const on = {
    ...host,
    resources: {
      ...host.resources,
      'mime /etc/file': { mimetype: 'text/x-shellscript', charset: 'utf-8' },
      'flags /etc/file': { on: 'Ae', version: '7' },
    },
  }
  expect(look({ path: '/etc/file' }, on)).toMatchObject({
    mimetype: 'text/x-shellscript',
    charset: 'utf-8',
    attr_flags: 'Ae',
    attributes: ['noatime', 'extents'],
    version: '7',
  })
  expect(look({ path: '/etc' }, on)).toMatchObject({ mimetype: 'inode/directory', charset: 'binary' })
  expect(look({ path: '/etc/link' }, on)).toMatchObject({ mimetype: 'inode/symlink', attributes: [] })
  expect(look({ path: '/etc/file', get_mime: false, get_attributes: false }, on)).not.toHaveProperty(
    'mimetype',
  )
})

test('of what is yet to be written nobody can tell', () => {
  const predicted = fileEffects('/etc/new', Buffer.from('new'), { mode: 0o600, owner: 'root', group: 'root' })
  const seen = look({ path: '/etc/new' }, { ...host, predicted })
  expect(seen['mimetype']).toBeInstanceOf(Unknown)
  expect(seen['attr_flags']).toBeInstanceOf(Unknown)
})

test('the answer of file(1) is read line by line', () => {
  const answer = 'text/plain; charset=us-ascii\ncannot open `/none`\ninode/x-empty; charset=binary\n'
  expect(mimeType.parse(Buffer.from(answer), ['/a', '/none', '/b', '/c'])).toEqual([
    { mimetype: 'text/plain', charset: 'us-ascii' },
    { mimetype: 'unknown', charset: 'unknown' },
    { mimetype: 'inode/x-empty', charset: 'binary' },
    { mimetype: 'unknown', charset: 'unknown' },
  ])
})
