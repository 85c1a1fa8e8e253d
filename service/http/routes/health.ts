import { Router } from 'express'
import type { RequestHandler } from 'express'
import { build, version } from '../../version.ts'
import type { AppContext } from '../context.ts'
import { uptimeSeconds } from '../context.ts'
import { onlyMethods } from '../errors.ts'
import { route } from '../observe.ts'

/**
 * `/health` says how the service is; `/health/live` whether to leave it alone or restart it; `/health/ready` whether to
 * send it visitors. Maintenance is healthy and live, but not ready.
 */
export function healthRoutes(context: AppContext): Router {
  const router = Router()
  const answer = (ready: boolean): RequestHandler => {
    return (_req, res) => {
      const status = statusOf(context)
      if (status !== 'healthy') res.locals['code'] = status
      res
        .status(ready && status !== 'healthy' ? 503 : 200)
        .set('Cache-Control', 'no-store')
        .json({
          status,
          timestamp: new Date().toISOString(),
          uptime_seconds: uptimeSeconds(context),
          version,
          build,
        })
    }
  }
  router.route('/health').all(route('/health')).get(answer(false)).all(onlyMethods('GET', 'HEAD'))
  router.route('/health/live').all(route('/health/live')).get(answer(false)).all(onlyMethods('GET', 'HEAD'))
  router.route('/health/ready').all(route('/health/ready')).get(answer(true)).all(onlyMethods('GET', 'HEAD'))
  return router
}

export function statusOf(context: AppContext): 'healthy' | 'maintenance' | 'draining' {
  if (context.state.draining) return 'draining'
  return context.state.maintenance.enabled ? 'maintenance' : 'healthy'
}
