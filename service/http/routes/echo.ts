import express from 'express'
import type { RequestHandler } from 'express'
import type { WorkerSettings } from '../../ipc/messages.ts'
import type { RequestLocals } from '../context.ts'
import { HttpError } from '../httpError.ts'
import { nestedDeeperThan } from '../nesting.ts'

/** Sends a JSON body back, within limits of size and depth. */
export function echo(settings: Pick<WorkerSettings, 'bodyLimit' | 'bodyDepthLimit'>): RequestHandler[] {
  const answer: RequestHandler = (req, res) => {
    const body: unknown = req.body
    if (nestedDeeperThan(settings.bodyDepthLimit, body)) {
      const message = `The body is nested more than ${settings.bodyDepthLimit} levels deep.`
      throw new HttpError(400, 'body_too_deep', message)
    }
    const { requestId } = res.locals as RequestLocals
    res.json({ echo: body, timestamp: new Date().toISOString(), request_id: requestId })
  }
  return [requireJson, express.json({ limit: settings.bodyLimit, strict: false, inflate: false }), answer]
}

const requireJson: RequestHandler = (req, _res, next) => {
  if (req.is('application/json')) next()
  else next(new HttpError(415, 'unsupported_media_type', 'The body must be of type application/json.'))
}
