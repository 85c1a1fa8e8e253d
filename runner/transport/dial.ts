import { spawn } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { Client } from 'ssh2'
import { printable } from './printable.ts'
import { Unreachable } from './session.ts'

/** A TCP connection. @throws {NodeJS.ErrnoException} */
export function dialTcp(host: string, port: number, timeout: number): Promise<Duplex> {
  const { promise, resolve, reject } = Promise.withResolvers<Duplex>()
  const socket = connect({ host, port, noDelay: true })
  const late = (): void => {
    socket.destroy(Object.assign(new Error(`connect ETIMEDOUT ${host}:${port}`), { code: 'ETIMEDOUT' }))
  }
  const timer = setTimeout(late, timeout * 1000)
  socket.once('error', reject)
  socket.once('connect', () => {
    socket.off('error', reject)
    resolve(gathering(socket))
  })
  return promise.finally(() => clearTimeout(timer))
}

/**
 * A local command whose standard input and output are the connection (ssh_config(5), ProxyCommand). `ended` says how
 * the command ended, in case that explains why there is no connection.
 */
export function dialCommand(command: string): {
  readonly stream: Duplex
  readonly ended: Promise<Unreachable>
} {
  const child = spawn('/bin/sh', ['-c', `exec ${command}`], { detached: true, stdio: 'pipe' })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-1000)))
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin })
  stream.on('error', () => {})
  stream.on('close', () => child.kill())
  const ended = new Promise<Unreachable>((resolve) => {
    const end = (how: string): void => {
      const words = printable(said)
      resolve(
        new Unreachable(`the proxy command ended (${how})${words && `: ${words}`}`, `it was: ${command}`),
      )
    }
    child.on('error', (error) => end(error.message))
    child.on('close', (status, signal) => end(signal ?? `status ${status}`))
  })
  return { stream, ended }
}

/** A connection to a Unix socket of a host that one is logged in to, as the login user. @throws {Error} */
export function dialSocket(client: Client, path: string): Promise<Duplex> {
  const { promise, resolve, reject } = Promise.withResolvers<Duplex>()
  client.openssh_forwardOutStreamLocal(path, (error, stream) => (error ? reject(error) : resolve(stream)))
  return promise
}

/** A TCP connection made by a host that one is logged in to. @throws {NodeJS.ErrnoException} */
export function dialThrough(client: Client, host: string, port: number): Promise<Duplex> {
  const { promise, resolve, reject } = Promise.withResolvers<Duplex>()
  client.forwardOut('127.0.0.1', 0, host, port, (error, stream) => (error ? reject(error) : resolve(stream)))
  return promise
}

/**
 * The same socket, but all that is written to it in one turn of the event loop is sent together: ssh2 writes each packet
 * in three pieces, and one packet after another.
 */
function gathering(socket: Socket): Socket {
  const write = socket.write.bind(socket) as (...given: unknown[]) => boolean
  socket.write = (...given: unknown[]) => {
    if (socket.writableCorked === 0) {
      socket.cork()
      setImmediate(() => socket.uncork())
    }
    return write(...given)
  }
  return socket
}
