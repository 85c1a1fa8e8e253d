import type { Express, RequestHandler } from 'express'
import { onlyMethods } from './errors.ts'

/**
 * Answers one method at one address, names the address for metrics and logs, and refuses other methods. GET is HEAD too.
 * All on the application itself: routers within routers would be searched for every request.
 */
export function serve(
  app: Express,
  method: 'get' | 'post',
  pattern: string,
  handler: RequestHandler,
  name = pattern,
): void {
  const named: RequestHandler = (_req, res, next) => {
    res.locals['route'] = name
    next()
  }
  app[method](pattern, named, handler)
  app.all(pattern, named, onlyMethods(...(method === 'get' ? ['GET', 'HEAD'] : ['POST'])))
}
