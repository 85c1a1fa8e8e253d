import type { AnyModule } from '../modules/module.ts'
import type { Redactor } from '../reports/redact.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { Block, Play, RoleUse, Step, Task } from '../source/model.ts'
import type { Layer } from '../variables/scope.ts'
import type { Dict, Value } from '../variables/value.ts'
import type { Event, TaskReference } from './events.ts'
import type { HostRun } from './host-run.ts'
import type { Ledger } from './ledger.ts'
import type { FactCache } from './fact-cache.ts'
import type { FatalFailure } from './fatal.ts'
import type { EventOrder } from './event-order.ts'
import type { Progress } from './progress.ts'
import type { TagSelection } from './tags.ts'
import type { Upcoming } from './upcoming.ts'
import type { Limiter } from './limiter.ts'

/** What the command line asks of a run. */
export interface RunOptions {
  readonly check: boolean
  readonly diff: boolean
  readonly tags: TagSelection
  readonly limit: string | undefined
  /** Hosts that are worked on at the same time, at most. */
  readonly forks: number
  readonly forceHandlers: boolean
  /** The strategy of plays that name none. */
  readonly strategy: string
  /** Whether a handler that nobody defined is a failure, or only worth a warning. */
  readonly missingHandlerFails: boolean
  /** `implicit`, `explicit` or `smart`: whether plays that do not say so gather facts. */
  readonly gathering: string
  /** Modules that gather facts, separated by commas; `smart`: `setup`. */
  readonly factsModules: string
  /** Whether `--tags` looks for tasks inside of includes that have no such tag themselves. */
  readonly tagsReachIntoIncludes: boolean
  /** Seconds a task may take where it does not say itself. */
  readonly taskTimeout: number | undefined
  /** Whether what `set_stats` sets is shown with the recap. */
  readonly showCustomStats: boolean
  /** Where facts outlast the run. */
  readonly factCache: FactCache | undefined
  /** Where a host keeps the handlers that a failed run owes it; empty: nowhere. */
  readonly journal: string
  readonly startAtTask: string | undefined
  readonly verbosity: number
  /** Lowest-precedence defaults for become and connection keywords, from `-b`, `-u`, `--become-user`, …. */
  readonly defaults: Dict
  readonly becomePassword: string | undefined
  readonly connectionPassword: string | undefined
  /** Asks before each task (`--step`). */
  readonly confirm: ((task: string) => Promise<'yes' | 'no' | 'continue'>) | undefined
}

/** Loads what is only known while running: `include_tasks`, `include_role`, `include_vars`. */
export interface Loader {
  taskFile(path: string, include: Task): Step[]
  roleUse(name: string, options: RoleUseOptions, include: Task): { block: Block; handlers: readonly Step[] }
  varsFile(path: string): Dict
  /** The task that one whose module's name is a template means. */
  action(task: Task, name: string): Task
}

export interface RoleUseOptions {
  readonly tasksFrom?: string
  readonly varsFrom?: string
  readonly defaultsFrom?: string
  readonly handlersFrom?: string
  readonly public?: boolean
  readonly allowDuplicates?: boolean
  readonly rolespecValidate?: boolean
  readonly params?: Dict
  readonly keywords?: Dict
}

/** One run of the program, over all its playbooks. */
export interface Run {
  readonly options: RunOptions
  readonly inventory: Inventory
  readonly modules: { get(name: string): AnyModule | undefined }
  readonly loader: Loader
  readonly extraVars: Layer
  readonly redactor: Redactor
  /** The plain text of an author's file in a vault. Throws an Error that says why not. */
  readonly decrypt?: (vaulted: string) => string
  /** Set where a plan is saved or applied. */
  readonly ledger?: Ledger
  readonly limiter: Limiter
  /** Tags of the tasks that any host has come to. */
  readonly tagsSeen: Set<string>
  /** Every host that a play has come to so far. */
  readonly hosts: Map<string, HostRun>
  host(name: string): HostRun
  emit(event: Event): void
  /** A host begins a task: for views that show what is under way, past the order of events. */
  begin(host: string, task: TaskReference): void
  /** Asks for the variables of `vars_prompt`. */
  prompt(play: Play): Promise<Dict>
  /** Reads the inventory's sources again (`meta: refresh_inventory`). */
  refreshInventory(): Promise<void>
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

/** One play of a run, and the batch of hosts that is under way. */
export interface PlayRun {
  readonly run: Run
  readonly play: Play
  /** The number of the play and its batch in the run. */
  readonly id: string
  readonly name: string
  /** Every host of the play, and those of the batch. */
  readonly allHosts: readonly string[]
  readonly batch: readonly string[]
  /** `vars`, `vars_files` and `vars_prompt`, highest first. */
  readonly layers: readonly Layer[]
  /** Uses of roles whose variables the whole play sees. */
  readonly publicRoles: Set<RoleUse>
  readonly handlers: Step[]
  readonly upcoming: Upcoming
  readonly progress: Progress
  readonly order: EventOrder
  /** Results of `run_once` tasks, by position. */
  readonly once: Map<string, Promise<OnceResult>>
  /** Failures that are everybody's (`any_errors_fatal`). */
  readonly fatal: FatalFailure[]
  /** The position after which nobody goes on (`max_fail_percentage`, `end_batch`), nor in later batches (`end_play`). */
  stop: { readonly after: readonly number[]; readonly failed: boolean; readonly play?: boolean } | undefined
  /** Whether hosts must keep step at every task, because the play looks at all of them after each. */
  lockstep: boolean
  readonly free: boolean
}

export interface OnceResult {
  readonly registered: Value | undefined
  readonly failed: boolean
  readonly variables: Dict | undefined
}
