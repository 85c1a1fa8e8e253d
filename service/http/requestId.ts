import { randomUUID } from 'node:crypto'
import type { NextFunction, Request, Response } from 'express'
import type { IsProxy } from './proxies.ts'

/** Names a request, by the proxy's name if it gave one, in the answer, in logs and in error pages. */
export function requestId(isProxy: IsProxy) {
  return (req: Request, res: Response, next: NextFunction): void => {
    const given = isProxy(req.socket.remoteAddress) ? req.headers['x-request-id'] : undefined
    const id = typeof given === 'string' && /^[\w.-]{8,64}$/.test(given) ? given : randomUUID()
    res.locals['requestId'] = id
    res.setHeader('X-Request-Id', id)
    next()
  }
}
