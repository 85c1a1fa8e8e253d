import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { userInfo } from 'node:os'
import type { Duplex } from 'node:stream'
import type { Carrier, Channel } from './channel.ts'
import { FramedConnection } from './framed-connection.ts'
import { trackLocal } from './local-processes.ts'
import { type Connection, Unreachable } from './session.ts'
import type { Script } from './shell.ts'

/**
 * The control machine itself (`ansible_connection: local`), with the same sessions as any host.
 *
 * @param options.directory where they begin, as Ansible's do in the playbook's. @default the working directory
 */
export async function connectLocal(
  options: { shell?: readonly string[]; timeout?: number; directory?: string } = {},
): Promise<Connection> {
  return new FramedConnection(
    new LocalCarrier(options.shell ?? ['sh'], options.timeout ?? 10, options.directory),
  )
}

class LocalCarrier implements Carrier {
  readonly user = userInfo().username
  readonly timeout: number
  readonly #shell: readonly string[]
  readonly #directory: string | undefined
  #closed = false

  constructor(shell: readonly string[], timeout: number, directory: string | undefined) {
    this.#shell = shell
    this.#directory = directory
    this.timeout = timeout
  }

  async execute(command: Script): Promise<Channel> {
    if (this.#closed) throw new Unreachable('the connection was closed')
    const [shell = 'sh', ...words] = this.#shell
    // A session of its own: Ctrl-C at the terminal is for the runner, which ends the processes as it sees fit.
    const child = spawn(shell, [...words, '-c', command.text], {
      detached: true,
      stdio: 'pipe',
      cwd: this.#directory,
    })
    trackLocal(child)
    const ended = Promise.withResolvers<string>()
    child.on('error', (error) => ended.resolve(error.message))
    child.on('close', (status, signal) => ended.resolve(signal ?? `status ${status}`))
    return {
      stdin: child.stdin,
      stdout: child.stdout,
      stderr: child.stderr,
      ended: ended.promise,
      close: () => {
        for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy()
      },
    }
  }

  async open(address: string, port: number): Promise<Duplex> {
    const socket = address.startsWith('/')
      ? connect({ path: address })
      : connect({ host: address, port, noDelay: true })
    await once(socket, 'connect')
    return socket
  }

  async end(): Promise<void> {
    this.#closed = true
  }
}
