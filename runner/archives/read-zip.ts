import { inflateRawSync } from 'node:zlib'
import { cleanName, type Member } from './member.ts'

/**
 * The members of a zip archive, in order.
 *
 * @throws {RangeError} when the bytes are none
 * @source https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export function readZip(archive: Buffer): Member[] {
  const end = archive.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  if (end < 0) throw new RangeError('this is no zip archive, or it is damaged')
  const count = archive.readUInt16LE(end + 10)
  const members: Member[] = []
  let at = archive.readUInt32LE(end + 16)
  if (at === 0xffffffff || count === 0xffff)
    throw new RangeError('zip archives of this size cannot be read here')
  for (let index = 0; index < count; index++) {
    if (archive.readUInt32LE(at) !== 0x02014b50) throw new RangeError('the zip archive is damaged')
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) =>
      archive.readUInt16LE(at + field),
    )
    const member = memberAt(archive, at, nameLength!)
    if (member) members.push(member)
    at += 46 + nameLength! + extraLength! + commentLength!
  }
  return members
}

const DIRECTORY = 0o040000
const LINK = 0o120000

function memberAt(archive: Buffer, at: number, nameLength: number): Member | undefined {
  const written = archive.toString('utf8', at + 46, at + 46 + nameLength)
  const name = cleanName(written)
  if (name === undefined) return undefined
  if ((archive.readUInt16LE(at + 8) & 1) !== 0) throw new RangeError(`${written} is encrypted`)
  const unix = archive[at + 5] === 3 ? archive.readUInt32LE(at + 38) >>> 16 : 0
  const type = unix & 0o170000
  const isDirectory = written.endsWith('/') || type === DIRECTORY
  const bytes = isDirectory ? Buffer.alloc(0) : contentAt(archive, at, written)
  const isLink = type === LINK
  return {
    name,
    type: isDirectory ? 'directory' : isLink ? 'link' : 'file',
    mode: unix === 0 ? (isDirectory ? 0o755 : 0o644) : unix & 0o7777,
    owner: '',
    group: '',
    uid: -1,
    gid: -1,
    mtime: timeOf(archive.readUInt16LE(at + 14), archive.readUInt16LE(at + 12)),
    size: isDirectory || isLink ? 0 : bytes.length,
    ...(isLink ? { target: bytes.toString('utf8') } : {}),
    ...(isDirectory || isLink ? {} : { bytes }),
  }
}

function contentAt(archive: Buffer, at: number, name: string): Buffer {
  const method = archive.readUInt16LE(at + 10)
  const size = archive.readUInt32LE(at + 20)
  const local = archive.readUInt32LE(at + 42)
  const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28)
  const packed = archive.subarray(start, start + size)
  if (method === 0) return packed
  if (method === 8) return inflateRawSync(packed)
  throw new RangeError(`${name} is compressed in a way (${method}) that cannot be read here`)
}

/** MS-DOS date and time, of no time zone. */
function timeOf(date: number, time: number): number {
  return (
    Date.UTC(
      (date >> 9) + 1980,
      ((date >> 5) & 15) - 1,
      date & 31,
      time >> 11,
      (time >> 5) & 63,
      (time & 31) * 2,
    ) / 1000
  )
}
