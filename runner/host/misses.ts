import type { AnyResource } from '../resources/resource.ts'
import { NotYet } from '../variables/not-yet.ts'
import type { Reason } from '../variables/unknown.ts'
import { Unknown } from '../variables/unknown.ts'

/**
 * Thrown by a read of what the state does not know yet. The plan stops, the engine reads the resources (with those of
 * other tasks, in one frame), and the plan runs again.
 */
export class Miss extends NotYet {
  override readonly name = 'Miss'
  readonly resources: readonly AnyResource[]

  constructor(resources: readonly AnyResource[]) {
    super('not read yet')
    this.resources = resources
  }
}

/** Thrown by a read of what cannot be known before a real run. Makes the task's outcome unknown. */
export class UnknownRead extends Error {
  override readonly name = 'UnknownRead'
  readonly unknown: Unknown

  constructor(unknown: Unknown | Reason) {
    super('unknown before a real run')
    this.unknown = unknown instanceof Unknown ? unknown : new Unknown(unknown)
  }
}

/** Thrown by a read that the task's user may not make. The task fails with the message. */
export class ReadDenied extends Error {
  override readonly name = 'ReadDenied'
}
