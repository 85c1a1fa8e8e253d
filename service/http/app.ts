import express from 'express'
import type { Express } from 'express'
import type { AppContext } from './context.ts'
import { deadline } from './deadline.ts'
import { notFound, renderError } from './errors.ts'
import { maintenance } from './maintenance.ts'
import { observe } from './observe.ts'
import { trustProxies } from './proxies.ts'
import { rateLimit } from './rateLimit.ts'
import { requestId } from './requestId.ts'
import { apiRoutes } from './routes/api.ts'
import { assetRoutes } from './routes/assets.ts'
import { healthRoutes } from './routes/health.ts'
import { pageRoutes } from './routes/page.ts'
import { prometheusRoutes } from './routes/prometheus.ts'
import { security } from './security.ts'

/** The public application. Health, metrics and assets answer in maintenance mode too; everything else does not. */
export function createApp(context: AppContext): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  const isProxy = trustProxies(context.settings.trustedProxies)
  app.set('trust proxy', isProxy)
  app.set('query parser', 'simple')

  app.use(requestId(isProxy))
  app.use(observe(context, isProxy))
  app.use(deadline(context.settings.requestTimeoutMs))
  app.use(security())
  healthRoutes(app, context)
  prometheusRoutes(app, context)
  assetRoutes(app)
  app.use(maintenance(context))
  app.use('/api', rateLimit(context.settings.apiRateLimit))
  apiRoutes(app, context)
  pageRoutes(app)
  app.use(notFound)
  app.use(renderError(context))
  return app
}
