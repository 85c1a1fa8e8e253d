import type { Task } from '../source/model.ts'
import type { Value } from '../variables/value.ts'
import type { TaskReference } from './events.ts'
import type { PlayRun } from './run.ts'

/** A task failed on a host. `rescue` may take over; otherwise the host leaves the play. */
export class TaskFailed extends Error {
  override readonly name = 'TaskFailed'
  readonly task: Task
  readonly reference: TaskReference
  /** `ansible_failed_result` */
  readonly result: Value
  readonly playRun: PlayRun

  constructor(task: Task, reference: TaskReference, result: Value, playRun: PlayRun) {
    super(`task ${reference.name} failed`)
    this.task = task
    this.reference = reference
    this.result = result
    this.playRun = playRun
  }
}

/** Another host failed, and its failure is this one's too (`any_errors_fatal`). */
export class FailedWithOthers extends Error {
  override readonly name = 'FailedWithOthers'

  constructor() {
    super('another host failed, which ends this one too')
  }
}

/** The host cannot be reached and leaves the run. */
export class HostLost extends Error {
  override readonly name = 'HostLost'
}

/** The host has no more to do: `meta: end_host`, `end_play`, or somebody else's fatal failure. */
export class HostEnded extends Error {
  override readonly name = 'HostEnded'
  readonly how: 'ended' | 'stopped'

  constructor(how: 'ended' | 'stopped') {
    super('the host has no more to do')
    this.how = how
  }
}

/** `meta: end_role`: the running role has no more to do. */
export class RoleEnded extends Error {
  override readonly name = 'RoleEnded'
}
