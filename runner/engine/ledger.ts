import type { Outcome } from '../modules/outcome.ts'
import type { AnyResource } from '../resources/resource.ts'
import type { Become } from '../transport/session.ts'
import type { Unknown } from '../variables/unknown.ts'
import type { TaskReference } from './events.ts'
import type { HostRun } from './host-run.ts'

/** One execution of a task, on the way from its plan to what is done. */
export interface LedgerStep {
  readonly host: HostRun
  /** The host that is read and changed: the same, or the one the task is delegated to. */
  readonly on: HostRun
  readonly task: TaskReference
  /** The number of the item in the task's loop. */
  readonly item: number | undefined
  readonly become: Become | undefined
  readonly environment: Readonly<Record<string, string>>
  readonly timeout: number | undefined
  /** What was read from the host for the plan, and what was only predicted of it. */
  readonly reads: Reads
  /** Whether it may happen or not. */
  readonly maybe: Unknown | undefined
  /** Whether nothing is sent, only predicted. */
  readonly predict: boolean
}

export interface Reads {
  readonly observed: ReadonlyMap<string, AnyResource>
  readonly predicted: boolean
}

/**
 * What stands between what a task comes to and what is done about it: a saved plan writes it down, and a run that
 * applies one is held to it.
 */
export interface Ledger {
  /**
   * The outcome to carry out.
   *
   * @throws {NotPlanned} when this is not in the plan
   */
  enter(step: LedgerStep, outcome: Outcome): Outcome | Promise<Outcome>
}

/** A run that applies a saved plan has come to something that is not in it. The host goes no further. */
export class NotPlanned extends Error {
  override readonly name = 'NotPlanned'
}
