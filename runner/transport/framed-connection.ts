import type { Duplex } from 'node:stream'
import type { Carrier } from './channel.ts'
import { FramedSession } from './framed-session.ts'
import type { Become, Connection, Session } from './session.ts'
import { noTraffic } from './traffic.ts'

/** A connection with sessions over whatever carries commands to a host. */
export class FramedConnection implements Connection {
  readonly traffic = noTraffic()
  readonly hostKey: string | undefined
  readonly #carrier: Carrier
  readonly #sessions = new Map<string, FramedSession>()
  #closed: Promise<void> | undefined

  constructor(carrier: Carrier) {
    this.#carrier = carrier
    this.hostKey = carrier.hostKey
  }

  async session(become?: Become): Promise<Session> {
    const other = become && become.user !== this.#carrier.user ? become : undefined
    const key = other ? JSON.stringify([other.method, other.user, other.exe, other.flags]) : ''
    let session = this.#sessions.get(key)
    if (!session) this.#sessions.set(key, (session = new FramedSession(this.#carrier, other, this.traffic)))
    if (other?.password !== undefined) await session.ready()
    return session
  }

  async leave(user: string): Promise<void> {
    for (const [key, session] of this.#sessions) {
      if (key === '' || session.user !== user) continue
      this.#sessions.delete(key)
      await session.close()
    }
  }

  open(address: string, port: number): Promise<Duplex> {
    return this.#carrier.open(address, port)
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close())
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => session.close()))
    await this.#carrier.end()
  }
}
