import type { Express, RequestHandler } from 'express'
import { build, version } from '../../version.ts'
import type { AppContext } from '../context.ts'
import { uptimeSeconds } from '../context.ts'
import { sendJson } from '../sendJson.ts'
import { serve } from '../serve.ts'

/**
 * `/health` says how the service is; `/health/live` whether to leave it alone or restart it; `/health/ready` whether to
 * send it visitors. Maintenance is healthy and live, but not ready.
 */
export function healthRoutes(app: Express, context: AppContext): void {
  const answer = (ready: boolean): RequestHandler => {
    return (_req, res) => {
      const status = statusOf(context)
      if (status !== 'healthy') res.locals['code'] = status
      if (ready && status !== 'healthy') res.statusCode = 503
      const timestamp = new Date().toISOString()
      sendJson(res, { status, timestamp, uptime_seconds: uptimeSeconds(context), version, build })
    }
  }
  serve(app, 'get', '/health', answer(false))
  serve(app, 'get', '/health/live', answer(false))
  serve(app, 'get', '/health/ready', answer(true))
}

export function statusOf(context: AppContext): 'healthy' | 'maintenance' | 'draining' {
  if (context.state.draining) return 'draining'
  return context.state.maintenance.enabled ? 'maintenance' : 'healthy'
}
