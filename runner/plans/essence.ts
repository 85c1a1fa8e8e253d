import { isDict } from '../variables/value.ts'
import { digestOf } from './digest.ts'

/**
 * The digests of what a plan goes by in the value of a resource, part by part: what changes by itself (times, the
 * place on the disk, the free memory) is left out.
 */
export function essence(kind: string, value: unknown, exact = false): Record<string, string> {
  if (kind === 'facts' && isDict(value)) {
    const lasting = Object.entries(value).filter(([name]) => !PASSING_FACTS.has(name))
    return Object.fromEntries(lasting.map(([name, fact]) => [name, digestOf(lastingFact(name, fact))]))
  }
  return { '': digestOf(lasting(kind, value, exact)) }
}

function lasting(kind: string, value: unknown, exact: boolean): unknown {
  // What time it is, is no state of the host.
  if (kind === 'clock') return null
  if (!isDict(value)) return value
  if (kind === 'path') {
    const { type, mode, owner, group, uid, gid, target, size, mtime } = value
    return { type, mode, owner, group, uid, gid, target, ...(exact ? { size, mtime } : {}) }
  }
  // Where it was put for the session is of no account.
  if (kind === 'download') return { ...value, path: undefined }
  // Some kinds of keys sign the same in another way every time; a plan goes by the digest of the key, too.
  if (kind === 'certificate request') return 'error' in value ? value : null
  // How old it is by now is no change of the host.
  if (kind === 'package index') return { empty: value['empty'] }
  return value
}

/** Whether it is all one when it is read: what a package of one version holds never changes. */
export function isFixed(kind: string): boolean {
  return kind === 'archive' || kind === 'archive content' || kind === 'archive digest'
}

/** Whether a kind's values, in words, are never the same twice. */
export function passing(kind: string): boolean {
  return kind === 'facts' || kind === 'package index' || kind === 'clock'
}

const PASSING_FACTS = new Set([
  'date_time',
  'loadavg',
  'memfree_mb',
  'memory_mb',
  'swapfree_mb',
  'uptime_seconds',
])

function lastingFact(name: string, fact: unknown): unknown {
  // What a login brings by itself is another every time.
  if (name === 'env' && isDict(fact))
    return Object.fromEntries(Object.entries(fact).filter(([key]) => !/^(?:SSH_|XDG_|SUDO_|_$)/.test(key)))
  if (name !== 'mounts' || !Array.isArray(fact)) return fact
  return fact.map((mount: unknown) =>
    isDict(mount)
      ? Object.fromEntries(Object.entries(mount).filter(([key]) => !/^(?:size|block|inode)_/.test(key)))
      : mount,
  )
}
