import type { Counters, Event } from '../engine/events.ts'
import { recap, standing } from './recap.ts'

export interface ExitOptions {
  /** Ctrl-C or a signal ended the run. @default false */
  readonly interrupted?: boolean
  /** A dry run. @default false */
  readonly check?: boolean
  /** With `check`: tell pending changes from none. @default false */
  readonly detailedExitcode?: boolean
}

/**
 * The exit code of a run: 99 interrupted, 4 a host could not be reached, 2 a host failed, 10 changes are pending (only
 * a dry run with `--detailed-exitcode`; what cannot be told counts as pending), 0 otherwise. As with Ansible,
 * an unreachable host outweighs a failed one.
 */
export function exitCode(events: Iterable<Event>, options: ExitOptions = {}): number {
  return exitCodeOf(recap(events), options)
}

/** The same from counters. */
export function exitCodeOf(hosts: Readonly<Record<string, Counters>>, options: ExitOptions = {}): number {
  const any = (name: keyof Counters): boolean => Object.values(hosts).some((counters) => counters[name] > 0)
  if (options.interrupted) return 99
  const stands = (kind: 'failed' | 'unreachable'): boolean =>
    Object.values(hosts).some((counters) => standing(counters, kind) > 0)
  if (stands('unreachable')) return 4
  if (stands('failed')) return 2
  if (options.check && options.detailedExitcode && (any('changed') || any('unknown'))) return 10
  return 0
}
