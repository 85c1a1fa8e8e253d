import { createHash } from 'node:crypto'
import { canonical, encode } from './codec.ts'

/** SHA-256 in hexadecimal, of bytes as they are or of any value's canonical JSON. */
export function digestOf(value: unknown): string {
  const bytes = value instanceof Uint8Array ? value : canonical(encode(value))
  return createHash('sha256').update(bytes).digest('hex')
}
