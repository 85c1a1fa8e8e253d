import type { RequestHandler } from 'express'
import { HttpError } from './httpError.ts'

/** Answers 503 when a request has not been answered in time. What still runs for it is left to end by itself. */
export function deadline(ms: number): RequestHandler {
  return (_req, res, next) => {
    const timer = setTimeout(() => {
      if (!res.headersSent)
        next(new HttpError(503, 'timeout', 'The request took too long.', { 'Retry-After': '5' }))
      else res.destroy()
    }, ms)
    res.once('close', () => clearTimeout(timer))
    next()
  }
}
