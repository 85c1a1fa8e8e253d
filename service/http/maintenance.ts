import type { RequestHandler } from 'express'
import type { AppContext } from './context.ts'
import { HttpError } from './httpError.ts'

/** Turns visitors away while the service is in maintenance. */
export function maintenance(context: AppContext): RequestHandler {
  return (_req, _res, next) => {
    const { enabled, message, retryAfterSeconds } = context.state.maintenance
    if (!enabled) next()
    else next(new HttpError(503, 'maintenance', message, { 'Retry-After': String(retryAfterSeconds) }))
  }
}
