import { Router } from 'express'
import { statusPage } from '../../page/statusPage.ts'
import { onlyMethods } from '../errors.ts'
import { route } from '../observe.ts'

/** `/`: the status page. */
export function pageRoutes(): Router {
  const router = Router()
  const page = statusPage()
  router
    .route('/')
    .all(route('/'))
    .get((_req, res) => {
      res.set('Cache-Control', 'no-cache').type('html').send(page)
    })
    .all(onlyMethods('GET', 'HEAD'))
  router
    .route('/robots.txt')
    .all(route('/robots.txt'))
    .get((_req, res) => {
      res.type('text').send('User-agent: *\nDisallow: /\n')
    })
    .all(onlyMethods('GET', 'HEAD'))
  return router
}
