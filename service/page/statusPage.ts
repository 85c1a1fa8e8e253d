import { assets } from './assets.ts'
import { sources } from './sources.ts'

/** The status page with the addresses of its assets filled in. */
export function statusPage(): string {
  return sources.html
    .replace('{{style}}', assets.style.path)
    .replace('{{script}}', assets.script.path)
    .replace('{{icon}}', assets.icon.path)
}
