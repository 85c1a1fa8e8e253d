import { createHash } from 'node:crypto'

/** One public key with its subkeys, as it stands in a keyring. */
export interface PublicKey {
  /** Fingerprints in upper case hex, the primary key's first. */
  readonly fingerprints: readonly string[]
  /** All its packets. */
  readonly bytes: Buffer
}

/**
 * The keys in a keyring, binary or ASCII-armored.
 *
 * @throws {RangeError} when it is none, or one of GnuPG's own kind (a keybox)
 * @source https://www.rfc-editor.org/rfc/rfc9580 sections 4.2, 5.5.4 and 6.2
 */
export function readKeyring(bytes: Buffer): PublicKey[] {
  const keys: { fingerprints: string[]; parts: Buffer[] }[] = []
  for (const { tag, body, whole } of packets(dearmored(bytes))) {
    if (tag === PUBLIC_KEY) keys.push({ fingerprints: [], parts: [] })
    const key = keys.at(-1)
    // What stands before the first key belongs to none.
    if (!key) continue
    if (tag === PUBLIC_KEY || tag === PUBLIC_SUBKEY) key.fingerprints.push(...fingerprint(body))
    key.parts.push(whole)
  }
  return keys
    .filter(({ fingerprints }) => fingerprints.length > 0)
    .map(({ fingerprints, parts }) => ({ fingerprints, bytes: Buffer.concat(parts) }))
}

const PUBLIC_KEY = 6
const PUBLIC_SUBKEY = 14

/** Whether a key has that id: the end of one of its fingerprints, in any spelling. */
export function hasId({ fingerprints }: PublicKey, id: string): boolean {
  const wanted = id.replaceAll(/\s/g, '').replace(/^0x/i, '').toUpperCase()
  return wanted !== '' && fingerprints.some((each) => each.endsWith(wanted))
}

const ARMOR = /-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n([^]*?)-----END PGP PUBLIC KEY BLOCK-----/g

function dearmored(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1')
  const blocks = [...text.matchAll(ARMOR)]
  if (blocks.length === 0) return bytes
  return Buffer.concat(
    blocks.map(([, block = '']) => {
      const lines = block.split(/\r?\n/).map((line) => line.trim())
      // Header lines end with an empty one; the checksum begins with `=`.
      const start = lines.indexOf('')
      const data = lines.slice(start + 1).filter((line) => !line.startsWith('='))
      return Buffer.from(data.join(''), 'base64')
    }),
  )
}

interface Packet {
  readonly tag: number
  readonly body: Buffer
  readonly whole: Buffer
}

function* packets(bytes: Buffer): Generator<Packet> {
  for (let at = 0; at < bytes.length;) {
    const head = bytes[at]!
    if ((head & 0x80) === 0) throw new RangeError('this is no OpenPGP keyring')
    const { tag, start, length } = (head & 0x40) !== 0 ? newFormat(bytes, at) : oldFormat(bytes, at)
    const end = start + length
    if (Number.isNaN(length) || end > bytes.length) throw new RangeError('this OpenPGP keyring is cut off')
    yield { tag, body: bytes.subarray(start, end), whole: bytes.subarray(at, end) }
    at = end
  }
}

function newFormat(bytes: Buffer, at: number) {
  const tag = bytes[at]! & 0x3f
  const first = bytes[at + 1] ?? Number.NaN
  if (first < 192) return { tag, start: at + 2, length: first }
  if (first < 224)
    return { tag, start: at + 3, length: (first - 192) * 256 + (bytes[at + 2] ?? Number.NaN) + 192 }
  if (first === 255) return { tag, start: at + 6, length: number(bytes, at + 2, 4) }
  return { tag, start: at, length: Number.NaN }
}

function oldFormat(bytes: Buffer, at: number) {
  const tag = (bytes[at]! >> 2) & 0x0f
  const octets = [1, 2, 4][bytes[at]! & 3]
  if (octets === undefined) return { tag, start: at, length: Number.NaN }
  return { tag, start: at + 1 + octets, length: number(bytes, at + 1, octets) }
}

function number(bytes: Buffer, at: number, octets: number): number {
  return at + octets <= bytes.length ? bytes.readUIntBE(at, octets) : Number.NaN
}

function fingerprint(body: Buffer): string[] {
  const prefix = Buffer.alloc(body[0] === 6 ? 5 : 3)
  prefix[0] = body[0] === 6 ? 0x9b : 0x99
  if (body[0] === 4) prefix.writeUInt16BE(body.length, 1)
  else if (body[0] === 6) prefix.writeUInt32BE(body.length, 1)
  // Older ones are of no use to anybody.
  else return []
  const hash = createHash(body[0] === 4 ? 'sha1' : 'sha256')
  return [hash.update(prefix).update(body).digest('hex').toUpperCase()]
}
