import { createServer } from 'node:http'
import type { RequestListener, Server, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { WorkerSettings } from '../ipc/messages.ts'

/** How long a connection that never sent a request may hold up a drain, after the grace. */
const SILENT_MS = 1000

/**
 * An HTTP server that does not listen: it is handed connections, and can give them up again without losing a request.
 */
export class HttpServer {
  readonly #server: Server
  readonly #open = new Set<Socket>()
  readonly #answers = new Set<ServerResponse>()
  #draining = false

  /** Requests received so far. */
  requests = 0
  /** Called with that number at each request. */
  onRequest: (requests: number) => void = () => {}

  constructor(listener: RequestListener, settings: Pick<WorkerSettings, 'requestTimeoutMs' | 'keepAliveMs'>) {
    this.#server = createServer(
      {
        keepAliveTimeout: settings.keepAliveMs,
        requestTimeout: settings.requestTimeoutMs,
        headersTimeout: Math.min(10_000, settings.requestTimeoutMs),
        connectionsCheckingInterval: 1000,
        maxHeaderSize: 16 * 1024,
      },
      (request, response) => {
        this.#track(response)
        listener(request, response)
      },
    )
    // Node starts to watch these timeouts when a server begins to listen, which this one never does.
    this.#server.emit('listening')
  }

  get inFlight(): number {
    return this.#answers.size
  }

  get connections(): number {
    return this.#open.size
  }

  /** Serves a connection that came over the channel from the primary; it may have closed on the way. */
  take(socket: unknown): void {
    if (!(socket instanceof Socket)) return
    this.#open.add(socket)
    socket.once('close', () => this.#open.delete(socket))
    socket.setNoDelay(true)
    this.#server.emit('connection', socket)
    socket.resume()
  }

  /**
   * Finishes what is under way and gives up every connection. Answers from now on say `Connection: close`; a connection
   * that is idle is closed only after a grace, because a proxy may be about to send its next request on it. Resolves
   * with the number of requests that were cut off because they took longer than the timeout.
   */
  async drain(graceMs: number, timeoutMs: number): Promise<number> {
    this.#draining = true
    for (const response of this.#answers) announceClose(response)
    const start = Date.now()
    while (this.#open.size > 0) {
      const elapsed = Date.now() - start
      if (elapsed >= timeoutMs) return this.#cut()
      if (elapsed >= graceMs) this.#server.closeIdleConnections()
      if (elapsed >= graceMs + SILENT_MS && this.#answers.size === 0) this.#server.closeAllConnections()
      await delay(20)
    }
    return 0
  }

  #track(response: ServerResponse): void {
    this.#answers.add(response)
    response.once('close', () => this.#answers.delete(response))
    if (this.#draining) announceClose(response)
    this.requests += 1
    this.onRequest(this.requests)
  }

  #cut(): number {
    const cut = this.#answers.size
    this.#server.closeAllConnections()
    return cut
  }
}

function announceClose(response: ServerResponse): void {
  if (!response.headersSent) response.shouldKeepAlive = false
}
