import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** The whole runner in one file, made by `build.js`. */
export const bundle = join(root, 'dist/play.mjs')

/** Whether the bundle is missing or may be older than anything it is made from: some 600 files, looked at in 6 ms. */
export function isStale() {
  const built = statSync(bundle, { throwIfNoEntry: false })?.mtimeMs ?? 0
  return newer(join(root, 'package-lock.json'), built) || holdsNewer(import.meta.dirname, built)
}

/** A folder counts as well: its time is the only one that changes when a file is removed. */
function holdsNewer(folder, built) {
  return (
    newer(folder, built) ||
    readdirSync(folder, { withFileTypes: true }).some((entry) => {
      const path = join(folder, entry.name)
      return entry.isDirectory() ? holdsNewer(path, built) : newer(path, built)
    })
  )
}

function newer(path, built) {
  return statSync(path).mtimeMs >= built
}
