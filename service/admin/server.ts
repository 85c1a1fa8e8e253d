import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createHTTPHandler } from '@trpc/server/adapters/standalone'
import { readAdminToken } from '../config/load.ts'
import type { Secret } from '../config/secret.ts'
import type { Service } from '../primary/service.ts'
import { AuditLog } from './audit.ts'
import { FailureLimiter } from './failureLimiter.ts'
import { listenOn } from './listen.ts'
import { adminRouter } from './router.ts'
import { authorized } from './token.ts'

const FAILURES_PER_MINUTE = 10

/** The admin API's own listener, on loopback or a Unix socket. Without a token there is none. */
export class AdminServer {
  readonly #service: Service
  readonly #limiter = new FailureLimiter(FAILURES_PER_MINUTE)
  #token: Secret | undefined
  #server: Server | undefined

  /** Where it listens; undefined when it does not. */
  address: string | undefined

  constructor(service: Service) {
    this.#service = service
    const { adminTokenFile } = service.settings
    this.#token = adminTokenFile === undefined ? undefined : readAdminToken(adminTokenFile)
  }

  setToken(token: Secret): void {
    this.#token = token
  }

  async start(): Promise<void> {
    const { logger } = this.#service.log
    if (this.#token === undefined) {
      logger.warn('no admin API, because ADMIN_TOKEN_FILE is not set')
      return
    }
    const audit = new AuditLog(logger, this.#service.settings.AUDIT_LOG_FILE)
    const handle = createHTTPHandler({
      router: adminRouter,
      maxBodySize: 64 * 1024,
      createContext: ({ req, res }) => ({
        service: this.#service,
        audit,
        source: sourceOf(req),
        requestId: String(res.getHeader('X-Request-Id')),
      }),
      onError: ({ error, path }) => {
        if (error.code === 'INTERNAL_SERVER_ERROR')
          logger.error({ err: error, procedure: path }, 'admin call failed')
      },
    })
    this.#server = createServer((req, res) => {
      if (this.#admit(req, res)) handle(req, res)
    })
    this.address = await listenOn(this.#server, this.#service.settings.admin)
  }

  async stop(): Promise<void> {
    const server = this.#server
    if (server === undefined) return
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
      // Subscriptions would stay open for ever.
      server.closeAllConnections()
    })
  }

  #admit(req: IncomingMessage, res: ServerResponse): boolean {
    const source = sourceOf(req)
    const now = Date.now()
    res.setHeader('X-Request-Id', randomUUID())
    res.setHeader('Cache-Control', 'no-store')
    const blocked = this.#limiter.blockedFor(source, now)
    if (blocked > 0) {
      res.setHeader('Retry-After', String(blocked))
      return refuse(res, 429, 'TOO_MANY_REQUESTS', 'Too many failed attempts.')
    }
    if (this.#token !== undefined && authorized(req.headers.authorization, this.#token)) return true
    this.#limiter.fail(source, now)
    this.#service.metrics.adminFailures.inc()
    this.#service.log.logger.warn(
      { source, path: req.url?.split('?')[0] },
      'admin call without the right token',
    )
    res.setHeader('WWW-Authenticate', 'Bearer')
    return refuse(res, 401, 'UNAUTHORIZED', 'The admin API needs its token.')
  }
}

/** Connections to a Unix socket have no address. */
function sourceOf(req: IncomingMessage): string {
  return req.socket.remoteAddress ?? 'socket'
}

/** Answers in the shape that a tRPC client understands. */
function refuse(res: ServerResponse, status: number, code: string, message: string): false {
  const number = status === 401 ? -32001 : -32029
  res.writeHead(status, { 'Content-Type': 'application/json', Connection: 'close' })
  res.end(JSON.stringify({ error: { message, code: number, data: { code, httpStatus: status } } }))
  return false
}
