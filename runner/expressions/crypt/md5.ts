import { createHash } from 'node:crypto'
import { cryptBase64 } from './base64.ts'

const places = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5], [11]]

/** crypt(3)'s `$1$`, for old systems only, and Apache's variant of it, `$apr1$`. */
export function md5Crypt(password: string, salt: string, magic: '$1$' | '$apr1$' = '$1$'): string {
  const key = Buffer.from(password)
  const seed = Buffer.from(salt)
  const hash = (...parts: Uint8Array[]) => createHash('md5').update(Buffer.concat(parts)).digest()
  const b = hash(key, seed, key)
  const parts: Buffer[] = [key, Buffer.from(magic), seed]
  for (let left = key.length; left > 0; left -= 16) parts.push(b.subarray(0, Math.min(16, left)))
  for (let bits = key.length; bits > 0; bits >>= 1)
    parts.push(bits & 1 ? Buffer.from([0]) : key.subarray(0, 1))
  let digest = hash(...parts)
  for (let round = 0; round < 1000; round++) {
    const steps = [round & 1 ? key : digest]
    if (round % 3 !== 0) steps.push(seed)
    if (round % 7 !== 0) steps.push(key)
    steps.push(round & 1 ? digest : key)
    digest = hash(...steps)
  }
  return `${magic}${salt}$${cryptBase64(digest, places)}`
}
