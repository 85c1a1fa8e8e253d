import { STATUS_CODES } from 'node:http'
import type { NextFunction, Request, RequestHandler, Response } from 'express'
import { errorPage } from '../page/errorPage.ts'
import type { AppContext, RequestLocals } from './context.ts'
import { HttpError } from './httpError.ts'

export const notFound: RequestHandler = (_req, _res, next) => {
  next(new HttpError(404, 'not_found', 'There is nothing at this address.'))
}

/** Refuses what a known address does not understand, and says what it does. */
export function onlyMethods(...methods: string[]): RequestHandler {
  const allow = methods.join(', ')
  return (_req, _res, next) => {
    next(new HttpError(405, 'method_not_allowed', `This address understands ${allow}.`, { Allow: allow }))
  }
}

/** Answers with an error page or with JSON, as the client asks. A client that does not say gets JSON. */
export function renderError(context: AppContext) {
  return (error: unknown, req: Request, res: Response, _next: NextFunction): void => {
    const shown = forClient(error)
    const { requestId } = res.locals as RequestLocals
    if (!(error instanceof HttpError) && shown.status >= 500) {
      context.logger.error({ err: error, requestId }, 'request failed unexpectedly')
    }
    if (res.headersSent) {
      res.destroy()
      return
    }
    res.locals['code'] = shown.code
    res.status(shown.status)
    res.setHeader('Cache-Control', 'no-store')
    res.vary('Accept')
    for (const [name, value] of Object.entries(shown.headers)) res.setHeader(name, value)
    const title = STATUS_CODES[shown.status] ?? 'Error'
    if (req.accepts(['json', 'html']) === 'html') {
      res.type('html').send(errorPage({ status: shown.status, title, message: shown.message, requestId }))
      return
    }
    res.json({
      error: { status: shown.status, code: shown.code, title, message: shown.message, request_id: requestId },
    })
  }
}

/** What the router throws at an address that cannot be decoded carries a status; anything else is a fault of the service. */
function forClient(error: unknown): HttpError {
  if (error instanceof HttpError) return error
  const { status } = (error ?? {}) as { status?: unknown }
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new HttpError(status, 'bad_request', 'The request could not be understood.')
  }
  return new HttpError(500, 'internal_error', 'Something went wrong. The request id helps to find out what.')
}
