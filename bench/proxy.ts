import { connect, createServer, type Server, type Socket } from 'node:net'

/** What went over the wire, by all connections together. */
export interface Traffic {
  readonly connections: number
  /** Bytes to the host and from it. */
  readonly sent: number
  readonly received: number
  /** How often something was sent after something had been received: round trips that somebody may have waited for. */
  readonly turns: number
}

/**
 * A TCP proxy on loopback that counts, and delivers whatever it is given half a round-trip time later. Order and
 * bandwidth are not touched.
 */
export class Proxy {
  readonly #server: Server
  readonly #delay: number
  #connections = 0
  #sent = 0
  #received = 0
  #turns = 0

  private constructor(host: string, port: number, roundTrip: number) {
    this.#delay = roundTrip / 2
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
      const far = connect({ host, port, allowHalfOpen: true, noDelay: true })
      this.#connections++
      let answered = true
      this.#pass(near, far, (bytes) => {
        this.#sent += bytes
        if (answered) this.#turns++
        answered = false
      })
      this.#pass(far, near, (bytes) => {
        this.#received += bytes
        answered = true
      })
    })
  }

  /** @param roundTrip milliseconds */
  static async open(host: string, port: number, roundTrip: number): Promise<Proxy> {
    const proxy = new Proxy(host, port, roundTrip)
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', 1024, resolve))
    return proxy
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port
  }

  /** What was counted since this was last asked. */
  take(): Traffic {
    const taken = {
      connections: this.#connections,
      sent: this.#sent,
      received: this.#received,
      turns: this.#turns,
    }
    this.#connections = this.#sent = this.#received = this.#turns = 0
    return taken
  }

  close(): void {
    this.#server.close()
  }

  #pass(from: Socket, to: Socket, count: (bytes: number) => void): void {
    const later = (deliver: () => void) => {
      if (this.#delay === 0) deliver()
      else setTimeout(deliver, this.#delay)
    }
    from.on('data', (chunk: Buffer) => {
      count(chunk.length)
      later(() => to.write(chunk))
    })
    from.on('end', () => later(() => to.end()))
    from.on('close', () => later(() => to.destroy()))
    from.on('error', () => to.destroy())
  }
}
