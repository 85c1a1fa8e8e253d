import { Router } from 'express'
import { build, version } from '../../version.ts'
import type { AppContext } from '../context.ts'
import { uptimeSeconds } from '../context.ts'
import { onlyMethods } from '../errors.ts'
import { route } from '../observe.ts'
import { echo } from './echo.ts'
import { statusOf } from './health.ts'

/** `/api/status`, `/api/metrics`, `/api/history` and `/api/echo`. */
export function apiRoutes(context: AppContext): Router {
  const router = Router()
  router.use('/api', (_req, res, next) => {
    res.set('Cache-Control', 'no-store')
    next()
  })

  router
    .route('/api/status')
    .all(route('/api/status'))
    .get(async (_req, res) => {
      const overview = await context.ask('overview')
      res.json({
        status: statusOf(context),
        version,
        build,
        environment: context.settings.environment,
        timestamp: new Date().toISOString(),
        uptime_seconds: uptimeSeconds(context),
        requests: {
          total: overview.requests.total,
          per_second: overview.requests.perSecond,
          errors: overview.requests.errors,
        },
        latency_ms: overview.latencyMs,
        workers: overview.workers.map((worker) => ({
          id: worker.slot,
          state: worker.state,
          uptime_seconds: worker.uptimeSeconds,
          requests: worker.requests,
          connections: worker.connections,
          memory: worker.memory,
          event_loop_lag_ms: worker.lagMs,
        })),
        recent_errors: overview.recentErrors.map(({ requestId, ...problem }) => ({
          ...problem,
          request_id: requestId,
        })),
      })
    })
    .all(onlyMethods('GET', 'HEAD'))

  router
    .route('/api/metrics')
    .all(route('/api/metrics'))
    .get(async (_req, res) => {
      const system = await context.sampler.read()
      res.json({ ...system, uptime_seconds: uptimeSeconds(context), timestamp: new Date().toISOString() })
    })
    .all(onlyMethods('GET', 'HEAD'))

  router
    .route('/api/history')
    .all(route('/api/history'))
    .get(async (_req, res) => {
      res.json(await context.ask('history'))
    })
    .all(onlyMethods('GET', 'HEAD'))

  router.route('/api/echo').all(route('/api/echo')).post(echo(context.settings)).all(onlyMethods('POST'))
  return router
}
