import type { RequestHandler } from 'express'
import type { WorkerSettings } from '../../ipc/messages.ts'
import type { RequestLocals } from '../context.ts'
import { HttpError } from '../httpError.ts'
import { readJson } from '../jsonBody.ts'
import { nestedDeeperThan } from '../nesting.ts'
import { sendJson } from '../sendJson.ts'

/** Sends a JSON body back, within limits of size and depth. */
export function echo(settings: Pick<WorkerSettings, 'bodyLimit' | 'bodyDepthLimit'>): RequestHandler {
  return async (req, res) => {
    const body = await readJson(req, settings.bodyLimit)
    if (nestedDeeperThan(settings.bodyDepthLimit, body)) {
      const message = `The body is nested more than ${settings.bodyDepthLimit} levels deep.`
      throw new HttpError(400, 'body_too_deep', message)
    }
    const { requestId } = res.locals as RequestLocals
    sendJson(res, { echo: body, timestamp: new Date().toISOString(), request_id: requestId })
  }
}
