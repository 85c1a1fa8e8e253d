import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** Everything of all projects: `$XDG_STATE_HOME/rehearsal/sandbox`, for root without it `/var/lib/rehearsal/sandbox`. */
export function stateFolder() {
  return join(base('XDG_STATE_HOME', '/var/lib', '.local/state'), 'rehearsal', 'sandbox')
}

/** Root file systems, shared by all projects: `$XDG_CACHE_HOME/rehearsal`, for root without it `/var/cache/rehearsal`. */
export function cacheFolder() {
  return join(base('XDG_CACHE_HOME', '/var/cache', '.cache'), 'rehearsal')
}

/** The short name under which a project's machines, links and rules go: six hexadecimal digits. */
export function projectId(directory = process.cwd()) {
  return createHash('sha256').update(resolve(directory)).digest('hex').slice(0, 6)
}

/** A project's own folder. */
export function projectFolder(id: string) {
  return join(stateFolder(), id)
}

/** A machine's own folder: its record, keys and file system. */
export function hostFolder(id: string, name: string) {
  return join(projectFolder(id), 'hosts', name)
}

function base(variable: string, ofRoot: string, ofUser: string) {
  return process.env[variable] || (process.getuid?.() === 0 ? ofRoot : join(homedir(), ofUser))
}
