import type { Location } from '../source/location.ts'

/** What an unknown value waits for: `npm ci` at playbooks/site.yml:31:7. */
export interface Reason {
  readonly what: string
  readonly location?: Location
}

/**
 * A value that cannot be known before a real run (a command's output, what a maintainer script does).
 * It travels through expressions, templates, conditions and results; nothing is ever invented in its place.
 */
export class Unknown {
  readonly because: readonly Reason[]

  constructor(because: Reason | readonly Reason[]) {
    this.because = Array.isArray(because) ? because : [because as Reason]
  }

  toString(): string {
    return '(unknown)'
  }

  toJSON(): string {
    return '(unknown)'
  }
}

/** One unknown that waits for everything the given ones wait for. */
export function mergeUnknown(unknowns: readonly Unknown[]): Unknown {
  const seen = new Map<string, Reason>()
  for (const { because } of unknowns) {
    for (const reason of because) seen.set(JSON.stringify(reason), reason)
  }
  return new Unknown([...seen.values()])
}
