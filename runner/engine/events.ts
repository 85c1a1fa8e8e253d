import type { Diagnostic } from '../source/diagnostic.ts'
import type { Location } from '../source/location.ts'
import type { Traffic } from '../transport/traffic.ts'
import type { Reason } from '../variables/unknown.ts'
import type { Dict } from '../variables/value.ts'

/**
 * What happens in a run, as it happens. Every view (terminal, text, JSON, exit code) is made from these alone.
 * Secrets are masked and host text is plain data by the time an event is emitted; views escape control characters.
 */
export type Event =
  | PlaybookStarted
  | PlayStarted
  | TaskStarted
  | Result
  | Retrying
  | InBackground
  | HandlerNotified
  | MetaDone
  | ErrorsCleared
  | Mispredicted
  | Message
  | PlayEnded
  | Summary

/** `changed` also in a dry run: what would change. `unknown`: cannot be told before a real run. */
export type Status = 'ok' | 'changed' | 'skipped' | 'failed' | 'unreachable' | 'unknown'

export interface PlaybookStarted {
  readonly type: 'playbook'
  readonly file: string
  /** How many plays it has. */
  readonly plays: number
  readonly check: boolean
}

export interface PlayStarted {
  readonly type: 'play'
  readonly name: string
  readonly hosts: readonly string[]
  readonly location: Location
}

/** A task (or handler) begins, on whichever host comes first. Results that follow name it by `id`. */
export interface TaskStarted {
  readonly type: 'task'
  readonly task: TaskReference
}

export interface TaskReference {
  /** Unique in a run; the same for all hosts that run the task at this point. */
  readonly id: string
  readonly name: string
  readonly action: string
  readonly role?: string
  readonly handler: boolean
  readonly location: Location
}

export interface Result {
  readonly type: 'result'
  readonly play: string
  readonly task: TaskReference
  readonly host: string
  readonly delegatedTo?: string
  /** Set on the result of one item of a loop; the task's own result follows the last item's. */
  readonly item?: { readonly label: string }
  /** Set on a loop's own result: how many items there were. */
  readonly items?: number
  readonly status: Status
  readonly changed: boolean
  readonly ignored: boolean
  /** A `rescue` took over after this failure. */
  readonly rescued: boolean
  /** What the module returned, as `register` would hold it. */
  readonly result: Readonly<Record<string, unknown>>
  readonly diff: readonly Diff[]
  /** Set where the author says `diff: true`: shown whether or not the command line asks for diffs. */
  readonly showsDiff?: true
  /** Why the status is `unknown`; or why a look that could not be taken yet is taken to pass (`ok`). */
  readonly because: readonly Reason[]
  /** Why a task was skipped: the condition that was false. */
  readonly skipReason?: string
  /** How long the task took on this host, in milliseconds. */
  readonly ms: number
}

export interface Retrying {
  readonly type: 'retry'
  readonly task: TaskReference
  readonly host: string
  readonly attempt: number
  readonly retries: number
  readonly result: Readonly<Record<string, unknown>>
}

/** What became of a task's job in the background (`async`) when it was looked at, before its result. */
export interface InBackground {
  readonly type: 'async'
  readonly task: TaskReference
  readonly host: string
  readonly job: string
  readonly state: 'running' | 'ok' | 'failed'
}

export interface HandlerNotified {
  readonly type: 'notified'
  readonly handler: string
  readonly host: string
  readonly by: TaskReference
  /** By an earlier run, which failed before the handler ran. */
  readonly earlier?: true
}

/** `meta` did something on a host, or its condition was false. */
export interface MetaDone {
  readonly type: 'meta'
  readonly task: TaskReference
  readonly host: string
  readonly text: string
  /** Its condition was false, and it did nothing. */
  readonly skipped?: boolean
}

/** `meta: clear_host_errors`: the failures of the host so far do not count any more. */
export interface ErrorsCleared {
  readonly type: 'cleared'
  readonly host: string
}

/** After a change a resource was read again and is not what the plan said it would be. */
export interface Mispredicted {
  readonly type: 'mispredicted'
  readonly host: string
  readonly task: TaskReference
  readonly resource: string
  readonly predicted: string
  readonly observed: string
}

/** A warning or a note that belongs to no single result. */
export interface Message {
  readonly type: 'message'
  readonly severity: 'error' | 'warning' | 'deprecation' | 'info'
  readonly text: string
  readonly host?: string
  readonly diagnostic?: Diagnostic
}

export interface PlayEnded {
  readonly type: 'play-end'
  readonly name: string
  /** `no hosts matched` and the like. */
  readonly reason?: string
}

export interface Counters {
  ok: number
  changed: number
  unknown: number
  skipped: number
  failed: number
  unreachable: number
  rescued: number
  ignored: number
}

export interface Summary {
  readonly type: 'summary'
  readonly check: boolean
  readonly hosts: Readonly<Record<string, Counters>>
  /** By host, what went through its connections. */
  readonly traffic?: Readonly<Record<string, Readonly<Traffic>>>
  readonly exitCode: number
  /** What `set_stats` has set, for the run and by host, where it is to be shown. */
  readonly stats?: { readonly run: Dict; readonly hosts: Readonly<Record<string, Dict>> }
}

/** One thing on a host before and after. Texts are whole; views shorten them. */
export interface Diff {
  /** The path on the host, or what it is: `package nginx`, `service nginx`. */
  readonly path: string
  /** Text before and after; null where it did not, or will not, exist; absent where only attributes change. */
  readonly before?: string | null
  readonly after?: string | null
  /** Changes that are lines of their own: mode, owner, type, version, size and digest of binary files. */
  readonly attributes?: readonly AttributeChange[]
  /** Why `after` cannot be told. */
  readonly unknown?: readonly Reason[]
}

export interface AttributeChange {
  readonly name: string
  readonly before: string | null
  readonly after: string | null
}
