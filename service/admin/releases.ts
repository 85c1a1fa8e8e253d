import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

export interface Release {
  name: string
  /** When its directory was last changed, ISO 8601. */
  time: string
  /** Where `current` points: what the next start will run. */
  current: boolean
  /** What runs now. */
  running: boolean
}

/** The directory that holds the releases, if the running file is in one. */
export function releasesDirectory(program: string): string | undefined {
  const directory = dirname(dirname(program))
  return basename(directory) === 'releases' ? directory : undefined
}

/** The releases on this host, newest first. */
export async function listReleases(directory: string, program: string): Promise<Release[]> {
  const running = basename(dirname(program))
  const current = await realpath(join(directory, '..', 'current')).catch(() => undefined)
  const entries = await readdir(directory, { withFileTypes: true })
  const releases = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(async ({ name }) => ({
      name,
      time: (await stat(join(directory, name))).mtime.toISOString(),
      current: current !== undefined && basename(current) === name,
      running: running === name,
    }))
  return (await Promise.all(releases)).sort(
    (a, b) => b.time.localeCompare(a.time) || b.name.localeCompare(a.name),
  )
}
