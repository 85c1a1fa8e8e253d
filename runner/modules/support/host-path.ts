import { posix } from 'node:path'
import { user } from '../../resources/user.ts'
import type { Planning } from '../module.ts'

/** A path as the author wrote it, made absolute on the host: `~` and `$HOME` are the home of the task's user. */
export function hostPath(path: string, planning: Planning): string {
  const variable = /^\$(?:HOME|\{HOME\})(?=\/|$)/.exec(path)
  if (variable) return hostPath(`~${path.slice(variable[0].length)}`, planning)
  if (path === '~' || path.startsWith('~/'))
    return posix.normalize(`${planning.identity().home}${path.slice(1)}`)
  const named = /^~([A-Za-z_][\w.-]*)(?=\/|$)/.exec(path)
  const home = named && planning.state.read(user, named[1]!)?.home
  if (named && home) return trimSlash(posix.normalize(home + path.slice(named[0].length)))
  if (path.startsWith('/')) return trimSlash(posix.normalize(path))
  const { home: own, directory = own } = planning.identity()
  return trimSlash(posix.join(directory, path))
}

function trimSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}
