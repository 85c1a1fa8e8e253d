import type { Express } from 'express'
import { assets } from '../../page/assets.ts'
import { serve } from '../serve.ts'

/** The pages' style, script and icon, under names that change with their content. */
export function assetRoutes(app: Express): void {
  for (const asset of Object.values(assets)) {
    const answer = (_req: unknown, res: import('express').Response) => {
      res.set('Cache-Control', 'public, max-age=31536000, immutable').type(asset.type).send(asset.body)
    }
    serve(app, 'get', asset.path, answer, '/assets')
  }
}
