import { rateLimit as createLimiter } from 'express-rate-limit'
import type { RequestHandler } from 'express'
import { HttpError } from './httpError.ts'

/** Limits what one client may ask of this worker in a minute; 0 for no limit. */
export function rateLimit(perMinute: number): RequestHandler {
  if (perMinute === 0) return (_req, _res, next) => next()
  return createLimiter({
    windowMs: 60_000,
    limit: perMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_req, _res, next) => {
      next(new HttpError(429, 'too_many_requests', 'Too many requests. Try again in a minute.'))
    },
  })
}
