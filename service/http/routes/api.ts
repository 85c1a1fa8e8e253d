import type { Express } from 'express'
import type { Overview } from '../../ipc/messages.ts'
import { build, version } from '../../version.ts'
import type { AppContext } from '../context.ts'
import { uptimeSeconds } from '../context.ts'
import { sendJson } from '../sendJson.ts'
import { serve } from '../serve.ts'
import { echo } from './echo.ts'
import { statusOf } from './health.ts'

/** `/api/status`, `/api/metrics`, `/api/history` and `/api/echo`. */
export function apiRoutes(app: Express, context: AppContext): void {
  serve(app, 'get', '/api/status', async (_req, res) => {
    sendJson(res, describeStatus(context, await context.ask('overview')))
  })
  serve(app, 'get', '/api/metrics', async (_req, res) => {
    const system = await context.sampler.read()
    sendJson(res, { ...system, uptime_seconds: uptimeSeconds(context), timestamp: new Date().toISOString() })
  })
  serve(app, 'get', '/api/history', async (_req, res) => {
    sendJson(res, await context.ask('history'))
  })
  serve(app, 'post', '/api/echo', echo(context.settings))
}

function describeStatus(context: AppContext, overview: Overview) {
  const { requests } = overview
  return {
    status: statusOf(context),
    version,
    build,
    environment: context.settings.environment,
    timestamp: new Date().toISOString(),
    uptime_seconds: uptimeSeconds(context),
    requests: { total: requests.total, per_second: requests.perSecond, errors: requests.errors },
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
  }
}
