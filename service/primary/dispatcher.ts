import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'

export interface Listen {
  host: string
  port: number
  /** A socket that systemd opened and keeps; connections wait in it while the service restarts. */
  fd?: number | undefined
}

/** Connections that may wait for a worker to be ready. */
const MOST_WAITING = 1024

/**
 * Accepts connections and hands each to a worker, unread. Node's own round robin loses the connections that it has
 * accepted but not yet handed over when the last worker leaves; here accepting stops first, and everything accepted is
 * on its way before a worker is told to drain.
 */
export class Dispatcher {
  readonly #server: Server
  readonly #handOver: (socket: Socket) => boolean
  #waiting: Socket[] = []

  /** `handOver` answers false when no worker can take the connection now. */
  constructor(handOver: (socket: Socket) => boolean) {
    this.#handOver = handOver
    this.#server = createServer({ pauseOnConnect: true }, (socket) => {
      // The client may reset the connection before a worker has it.
      socket.on('error', () => socket.destroy())
      this.dispatch(socket)
    })
  }

  /** Rejects with the system's error if the address cannot be had. */
  listen({ host, port, fd }: Listen): Promise<AddressInfo> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(fd === undefined ? { host, port, backlog: 4096 } : { fd, backlog: 4096 }, () => {
        this.#server.off('error', reject)
        resolve(this.#server.address() as AddressInfo)
      })
    })
  }

  dispatch(socket: Socket): void {
    if (socket.destroyed || this.#handOver(socket)) return
    if (this.#waiting.length < MOST_WAITING) this.#waiting.push(socket)
    else socket.destroy()
  }

  /** To be called when a worker has become ready. */
  flush(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const socket of waiting) this.dispatch(socket)
  }

  /** Stops accepting. What the system has not yet accepted stays with systemd's socket, if there is one. */
  close(): void {
    this.#server.close()
  }

  /** Gives up on connections that no worker will come for. */
  abandon(): void {
    for (const socket of this.#waiting) socket.destroy()
    this.#waiting = []
  }
}
