import type { Script } from '../../transport/shell.ts'
import type { Dict } from '../../variables/value.ts'
import type { Evidence } from './evidence.ts'

/** A set of facts that belong together: what to look at on the host, and what follows from it. */
export interface Collector {
  /** Ansible's name of it, for `gather_subset`. */
  readonly name: string
  /** Facts by whose names it can be asked for as well. */
  readonly provides?: readonly string[]
  /** Whether it belongs to `min`, which is always gathered unless `!min` says no. */
  readonly minimal: boolean
  /** Files that are read, as shell patterns without anything to quote. */
  readonly files?: readonly string[]
  /** Paths whose mere existence tells something. */
  readonly paths?: readonly string[]
  /** Programs that are run, by a name for their output. */
  readonly commands?: Readonly<Record<string, Script>>
  /** The facts, without the `ansible_` prefix. Pure. */
  readonly facts: (evidence: Evidence) => Dict
}
