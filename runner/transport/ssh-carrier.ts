import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { Duplex } from 'node:stream'
import type { Client, ClientChannel } from 'ssh2'
import type { Carrier, Channel } from './channel.ts'
import { dialSocket } from './dial.ts'
import { openThrough } from './open-through.ts'
import { printable } from './printable.ts'
import type { Route } from './route.ts'
import { Unreachable } from './session.ts'
import { hostKeyOf } from './ssh-client.ts'
import type { Script } from './shell.ts'

/** How often a channel is tried for that the host refuses to open: its MaxSessions may be used up for a moment. */
const ATTEMPTS = 6

/** Carries commands over one SSH connection. */
export class SshCarrier implements Carrier {
  readonly user: string
  readonly hostKey: string | undefined
  readonly timeout: number
  readonly #client: Client
  readonly #jumps: readonly Client[]
  readonly #name: string
  #lost: Unreachable | undefined
  #reason: string | undefined

  constructor(client: Client, route: Route, jumps: readonly Client[]) {
    this.user = route.user
    this.hostKey = hostKeyOf.get(client)
    this.timeout = route.timeout
    this.#name = route.name
    this.#client = client
    this.#jumps = jumps
    client.on('error', (error) => (this.#reason ??= printable(error.message)))
    client.on('end', () => this.#lose())
    client.on('close', () => this.#lose())
  }

  async execute(command: Script): Promise<Channel> {
    return this.#channel(await this.#execute(command))
  }

  open(address: string, port: number): Promise<Duplex> {
    if (this.#lost) return Promise.reject(this.#lost)
    if (address.startsWith('/')) return dialSocket(this.#client, address)
    return openThrough(this.#client, (command) => this.#execute(command), address, port)
  }

  async end(): Promise<void> {
    if (!this.#lost) {
      this.#lost = new Unreachable('the connection was closed')
      // What it says goodbye with is on its way; nobody has to wait for the host to say so, too.
      this.#client.end()
      await nextTurn()
      this.#client.destroy()
    }
    for (const jump of this.#jumps) jump.end()
  }

  async #execute(command: Script): Promise<ClientChannel> {
    for (let attempt = 1; ; attempt++) {
      if (this.#lost) throw this.#lost
      try {
        return await execute(this.#client, command.text)
      } catch (error) {
        if (this.#lost) throw this.#lost
        const refused = (error as { reason?: unknown }).reason === 2
        if (!refused || attempt === ATTEMPTS) throw this.#noChannel(error as Error, refused)
        await sleep(50 * 2 ** attempt * (0.5 + Math.random()))
      }
    }
  }

  #channel(stream: ClientChannel): Channel {
    const ended = new Promise<string | Unreachable>((resolve) => {
      stream.on('close', (status: number | null | undefined, signal?: string) =>
        resolve(this.#lost ?? signal ?? `status ${status ?? 'unknown'}`),
      )
    })
    stream.on('error', () => {})
    return { stdin: stream, stdout: stream, stderr: stream.stderr, ended, close: () => stream.close() }
  }

  #lose(): void {
    this.#lost ??= new Unreachable(
      `the connection to ${this.#name} was lost (${this.#reason ?? 'closed by the host'})`,
    )
  }

  #noChannel(error: Error, refused: boolean): Unreachable {
    return new Unreachable(
      `${this.#name} refuses to run a shell: ${printable(error.message)}`,
      refused ? 'its sshd may allow too few sessions on a connection (MaxSessions)' : undefined,
      error,
    )
  }
}

function execute(client: Client, command: string): Promise<ClientChannel> {
  const { promise, resolve, reject } = Promise.withResolvers<ClientChannel>()
  try {
    client.exec(command, (error, stream) => (error ? reject(error) : resolve(stream)))
  } catch (error) {
    reject(error)
  }
  return promise
}
