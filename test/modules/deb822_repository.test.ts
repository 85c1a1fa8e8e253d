import { describe, expect, test } from 'vitest'
import { sha256 } from '../../runner/host/files.ts'
import deb822_repository from '../../runner/modules/deb822_repository.ts'
import { diffLines, plan, textAfter } from './harness.ts'

const DIRECTORY = '/etc/apt/sources.list.d'
const host = { files: { [`${DIRECTORY}/debian.sources`]: 'Types: deb\n' } }
const args = {
  name: 'Our Tools_2',
  uris: 'https://deb.example/debian',
  suites: 'bookworm',
  components: 'main',
}

describe('deb822_repository', () => {
  test('writes a file of fields, named after the repository', () => {
    const planned = plan(
      deb822_repository,
      { ...args, architectures: ['amd64', 'arm64'], pdiffs: false },
      host,
    )
    expect(textAfter(planned, `${DIRECTORY}/our-tools-2.sources`)).toBe(
      [
        'Architectures: amd64 arm64',
        'Components: main',
        'X-Repolib-Name: Our Tools_2',
        'Pdiffs: no',
        'Suites: bookworm',
        'Types: deb',
        'URIs: https://deb.example/debian',
        '',
      ].join('\n'),
    )
    expect(planned.again().type).toBe('unchanged')
  })

  test.each([
    [
      'a key on the host by its path',
      '/usr/share/keyrings/ours.gpg',
      'Signed-By: /usr/share/keyrings/ours.gpg\n',
    ],
    ['a fingerprint', 'ABCD0123', 'Signed-By: ABCD0123\n'],
    [
      'a key that is written out, indented, with dots for empty lines',
      '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ==\n-----END PGP PUBLIC KEY BLOCK-----\n',
      'Signed-By:\n    -----BEGIN PGP PUBLIC KEY BLOCK-----\n    .\n    mQ==\n    -----END PGP PUBLIC KEY BLOCK-----\n',
    ],
  ])('names %s', (_, signed_by, field) => {
    const planned = plan(deb822_repository, { ...args, signed_by }, host)
    expect(textAfter(planned, `${DIRECTORY}/our-tools-2.sources`)).toContain(field)
  })

  test.each([
    ['.asc', Buffer.from('-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ==\n')],
    ['.gpg', Buffer.from([0x99, 1, 2])],
  ])('fetches a key from its address into a file %s', (ending, bytes) => {
    const planned = plan(
      deb822_repository,
      { ...args, signed_by: 'https://deb.example/key' },
      {
        files: { ...host.files, '/tmp/fetched': bytes },
        answer: (kind) =>
          kind === 'download'
            ? { path: '/tmp/fetched', size: bytes.length, sha256: sha256(bytes), sum: '' }
            : undefined,
      },
    )
    const key = `/etc/apt/keyrings/our-tools-2${ending}`
    expect(planned.outcome).toMatchObject({ type: 'change', result: { key_filename: key } })
    expect(planned.files.read(key)).toEqual(bytes)
    expect(textAfter(planned, `${DIRECTORY}/our-tools-2.sources`)).toContain(`Signed-By: ${key}\n`)
    expect(planned.again().type).toBe('unchanged')
  })

  test('removes the file and its key', () => {
    const there = { files: { [`${DIRECTORY}/x.sources`]: 'Types: deb\n', '/etc/apt/keyrings/x.gpg': 'k' } }
    const planned = plan(deb822_repository, { name: 'x', state: 'absent' }, there)
    expect(diffLines(planned.outcome)).toEqual(
      expect.arrayContaining([`${DIRECTORY}/x.sources`, '/etc/apt/keyrings/x.gpg']),
    )
    expect(planned.again().type).toBe('unchanged')
  })

  test.each([
    [{ name: '!!' }, 'gives no name for a file'],
    [{ name: 'x' }, 'give uris and suites'],
  ])('refuses %j', (wrong, message) => {
    expect(plan(deb822_repository, wrong, host).outcome).toMatchObject({
      type: 'failed',
      result: { msg: expect.stringContaining(message) },
    })
  })
})
