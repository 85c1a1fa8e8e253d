import { spawnSync } from 'node:child_process'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import type { Member } from './member.ts'
import { readTar } from './read-tar.ts'
import { readZip } from './read-zip.ts'

/** The members of an archive by what its bytes are: tar (plain, gzip, zstd, bzip2, xz) or zip. @throws {RangeError} */
export function openArchive(bytes: Buffer): Member[] {
  if (starts(bytes, 'PK\x03\x04') || starts(bytes, 'PK\x05\x06')) return readZip(bytes)
  return readTar(plain(bytes))
}

function plain(bytes: Buffer): Buffer {
  if (starts(bytes, '\x1f\x8b')) return gunzipSync(bytes)
  if (starts(bytes, '\x28\xb5\x2f\xfd')) return zstdDecompressSync(bytes)
  if (starts(bytes, 'BZh')) return through('bzip2', bytes)
  if (starts(bytes, '\xfd7zXZ\0')) return through('xz', bytes)
  return bytes
}

// Node has neither of the two; the machine that runs the play mostly has both.
function through(program: string, input: Buffer): Buffer {
  const { status, stdout, stderr, error } = spawnSync(program, ['-dc'], { input, maxBuffer: 4 * 1024 ** 3 })
  if (error)
    throw new RangeError(`this archive needs the program '${program}' on this machine: ${error.message}`)
  if (status !== 0)
    throw new RangeError(`${program} cannot read the archive: ${stderr.toString('utf8').trim()}`)
  return stdout
}

function starts(bytes: Buffer, magic: string): boolean {
  return bytes.subarray(0, magic.length).equals(Buffer.from(magic, 'latin1'))
}
