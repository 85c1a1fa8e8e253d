import { createHash } from 'node:crypto'
import { Failure } from '../items.ts'
import { cryptBase64 } from './base64.ts'

const kinds = {
  sha256: { prefix: '5', size: 32, order: order(10, [0, 10, 20], 21, [[31, 30]]) },
  sha512: { prefix: '6', size: 64, order: order(21, [0, 21, 42], 22, [[63]]) },
}

/**
 * crypt(3)'s `$5$` and `$6$`. @source https://www.akkadia.org/drepper/SHA-crypt.txt
 * @param rounds 5000 when not given, and then not written down.
 */
export function shaCrypt(kind: 'sha256' | 'sha512', password: string, salt: string, rounds?: number): string {
  if (rounds !== undefined && (rounds < 1000 || rounds > 999_999_999)) {
    throw new Failure('the rounds must be between 1000 and 999999999')
  }
  const { prefix, size, order: places } = kinds[kind]
  const key = Buffer.from(password)
  const seed = Buffer.from(salt)
  const hash = (...parts: Uint8Array[]) => {
    const digest = createHash(kind)
    for (const part of parts) digest.update(part)
    return digest.digest()
  }
  const repeated = (bytes: Buffer, length: number) =>
    Buffer.concat(Array.from({ length: Math.ceil(length / size) }, () => bytes)).subarray(0, length)
  const b = hash(key, seed, key)
  const parts = [key, seed, repeated(b, key.length)]
  for (let bits = key.length; bits > 0; bits >>= 1) parts.push(bits & 1 ? b : key)
  let digest = hash(...parts)
  const p = repeated(hash(...Array.from({ length: key.length }, () => key)), key.length)
  const s = repeated(hash(...Array.from({ length: 16 + digest[0]! }, () => seed)), seed.length)
  for (let round = 0; round < (rounds ?? 5000); round++) {
    const steps = [round & 1 ? p : digest]
    if (round % 3 !== 0) steps.push(s)
    if (round % 7 !== 0) steps.push(p)
    steps.push(round & 1 ? digest : p)
    digest = hash(...steps)
  }
  const cost = rounds === undefined || rounds === 5000 ? '' : `rounds=${rounds}$`
  return `$${prefix}$${cost}${salt}$${cryptBase64(digest, places)}`
}

/** The places of the digest's bytes: three that walk round in steps, then what is left. */
function order(count: number, start: number[], step: number, rest: number[][]): number[][] {
  const size = count * 3
  const rows: number[][] = []
  let places = start
  for (let row = 0; row < count; row++) {
    rows.push(places)
    places = places.map((place) => (place + step) % size)
  }
  return [...rows, ...rest]
}
