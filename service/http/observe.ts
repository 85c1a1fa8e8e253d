import type { NextFunction, Request, RequestHandler, Response } from 'express'
import type { AppContext, RequestLocals } from './context.ts'
import type { IsProxy } from './proxies.ts'

/** Records sent to the primary each second at most, so that a flood of failures stays cheap. */
const PROBLEMS_PER_SECOND = 5

/** Logs and counts every request when its answer has ended, or its client has gone. */
export function observe(context: AppContext, isProxy: IsProxy): RequestHandler {
  const report = problemReporter(context)
  return (req: Request, res: Response, next: NextFunction) => {
    const start = performance.now()
    // `req.path` and `req.ip` are of no use once the request has passed through a router or its socket has closed.
    const { path } = req
    const ip = clientAddress(req, isProxy)
    context.metrics.inFlight += 1
    res.once('close', () => {
      const ms = performance.now() - start
      const {
        requestId,
        route = 'unmatched',
        code,
      } = res.locals as Partial<RequestLocals> & Pick<RequestLocals, 'requestId'>
      const aborted = !res.writableFinished
      // nginx's own word for a client that went away.
      const status = aborted && !res.headersSent ? 499 : res.statusCode
      context.metrics.inFlight -= 1
      context.metrics.observe(req.method, route, status, ms / 1000)
      const record = {
        requestId,
        method: req.method,
        path,
        route,
        status,
        ms: Math.round(ms * 100) / 100,
        ip,
        agent: req.headers['user-agent'],
        ...(code === undefined ? {} : { code }),
        ...(aborted ? { aborted } : {}),
      }
      if (status >= 500 && code !== 'maintenance' && code !== 'draining') {
        context.logger.error(record, 'request')
        report({ time: new Date().toISOString(), method: req.method, route, status, requestId })
      } else {
        context.logger.info(record, 'request')
      }
    })
    next()
  }
}

/** Express's `req.ip`, without its way through a list of proxies where there is one only. */
function clientAddress(req: Request, isProxy: IsProxy): string | undefined {
  const forwarded = req.headers['x-forwarded-for']
  if (isProxy(req.socket.remoteAddress) && typeof forwarded === 'string' && !forwarded.includes(','))
    return forwarded.trim()
  return req.ip
}

function problemReporter(context: AppContext): AppContext['report'] {
  let second = 0
  let sent = 0
  return (problem) => {
    const now = Math.floor(Date.now() / 1000)
    if (now !== second) sent = 0
    second = now
    sent += 1
    if (sent <= PROBLEMS_PER_SECOND) context.report(problem)
  }
}
