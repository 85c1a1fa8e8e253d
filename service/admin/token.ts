import { createHash, timingSafeEqual } from 'node:crypto'
import type { Secret } from '../config/secret.ts'

/** Whether an `Authorization` header carries the token. Takes as long for a wrong one, of whatever length. */
export function authorized(header: string | undefined, token: Secret): boolean {
  const given = /^Bearer (\S{1,512})$/.exec(header ?? '')?.[1] ?? ''
  return timingSafeEqual(digest(given), digest(token.reveal()))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
