import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import apt_key from '../../runner/modules/apt_key.ts'
import { readKeyring } from '../../runner/modules/support/openpgp.ts'
import type { DownloadKey } from '../../runner/resources/download.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { type Host, plan } from './harness.ts'

const packet = (tag: number, body: Buffer, old = false) =>
  old
    ? Buffer.concat([Buffer.from([0x80 | (tag << 2) | 1, body.length >> 8, body.length & 255]), body])
    : Buffer.concat([Buffer.from([0xc0 | tag, body.length]), body])
const body = (text: string) => Buffer.concat([Buffer.from([4, 0, 0, 0, 1, 22]), Buffer.from(text)])
/** A key of version 4 with a subkey and a user; only the packets' shape is that of a real one. */
const key = (name: string, old = false) =>
  Buffer.concat([
    packet(6, body(name), old),
    packet(13, Buffer.from(`${name}@example.org`)),
    packet(14, body(`${name} sub`)),
  ])
const id = (text: string) => {
  const bytes = body(text)
  const hash = createHash('sha1')
    .update(Buffer.from([0x99, 0, bytes.length]))
    .update(bytes)
  return hash.digest('hex').toUpperCase()
}
const armor = (bytes: Buffer) =>
  `-----BEGIN PGP PUBLIC KEY BLOCK-----\nComment: x\n\n${bytes.toString('base64')}\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----\n`

const OTHER = '/etc/apt/trusted.gpg.d/other.asc'
const host: Host = { files: { [OTHER]: armor(key('other')), '/srv/key.asc': armor(key('mine')) } }
const own = `/etc/apt/trusted.gpg.d/${id('mine')}.gpg`

describe('a keyring', () => {
  test.each([
    ['binary', Buffer.concat([key('a'), key('b', true)])],
    ['armored', Buffer.from(armor(Buffer.concat([key('a'), key('b')])))],
    ['armored in pieces', Buffer.from(armor(key('a')) + armor(key('b')).replaceAll('\n', '\r\n'))],
  ])('is read: %s', (_, bytes) => {
    expect(readKeyring(bytes).map(({ fingerprints }) => fingerprints)).toEqual([
      [id('a'), id('a sub')],
      [id('b'), id('b sub')],
    ])
  })

  test.each([
    ['cut off', key('a').subarray(0, -1)],
    ['something else', Buffer.from('text')],
  ])('is refused: %s', (_, bytes) => expect(() => readKeyring(bytes)).toThrow(RangeError))
})

describe('a key', () => {
  test.each<[string, Dict]>([
    ['given as text', { data: armor(key('mine')) }],
    ['in a file of the host', { file: '/srv/key.asc', id: id('mine').slice(-8) }],
    ['by its subkey', { file: '/srv/key.asc', id: `0x${id('mine sub').slice(-16).toLowerCase()}` }],
  ])('%s is trusted, once', (_, args) => {
    const planned = plan(apt_key, args, host)
    expect(planned.files.read(own)).toEqual(key('mine'))
    expect(planned.outcome).toMatchObject({
      result: {
        before: [id('other'), id('other sub')],
        after: [id('other'), id('other sub'), id('mine'), id('mine sub')],
      },
    })
    expect(planned.again().type).toBe('unchanged')
  })

  test('that is trusted already is not fetched again', () => {
    const args = { id: id('other').slice(-16), url: 'https://example.org/key' }
    expect(plan(apt_key, args, host).outcome).toMatchObject({
      type: 'unchanged',
      result: { key_id: id('other').slice(-16), short_id: id('other').slice(-8) },
    })
  })

  test.each([
    ['pgp.example.org', 'https://pgp.example.org/'],
    ['hkp://pgp.example.org', 'http://pgp.example.org:11371/'],
    ['hkp://pgp.example.org:80/', 'http://pgp.example.org:80/'],
    ['http://pgp.example.org', 'http://pgp.example.org/'],
  ])('is had of the key server %s', (keyserver, address) => {
    const on: Host = {
      files: { '/tmp/.got': key('mine'), [OTHER]: armor(key('other')) },
      answer: (kind, asked) =>
        kind === 'download' &&
        (asked as DownloadKey).url === `${address}pks/lookup?op=get&options=mr&search=0x${id('mine')}`
          ? { path: '/tmp/.got', size: 1, sha256: '', sum: '' }
          : undefined,
    }
    expect(plan(apt_key, { keyserver, id: id('mine') }, on).files.read(own)).toEqual(key('mine'))
  })

  test('goes beside others into the keyring that is named', () => {
    const on: Host = { files: { ...host.files, '/usr/share/keyrings/x.gpg': key('first') } }
    const args = { file: '/srv/key.asc', keyring: '/usr/share/keyrings/x.gpg' }
    expect(plan(apt_key, args, on).files.read('/usr/share/keyrings/x.gpg')).toEqual(
      Buffer.concat([key('first'), key('mine')]),
    )
  })

  test('is removed, and its file with the last one', () => {
    const both = { files: { ...host.files, [OTHER]: armor(Buffer.concat([key('mine'), key('other')])) } }
    const planned = plan(apt_key, { id: id('mine'), state: 'absent' }, both)
    expect(readKeyring(planned.files.read(OTHER)!).map(({ fingerprints }) => fingerprints[0])).toEqual([
      id('other'),
    ])
    expect(planned.again().type).toBe('unchanged')
    const last = plan(apt_key, { id: id('other sub'), state: 'absent' }, host)
    expect(last.files.lstat(OTHER).status.type).toBe('absent')
  })

  test.each<[Dict, string]>([
    [{ data: 'x', url: 'y' }, 'mutually exclusive'],
    [{ id: 'key' }, 'Invalid key_id'],
    [{ id: id('mine') }, 'missing a source'],
    [{ state: 'absent' }, 'key_id is required'],
    [{ data: 'nonsense' }, 'no OpenPGP keyring'],
    [{ file: '/srv/key.asc', id: id('none') }, 'does not seem to have been added'],
    [{ file: '/none' }, 'no such file'],
    [{ keyserver: 'x.org' }, 'id is required'],
  ])('fails: %o', (args, message) => {
    expect(plan(apt_key, args, host).outcome).toMatchObject({
      type: 'failed',
      result: { msg: expect.stringContaining(message) },
    })
  })
})
