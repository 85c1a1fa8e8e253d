import type { Duplex } from 'node:stream'
import type { Client, ClientChannel } from 'ssh2'
import { dialThrough } from './dial.ts'
import { printable } from './printable.ts'
import { type Script, sh } from './shell.ts'

/**
 * A TCP stream to an address as the host sees it: by the connection's own forwarding, or where sshd forbids that
 * (`AllowTcpForwarding no`) by bash on the host.
 * @throws {NodeJS.ErrnoException} with the code that the host's words allow to tell
 */
export async function openThrough(
  client: Client,
  execute: (command: Script) => Promise<ClientChannel>,
  address: string,
  port: number,
): Promise<Duplex> {
  try {
    return await dialThrough(client, address, port)
  } catch (error) {
    const { message, reason } = error as Error & { reason?: unknown }
    if (reason !== ADMINISTRATIVELY_PROHIBITED) throw openError(message, address, port)
  }
  return openByBash(await execute(relay(address, port)), address, port)
}

/** RFC 4254, 5.1. */
const ADMINISTRATIVELY_PROHIBITED = 1

/** Says `+` once it is connected. */
function relay(address: string, port: number): Script {
  const script = 'exec 3<>"/dev/tcp/$0/$1" 4<&0 && echo + && { cat <&4 >&3 & cat <&3; kill $!; }'
  return sh`exec bash -c ${script} ${address} ${port}`
}

function openByBash(stream: ClientChannel, address: string, port: number): Promise<Duplex> {
  const { promise, resolve, reject } = Promise.withResolvers<Duplex>()
  let said = ''
  let greeting = Buffer.alloc(0)
  const greet = (chunk: Buffer): void => {
    greeting = Buffer.concat([greeting, chunk])
    const end = greeting.indexOf('+\n')
    if (end < 0) return
    stream.off('data', greet)
    stream.pause()
    if (greeting.length > end + 2) stream.unshift(greeting.subarray(end + 2))
    resolve(stream)
  }
  stream.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-1000)))
  stream.on('data', greet)
  stream.once('close', () => reject(openError(said, address, port)))
  return promise
}

function openError(said: string, address: string, port: number): NodeJS.ErrnoException {
  const code = codes.find(({ pattern }) => pattern.test(said))?.code
  return Object.assign(new Error(`cannot connect to ${address}:${port} from the host: ${printable(said)}`), {
    code,
  })
}

const codes: { pattern: RegExp; code: string }[] = [
  { pattern: /refused/i, code: 'ECONNREFUSED' },
  { pattern: /timed out/i, code: 'ETIMEDOUT' },
  { pattern: /no route|unreachable/i, code: 'EHOSTUNREACH' },
  { pattern: /not known|resolv|nodename|unknown host/i, code: 'ENOTFOUND' },
]
