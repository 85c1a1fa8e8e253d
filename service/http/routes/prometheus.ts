import { Router } from 'express'
import type { AppContext } from '../context.ts'
import { onlyMethods } from '../errors.ts'
import { route } from '../observe.ts'

/** `/metrics`: the sums over all workers, for Prometheus. The proxy decides who may read it. */
export function prometheusRoutes(context: AppContext): Router {
  const router = Router()
  router
    .route('/metrics')
    .all(route('/metrics'))
    .get(async (_req, res) => {
      const text = await context.ask('prometheus')
      res
        .set('Cache-Control', 'no-store')
        .set('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
        .send(text)
    })
    .all(onlyMethods('GET', 'HEAD'))
  return router
}
