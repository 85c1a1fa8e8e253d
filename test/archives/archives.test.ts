import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cleanName, type Member } from '../../runner/archives/member.ts'
import { openArchive } from '../../runner/archives/open-archive.ts'
import { readTar } from '../../runner/archives/read-tar.ts'
import { select } from '../../runner/archives/select.ts'
import { writeTar } from '../../runner/archives/write-tar.ts'
import { tarDigests, tarListing } from '../../runner/resources/tar-archive.ts'

const LONG = `app/${'long/'.repeat(30)}ü`

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'archives-'))
  mkdirSync(join(directory, 'app', 'long/'.repeat(30)), { recursive: true })
  writeFileSync(join(directory, 'app/run'), '#!/bin/sh\n')
  chmodSync(join(directory, 'app/run'), 0o4755)
  writeFileSync(join(directory, LONG), 'deep')
  writeFileSync(join(directory, 'app/quo"te\n'), 'x')
  symlinkSync(`run${'n'.repeat(120)}`, join(directory, 'app/link'))
  linkSync(join(directory, 'app/run'), join(directory, 'app/twin'))
})
afterAll(() => rmSync(directory, { recursive: true }))

function tar(...options: string[]): Buffer {
  return execFileSync('tar', ['-cf', '-', '--sort=name', ...options, 'app'], {
    cwd: directory,
    maxBuffer: 1 << 26,
  })
}

function brief(members: readonly Member[]): string[] {
  return members
    .filter(({ type }) => type !== 'directory')
    .map(({ name, type, mode, bytes, size, target }) =>
      [name, type, type === 'file' ? mode.toString(8) : '', bytes?.toString() ?? size, target ?? ''].join(
        ' | ',
      ),
    )
}

const CONTENT = [
  `app/link | link |  | 0 | run${'n'.repeat(120)}`,
  `${LONG} | file | 644 | deep | `,
  'app/quo"te\n | file | 644 | x | ',
  'app/run | file | 4755 | #!/bin/sh\n | ',
  'app/twin | hard link |  | 0 | app/run',
]

describe('a tar archive is read as tar writes it', () => {
  test.each(['gnu', 'pax', 'ustar'].filter((format) => format !== 'ustar'))('in the form %s', (format) => {
    expect(brief(readTar(tar(`--format=${format}`)))).toEqual(CONTENT)
  })

  test.each<[string, (bytes: Buffer) => Buffer]>([
    ['gzip', (bytes) => gzipSync(bytes)],
    ['zstd', (bytes) => zstdCompressSync(bytes)],
    ['xz', (input) => execFileSync('xz', ['-c'], { input })],
    ['nothing', (bytes) => bytes],
  ])('compressed by %s', (_, compress) => {
    expect(brief(openArchive(compress(tar())))).toEqual(CONTENT)
  })

  test.each([
    ['no archive', Buffer.from('hello '.repeat(200))],
    ['half of one', () => tar().subarray(0, 700)],
  ])('%s is told', (_, bytes) => {
    expect(() => openArchive(typeof bytes === 'function' ? bytes() : bytes)).toThrow(RangeError)
  })

  test('on a host by its own tar, bytes left where they are', () => {
    const archive = join(directory, 'a.tar')
    writeFileSync(archive, tar())
    const shell = (script: { text: string }) => execFileSync('/bin/sh', ['-c', script.text])
    const [listing] = tarListing.parse(shell(tarListing.read([archive])), [archive])
    if (!listing || 'error' in listing) throw new Error(JSON.stringify(listing))
    const [digests] = tarDigests.parse(shell(tarDigests.read([archive])), [archive])
    const ours = readTar(readFileSync(archive))
    const plain = ours.map(({ bytes, ...member }) => ({ ...member, bytes: bytes?.length }))
    expect(
      listing.members.map((member) => ({
        ...member,
        bytes: member.type === 'file' ? member.size : undefined,
      })),
    ).toEqual(plain)
    expect([...digests!.keys()].sort()).toEqual(
      ours
        .filter(({ type }) => type === 'file')
        .map(({ name }) => name)
        .sort(),
    )
  })

  test('on a host that has none is told', () => {
    const [listing] = tarListing.parse(execFileSync('/bin/sh', ['-c', tarListing.read(['/none.tar']).text]), [
      '/none.tar',
    ])
    expect(listing).toMatchObject({ error: expect.stringContaining('No such file') })
  })
})

