import type { Event } from '../engine/events.ts'

/**
 * A saved dry run: what every host was like, what is to be done to it, and what it was planned from. Every part is
 * data as JSON has it, so that the same plan is the same bytes; values of the runner's own are encoded by `codec.ts`.
 */
export interface Plan {
  readonly playbooks: readonly string[]
  /** What the command line said that has a bearing on the plan. */
  readonly flags: PlanFlags
  /** Files and directories that it was planned from, and the digest of every file in them. */
  readonly roots: readonly string[]
  readonly sources: Readonly<Record<string, string>>
  readonly hosts: Readonly<Record<string, HostPlan>>
  /** What the dry run told, secrets masked, without times. */
  readonly events: readonly Event[]
}

export interface PlanFlags {
  readonly inventory?: string[]
  readonly limit?: string
  readonly tags?: string[]
  readonly skipTags?: string[]
  readonly extraVars?: string[]
  readonly become?: boolean
  readonly becomeUser?: string
  readonly becomeMethod?: string
  readonly user?: string
  readonly privateKey?: string
  readonly connection?: string
  readonly timeout?: string
  readonly forceHandlers?: boolean
  readonly startAtTask?: string
}

export interface HostPlan {
  /** The key by which the host proved who it is; none for this machine itself. */
  readonly hostKey?: string
  /** What was read of the host: as long as it holds, the plan fits. */
  readonly preconditions: readonly Precondition[]
  /** What the tasks come to, in their order. */
  readonly steps: readonly PlannedStep[]
}

/** A resource as it was read for a plan. */
export interface Precondition {
  readonly kind: string
  readonly key: unknown
  readonly become?: PlannedBecome
  /** The digest of each part of its value that counts; most kinds have one part, named ''. */
  readonly digests: Readonly<Record<string, string>>
  /** Its value in a few words. */
  readonly was?: string
  /** A whole status is what counts, also times and sizes (`stat`). */
  readonly exact?: boolean
}

/** A user that tasks become. Passwords are no part of a plan. */
export interface PlannedBecome {
  readonly user: string
  readonly method: string
  readonly flags?: string
  readonly exe?: string
}

/**
 * - `change`: a change whose effect is known; `opaque`: a command; both are done as they stand here.
 * - `nothing`: there is nothing to do, or the task only looks.
 * - `open`: only the run can tell whether, or what.
 * - `own`: the task runs in a dry run as in a real one (`check_mode: false`).
 */
export type StepType = 'change' | 'opaque' | 'nothing' | 'open' | 'own'

export interface PlannedStep {
  /** The task, and the number of its loop's item. */
  readonly id: string
  readonly item?: number
  readonly name: string
  readonly place: string
  readonly type: StepType
  /** The host it is delegated to. */
  readonly on?: string
  readonly become?: PlannedBecome
  readonly environment?: Readonly<Record<string, string>>
  readonly timeout?: number
  readonly script?: string
  readonly payload?: Payload
  /** Effects on the host's resources, and what the module returns, encoded. */
  readonly after?: unknown
  readonly result?: unknown
  /** The digest of everything that would be sent. */
  readonly digest?: string
  /** Which preconditions it goes by. */
  readonly reads: readonly string[]
  /** Whether it goes by what earlier steps will have done, too. */
  readonly builds?: boolean
}

export interface Payload {
  readonly sha256: string
  readonly size: number
  /** The bytes in base64; left out where there are many, which the author's files then have to give again. */
  readonly bytes?: string
}
