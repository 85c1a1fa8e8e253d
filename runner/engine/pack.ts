import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { isAuthors } from '../modules/author-files.ts'
import { joinScripts, type Script, sh } from '../transport/shell.ts'

const compress = promisify(gzip)

/** Sent compressed from this size on. */
const WORTH_IT = 16 * 1024

/** Hosts that are sent the same bytes share the work. */
const done = new WeakMap<Uint8Array, Promise<Buffer>>()

interface Parcel {
  readonly script: Script
  readonly payload?: Uint8Array
}

/** The same script with its payload compressed, where that makes it smaller by much. */
export async function pack({ script, payload }: Parcel): Promise<Parcel> {
  if (payload === undefined || payload.length < WORTH_IT) return { script, payload }
  const small = await packed(payload)
  if (small.length > payload.length * 0.9) return { script, payload }
  return { script: joinScripts([sh`packed=${small.length} unpack=gunzip`, script]), payload: small }
}

/** From this size on it takes long enough to be begun before its turn. */
const TAKES_LONG = 1024 * 1024

/** Begins to compress a file of the author's that will probably be sent soon. Others may be other bytes by then. */
export function packEarly({ payload }: Pick<Parcel, 'payload'>): void {
  if (payload === undefined || payload.length < TAKES_LONG || !isAuthors(payload)) return
  packed(payload).catch(() => undefined)
}

function packed(payload: Uint8Array): Promise<Buffer> {
  const work = done.get(payload) ?? compress(payload, { level: 1 })
  done.set(payload, work)
  return work
}
