import { createHash } from 'node:crypto'
import { sources } from './sources.ts'

export interface Asset {
  /** Carries a digest of the body, so that browsers may keep it for ever. */
  path: string
  type: string
  body: string
}

export const assets = {
  style: asset('status.css', 'text/css; charset=utf-8', sources.css),
  script: asset('status.js', 'text/javascript; charset=utf-8', sources.script),
  icon: asset('icon.svg', 'image/svg+xml', sources.icon),
}

function asset(name: string, type: string, body: string): Asset {
  const digest = createHash('sha256').update(body).digest('hex').slice(0, 10)
  return { path: `/assets/${name.replace('.', `.${digest}.`)}`, type, body }
}
