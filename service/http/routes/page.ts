import type { Express } from 'express'
import { statusPage } from '../../page/statusPage.ts'
import { serve } from '../serve.ts'

/** `/`: the status page; and a word to robots, who have no use for it. */
export function pageRoutes(app: Express): void {
  const page = Buffer.from(statusPage())
  serve(app, 'get', '/', (_req, res) => {
    res.set('Cache-Control', 'no-cache').set('Content-Type', 'text/html; charset=utf-8').send(page)
  })
  serve(app, 'get', '/robots.txt', (_req, res) => {
    res.type('text').send('User-agent: *\nDisallow: /\n')
  })
}
