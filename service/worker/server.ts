import { createServer, IncomingMessage, ServerResponse } from 'node:http'
import type { Server } from 'node:http'
import { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { WorkerSettings } from '../ipc/messages.ts'

/** How long a connection that never sent a request may hold up a drain, after the grace. */
const SILENT_MS = 1000

/** What serves requests. An Express application brings prototypes of its own for them. */
export interface Listener {
  (request: IncomingMessage, response: ServerResponse): void
  request?: object
  response?: object
}

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

  constructor(listener: Listener, settings: Pick<WorkerSettings, 'requestTimeoutMs' | 'keepAliveMs'>) {
    this.#server = createServer(
      {
        keepAliveTimeout: settings.keepAliveMs,
        requestTimeout: settings.requestTimeoutMs,
        headersTimeout: Math.min(10_000, settings.requestTimeoutMs),
        connectionsCheckingInterval: 1000,
        maxHeaderSize: 16 * 1024,
        IncomingMessage: born(IncomingMessage, listener.request),
        ServerResponse: born(ServerResponse, listener.response),
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

/**
 * A constructor whose objects have that prototype from the start. Express gives it to each request and answer otherwise,
 * and V8 then treats every one of them as an object of its own kind: half the time of a request went there.
 */
function born<C extends typeof IncomingMessage | typeof ServerResponse>(base: C, prototype?: object): C {
  if (prototype === undefined) return base
  function Born(...args: unknown[]): unknown {
    return Reflect.construct(base, args, Born)
  }
  Born.prototype = prototype
  return Born as unknown as C
}