test('what is written here, tar unpacks', () => {
  const target = join(directory, 'out')
  mkdirSync(target)
  execFileSync('tar', ['-xf', '-', '-C', target], { input: writeTar(readTar(tar())) })
  const again = execFileSync('tar', ['-cf', '-', '--sort=name', 'app'], { cwd: target, maxBuffer: 1 << 26 })
  expect(brief(readTar(again))).toEqual(CONTENT)
})

test('a zip archive is read', () => {
  const zip = zipOf([
    { name: 'app/', mode: 0o40755, bytes: Buffer.alloc(0) },
    { name: 'app/run', mode: 0o100755, bytes: Buffer.from('run '.repeat(100)) },
    { name: 'app/link', mode: 0o120777, bytes: Buffer.from('run') },
    { name: '../out', mode: 0o100644, bytes: Buffer.from('x') },
  ])
  expect(openArchive(zip)).toMatchObject([
    { name: 'app', type: 'directory', mode: 0o755 },
    { name: 'app/run', type: 'file', mode: 0o755, size: 400 },
    { name: 'app/link', type: 'link', target: 'run' },
  ])
})

test.each([
  ['./a//b/', 'a/b'],
  ['/etc/x', 'etc/x'],
  ['./', '.'],
  ['a/../../x', undefined],
])('the name %s is %s', (written, name) => expect(cleanName(written)).toBe(name))

describe('members are selected as tar does it', () => {
  const names = ['app', 'app/bin', 'app/bin/run', 'app/doc', 'app/doc/a.txt', 'app/b.txt']
  const members = names.map((name): Member => ({
    name,
    type: 'file',
    mode: 0,
    owner: '',
    group: '',
    uid: 0,
    gid: 0,
    mtime: 0,
    size: 0,
  }))

  test.each<[string, Partial<Parameters<typeof select>[1]>, string[]]>([
    ['all', {}, names],
    ['one with all below', { include: ['app/bin/'] }, ['app/bin', 'app/bin/run']],
    ['but for a pattern at any depth', { exclude: ['*.txt'] }, ['app', 'app/bin', 'app/bin/run', 'app/doc']],
    [
      'but for a directory and all below',
      { exclude: ['doc'] },
      ['app', 'app/bin', 'app/bin/run', 'app/b.txt'],
    ],
    ['without the first part of their names', { strip: 1, include: ['app/bin'] }, ['bin', 'bin/run']],
  ])('%s', (_, selection, expected) => {
    const selected = select(members, { include: [], exclude: [], strip: 0, ...selection })
    expect(selected.map(({ name }) => name)).toEqual(expected)
  })
})

/** A zip archive, as small as can be. */
function zipOf(files: readonly { name: string; mode: number; bytes: Buffer }[]): Buffer {
  const parts: Buffer[] = []
  const central: Buffer[] = []
  let at = 0
  for (const { name, mode, bytes } of files) {
    const packed = deflateRawSync(bytes)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(8, 4)
    common.writeUInt32LE(crc32(bytes), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(bytes.length, 18)
    common.writeUInt16LE(Buffer.byteLength(name), 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), packed])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE((mode << 16) >>> 0, 6)
    tail.writeUInt32LE(at, 10)
    central.push(
      Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), common, tail, Buffer.from(name)]),
    )
    parts.push(local)
    at += local.length
  }
  const end = Buffer.alloc(18)
  end.writeUInt16LE(files.length, 4)
  end.writeUInt16LE(files.length, 6)
  end.writeUInt32LE(Buffer.concat(central).length, 8)
  end.writeUInt32LE(at, 12)
  return Buffer.concat([...parts, ...central, Buffer.from('PK\x05\x06'), end])
}
