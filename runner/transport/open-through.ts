import type { Duplex } from 'node:stream'
import type { Client } from 'ssh2'
import { dialThrough } from './dial.ts'
import { printable } from './printable.ts'

/**
 * A TCP stream to an address as the host sees it, by the connection's own forwarding.
 * @throws {NodeJS.ErrnoException} with the code the host's words allow to tell
 */
export async function openThrough(client: Client, address: string, port: number): Promise<Duplex> {
  try {
    return await dialThrough(client, address, port)
  } catch (error) {
    const { message } = error as Error
    const code = codes.find(({ pattern }) => pattern.test(message))?.code
    throw Object.assign(
      new Error(`connect ${code ?? ''} ${address}:${port}: ${printable(message)}`, { cause: error }),
      { code },
    )
  }
}

const codes: { pattern: RegExp; code: string }[] = [
  { pattern: /refused/i, code: 'ECONNREFUSED' },
  { pattern: /timed out/i, code: 'ETIMEDOUT' },
  { pattern: /no route|unreachable/i, code: 'EHOSTUNREACH' },
  { pattern: /name|resolve|nodename|unknown host/i, code: 'ENOTFOUND' },
  { pattern: /prohibited/i, code: 'EACCES' },
]
