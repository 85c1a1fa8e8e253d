import { cleanName, type Member } from './member.ts'

const BLOCK = 512

/**
 * The members of a tar archive (ustar, pax, GNU), in order.
 *
 * @throws {RangeError} when the bytes are none
 * @source https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html
 */
export function readTar(archive: Buffer): Member[] {
  const members: Member[] = []
  let long: Partial<Record<string, string>> = {}
  for (let at = 0; at < archive.length;) {
    const header = archive.subarray(at, at + BLOCK)
    if (header.length < BLOCK) throw new RangeError('the tar archive ends early')
    if (header.every((byte) => byte === 0)) break
    if (!hasChecksum(header)) throw new RangeError('this is no tar archive, or it is damaged')
    const size = long['size'] === undefined ? number(header, 124, 12) : Number(long['size'])
    const bytes = archive.subarray(at + BLOCK, at + BLOCK + size)
    if (bytes.length < size) throw new RangeError('the tar archive ends early')
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
    const type = String.fromCharCode(header[156]!)
    if (type === 'g') continue
    if (type === 'x') long = { ...long, ...records(bytes) }
    else if (type === 'L') long = { ...long, path: text(bytes, 0, size) }
    else if (type === 'K') long = { ...long, linkpath: text(bytes, 0, size) }
    else {
      const member = memberOf(header, type, bytes, long)
      if (member) members.push(member)
      long = {}
    }
  }
  return members
}

const TYPES: Readonly<Record<string, Member['type']>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '1': 'hard link',
  '2': 'link',
  '5': 'directory',
}

function memberOf(
  header: Buffer,
  type: string,
  bytes: Buffer,
  long: Partial<Record<string, string>>,
): Member | undefined {
  const prefix = text(header, 257, 5) === 'ustar' && header[262] === 0 ? text(header, 345, 155) : ''
  const written = long['path'] ?? (prefix === '' ? text(header, 0, 100) : `${prefix}/${text(header, 0, 100)}`)
  const name = cleanName(written)
  if (name === undefined) return undefined
  const kind = written.endsWith('/') ? 'directory' : (TYPES[type] ?? 'other')
  const target = long['linkpath'] ?? text(header, 157, 100)
  return {
    name,
    type: kind,
    mode: number(header, 100, 8) & 0o7777,
    owner: long['uname'] ?? text(header, 265, 32),
    group: long['gname'] ?? text(header, 297, 32),
    uid: Number(long['uid'] ?? number(header, 108, 8)),
    gid: Number(long['gid'] ?? number(header, 116, 8)),
    mtime: Math.floor(Number(long['mtime'] ?? number(header, 136, 12))),
    size: kind === 'file' ? bytes.length : 0,
    ...(kind === 'file' ? { bytes } : {}),
    ...(kind === 'link' ? { target } : {}),
    ...(kind === 'hard link' ? { target: cleanName(target) } : {}),
  }
}

function text(bytes: Buffer, at: number, length: number): string {
  const field = bytes.subarray(at, at + length)
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end < 0 ? field.length : end)
}

// Octal text; numbers too large for it are binary, marked by their first bit.
function number(bytes: Buffer, at: number, length: number): number {
  if ((bytes[at]! & 0x80) !== 0) {
    let value = bytes[at]! & 0x7f
    for (const byte of bytes.subarray(at + 1, at + length)) value = value * 256 + byte
    return value
  }
  return Number.parseInt(text(bytes, at, length).trim() || '0', 8) || 0
}

function hasChecksum(header: Buffer): boolean {
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0)
  return sum === number(header, 148, 8)
}

/** `27 path=…` and so on: a length, a name and a value. */
function records(bytes: Buffer): Record<string, string> {
  const found: Record<string, string> = {}
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(32, at)
    const length = Number(bytes.toString('latin1', at, space))
    if (space < 0 || !(length > 0)) break
    const record = bytes.toString('utf8', space + 1, at + length - 1)
    const equals = record.indexOf('=')
    found[record.slice(0, equals)] = record.slice(equals + 1)
    at += length
  }
  return found
}
