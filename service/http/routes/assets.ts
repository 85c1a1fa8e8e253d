import { Router } from 'express'
import { assets } from '../../page/assets.ts'
import { onlyMethods } from '../errors.ts'
import { route } from '../observe.ts'

/** The pages' style, script and icon, under names that change with their content. */
export function assetRoutes(): Router {
  const router = Router()
  for (const asset of Object.values(assets)) {
    router
      .route(asset.path)
      .all(route('/assets'))
      .get((_req, res) => {
        res.set('Cache-Control', 'public, max-age=31536000, immutable').type(asset.type).send(asset.body)
      })
      .all(onlyMethods('GET', 'HEAD'))
  }
  return router
}
