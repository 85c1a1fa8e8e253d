import type { Express } from 'express'
import type { AppContext } from '../context.ts'
import { serve } from '../serve.ts'

/** `/metrics`: the sums over all workers, for Prometheus. The proxy decides who may read it. */
export function prometheusRoutes(app: Express, context: AppContext): void {
  serve(app, 'get', '/metrics', async (_req, res) => {
    const text = await context.ask('prometheus')
    res
      .set('Cache-Control', 'no-store')
      .set('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
      .send(text)
  })
}
