import type { Duplex } from 'node:stream'
import type { Diff } from '../engine/events.ts'
import type { Foresight } from '../host/layer.ts'
import type { AnyEffect, State } from '../host/state.ts'
import type { Answer, Frame } from '../transport/session.ts'
import type { Script } from '../transport/shell.ts'
import type { Reason } from '../variables/unknown.ts'
import type { Dict } from '../variables/value.ts'

/** What `register` holds; `changed`, `failed` and `skipped` are added by the engine. */
export type ModuleResult = Dict

/** What a module concludes from its arguments and what is known of the host. */
export type Outcome = Unchanged | Change | Opaque | Look | Failed | Undecided | Skipped

/** The host is as it should be. */
export interface Unchanged {
  readonly type: 'unchanged'
  readonly result: ModuleResult
  /** Facts of the host, without the `ansible_` prefix (`setup`, `service_facts`). */
  readonly facts?: Dict
  /** Variables that the task sets for the host (`set_fact`). */
  readonly variables?: Dict
  /** Of these, what is a fact too and may be kept between runs. */
  readonly cached?: Dict
}

/** A change whose whole effect is known beforehand. The dry run applies `after` to the state instead of sending it. */
export interface Change {
  readonly type: 'change'
  readonly diff: readonly Diff[]
  /** Makes it so. Runs as the task's user; a status other than 0 is a failure and its stderr the message. */
  readonly script: Script
  readonly payload?: Uint8Array
  /** The payload may be sent compressed: the script reads it with `unpacked`. */
  readonly packable?: boolean
  /** What the state will be. */
  readonly after: readonly AnyEffect[]
  /** More of what the state will be, asked for only when it has to be predicted, because it takes much reading. */
  readonly foresee?: (state: State) => Foresight
  /** What must be found well before it is made so (`validate`): tried in a dry run too, so it leaves nothing behind. */
  readonly trials?: readonly Trial[]
  /** It may touch more than `after` says (a package's scripts, a daemon): a real run reads everything anew. */
  readonly sideEffects?: boolean
  /** What the module returns, where it is known beforehand; `Unknown` inside where it is not. */
  readonly result: ModuleResult
  /** Completes the result from what the script printed, in a real run. */
  readonly finish?: (answer: Answer) => ModuleResult
  /** Goes on after the script, where that takes longer than the connection lasts (`reboot`). It sets `failed` itself. */
  readonly follow?: (world: World, answer: Answer) => Promise<ModuleResult>
}

/** A script that changes nothing and fails, with a complaint on stderr, when a change should not be made. */
export interface Trial {
  readonly script: Script
  /** It goes by what the run foretells: its complaint is certain, whatever is pending. */
  readonly foreseeing?: boolean
  readonly payload?: Uint8Array
}

/** Something whose effect cannot be computed (`command`). The dry run does not run it: its result is unknown. */
export interface Opaque {
  readonly type: 'opaque'
  /** What later tasks wait for, in a few words: the command line. */
  readonly what: string
  /** What is known of its effect all the same (`creates`). */
  readonly after: readonly AnyEffect[]
  /** Words of its arguments: what they name may be changed by it. Filled in by the engine. */
  readonly mentions?: readonly string[]
  /** It touches nothing but what these words name. @default whether `after` says what it makes */
  readonly declared?: boolean
  /** What its result holds under `ansible_facts` becomes facts of the host. */
  readonly tellsFacts?: boolean
  /** That it writes can be seen from its words, whatever its author says of it. */
  readonly writes?: boolean
  /** Does it, in a real run. The result sets `failed` itself; `changed` is true unless it says otherwise. */
  readonly perform: (world: World) => Promise<ModuleResult>
}

/** A look at the world, run in both modes: it changes nothing (`uri` with GET, `wait_for`). */
export interface Look {
  readonly type: 'look'
  readonly what: string
  /** What it returns whenever it does not fail; `Unknown` inside where that differs. */
  readonly passed: ModuleResult
  /** Whether the host can be reached is what it looks at: the connection is not made for it beforehand. */
  readonly connects?: boolean
  /** It sets `failed` itself. */
  readonly run: (world: World) => Promise<ModuleResult>
}

/** What a look may use. */
export interface World {
  /** Runs a script as the task's user. */
  run(frame: Frame): Promise<Answer>
  /** A TCP stream to an address as the host sees it, or to the Unix socket at an absolute path, as the login user. */
  open(address: string, port: number): Promise<Duplex>
  /** Drops the connection and makes a new one. */
  reconnect(): Promise<void>
  /** Aborted when the task's time is over or the run is interrupted. */
  readonly signal: AbortSignal
}

export interface Failed {
  readonly type: 'failed'
  /** Holds `msg`. */
  readonly result: ModuleResult
}

/** Only a real run can tell. */
export interface Undecided {
  readonly type: 'undecided'
  readonly because: readonly Reason[]
  /** All that it may touch, as it will be afterwards. Without it nobody can tell what the task may touch. */
  readonly after?: readonly AnyEffect[]
  /** Words of its arguments: what they name may be changed by it. Filled in by the engine. */
  readonly mentions?: readonly string[]
  /** It touches nothing but what these words name. Filled in by the engine. */
  readonly declared?: boolean
  readonly result?: ModuleResult
}

export interface Skipped {
  readonly type: 'skipped'
  readonly result: ModuleResult
}

export function unchanged(
  result: ModuleResult = {},
  sets: Pick<Unchanged, 'facts' | 'variables' | 'cached'> = {},
): Unchanged {
  return { type: 'unchanged', result, ...sets }
}

export function change(change: Omit<Change, 'type'>): Change {
  return { type: 'change', ...change }
}

export function opaque(opaque: Omit<Opaque, 'type'>): Opaque {
  return { type: 'opaque', ...opaque }
}

/** An opaque script, and how its answer becomes the result. */
export function opaqueScript({
  script,
  payload,
  finish,
  ...rest
}: Omit<Opaque, 'type' | 'perform'> & {
  readonly script: Script
  readonly payload?: Uint8Array
  readonly finish: (answer: Answer, time: TimeSpan) => ModuleResult
}): Opaque {
  const perform = async (world: World): Promise<ModuleResult> => {
    const start = new Date()
    const answer = await world.run({ script, payload })
    return finish(answer, { start, end: new Date() })
  }
  return { type: 'opaque', ...rest, perform }
}

/** When something began and ended, by the clock of this side. */
export interface TimeSpan {
  readonly start: Date
  readonly end: Date
}

export function look(what: string, passed: ModuleResult, run: Look['run']): Look {
  return { type: 'look', what, passed, run }
}

export function failed(msg: string, result: ModuleResult = {}): Failed {
  return { type: 'failed', result: { ...result, msg } }
}

export function undecided(because: readonly Reason[], after?: readonly AnyEffect[]): Undecided {
  return { type: 'undecided', because, after }
}

export function skipped(msg: string, result: ModuleResult = {}): Skipped {
  return { type: 'skipped', result: { ...result, msg } }
}
