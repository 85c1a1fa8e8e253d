import { setImmediate } from 'node:timers/promises'
import type { Files } from '../host/files.ts'
import { Miss } from '../host/misses.ts'
import type { State } from '../host/state.ts'
import type { AnyModule } from '../modules/module.ts'
import type { Change } from '../modules/outcome.ts'
import { type AnyResource, isDear } from '../resources/resource.ts'
import { inherited } from '../source/model.ts'
import type { Become } from '../transport/session.ts'
import { dictLayer, Scope } from '../variables/scope.ts'
import { type Dict, type Value } from '../variables/value.ts'
import { type Attempt, skippedAttempt } from './attempt.ts'
import { strays } from './connect.ts'
import { becomeOf } from './become.ts'
import type { HostRun } from './host-run.ts'
import { judge } from './judge.ts'
import { itemScopes, type Loop, type LoopItem, loopOf } from './loop.ts'
import { decide, prepare } from './prepare.ts'
import { type LoopEnd, registeredOf, registeredOfLoop, type TaskContext } from './task.ts'
import { taskTagsSelected } from './task-tags.ts'
import type { UpcomingTask } from './upcoming.ts'
import { scopeOf } from './variables.ts'

/** What a coming task will want to read, and as which user. */
export interface Wanted {
  readonly resource: AnyResource
  readonly become: Become | undefined
}

/** Milliseconds after which others get their turn. */
const LONGEST_TURN = 5

/** So many items of a coming loop are looked at. */
const MOST_ITEMS = 500

/** What a coming task will set, and whether it has all that it reads, whatever else is registered until then. */
interface Guess {
  readonly sets: Dict
  readonly complete: boolean
}

/** Of each host, the coming tasks that have all they read, as long as nothing of what is known changes. */
const satisfied = new WeakMap<
  HostRun,
  { readonly revision: number; readonly tasks: Map<UpcomingTask, Guess> }
>()

/** What the coming tasks are planned against, and what has been learnt by that. */
export interface Sight {
  readonly state: State
  readonly files: Files
  readonly wanted: Wanted[]
  /** The tasks that have all they read, added as they turn up: they are not planned again. */
  readonly tasks: Map<UpcomingTask, Guess>
  /** Hears what a coming task will probably do. */
  readonly onChange?: (upcoming: UpcomingTask, change: Change) => void
  /**
   * Hears of a coming task after which all is read anew, as far as that can be told: it runs a command, or looks, or
   * has to read what is dear, which is where something is to be done.
   */
  readonly onBreak?: (upcoming: UpcomingTask) => void
}

/**
 * Plans the task at hand and the coming ones against the state as it is, only to learn what they will read, so that it
 * comes in the same frame. What a task will register, as far as that is known by now, those after it see. A guess:
 * whatever cannot be evaluated yet is passed over, and nothing that has an effect is done. Whoever else waits for their
 * turn, a connection that is being made above all, gets it now and then.
 */
export async function lookAhead(context: TaskContext): Promise<Wanted[]> {
  const { state, files } = context.host
  const sight: Sight = { state, files, wanted: [], tasks: satisfiedTasks(context.host) }
  await lookAt(context.playRun.upcoming.from(context.position), context, sight)
  return sight.wanted
}

/** Plans tasks that come after the one at hand, as `lookAhead` does, against another state. */
export async function lookAt(
  coming: Iterable<UpcomingTask>,
  context: TaskContext,
  sight: Sight,
): Promise<void> {
  const variables: Dict = {}
  let since = performance.now()
  for (const upcoming of coming) {
    if (performance.now() - since > LONGEST_TURN) {
      await setImmediate()
      since = performance.now()
    }
    try {
      const guess = sight.tasks.get(upcoming) ?? guessAt(upcoming, context, variables, sight)
      if (guess.complete) sight.tasks.set(upcoming, guess)
      Object.assign(variables, guess.sets)
    } catch {
      // What a coming task cannot evaluate yet, or gets wrong, is its own business when its turn comes.
    }
  }
}

function satisfiedTasks(host: HostRun): Map<UpcomingTask, Guess> {
  const { revision } = host.state
  const known = satisfied.get(host)
  if (known?.revision === revision) return known.tasks
  const tasks = new Map<UpcomingTask, Guess>()
  satisfied.set(host, { revision, tasks })
  return tasks
}

const NOTHING: Guess = { sets: {}, complete: true }

function guessAt(upcoming: UpcomingTask, at: TaskContext, variables: Dict, sight: Sight): Guess {
  const { task, extra } = upcoming
  const { playRun, host } = at
  const { run } = playRun
  const module = run.modules.get(task.action)
  if (!module || inherited(task, 'delegate_to')) return NOTHING
  if (module.controllerOnly && task.action !== 'set_fact') return NOTHING
  const certain = scopeOf(playRun, host, task, extra).under(dictLayer('guess', variables))
  const scope = new Scope(certain.layers, { ...certain.surroundings, speculative: true })
  if (!taskTagsSelected(task, scope, run.options.tags)) return NOTHING
  if (strays(task, playRun, host, scope)) return NOTHING
  const loop = loopOf(task, scope)
  const rounds: readonly Pick<LoopItem, 'item' | 'scope'>[] = loop
    ? roundsOf(loop, scope)
    : [{ item: null, scope }]
  const context = { ...at, ...upcoming, maybe: undefined }
  const become = becomeOf(task, scope, run.options)
  const ends = rounds.map(({ item, scope: inside }): Round => ({
    item,
    attempt: guessRound(context, module, inside, become, sight),
  }))
  return {
    sets: setsOf(context, loop, ends),
    complete: ends.every(({ attempt }) => attempt !== undefined && attempt !== 'skipped'),
  }
}

function roundsOf(loop: Loop, scope: Scope): Pick<LoopItem, 'item' | 'scope'>[] {
  const items = loop.items(scope)
  return Array.isArray(items) ? [...itemScopes(loop, items.slice(0, MOST_ITEMS), scope)] : []
}

/** One round of a task and what it will come to; undefined while it has more to read. `open`: it will do something. */
interface Round {
  readonly item: Value
  readonly attempt: Attempt | 'skipped' | 'open' | undefined
}

function guessRound(
  context: TaskContext & UpcomingTask,
  module: AnyModule,
  scope: Scope,
  become: Become | undefined,
  { state, files, wanted, onChange, onBreak }: Sight,
): Round['attempt'] {
  const { task, playRun } = context
  try {
    if (!decide(task, scope).go) return 'skipped'
    const outcome = prepare(task, module, {
      state,
      files,
      user: become?.user ?? '',
      scope,
      location: task.location,
      environment: {},
      announce: (secret) => playRun.run.redactor.add(secret),
    })
    if (outcome.type === 'change') onChange?.(context, outcome)
    if (outcome.type === 'opaque' || outcome.type === 'look') onBreak?.(context)
    if (outcome.type !== 'unchanged') return 'open'
    const { result, variables } = outcome
    const performed = { status: 'ok', result, variables, diff: [], because: [] } as const
    return judge({ ...context, scope, item: undefined }, performed)
  } catch (error) {
    if (error instanceof Miss) {
      const worthIt = error.resources.filter((each) => !isDear(each))
      if (worthIt.length < error.resources.length) onBreak?.(context)
      wanted.push(...worthIt.map((resource) => ({ resource, become })))
    }
    return undefined
  }
}

function setsOf(context: TaskContext, loop: Loop | undefined, ends: readonly Round[]): Dict {
  const known: LoopEnd[] = []
  for (const { item, attempt } of ends) {
    if (attempt === undefined || attempt === 'open') return {}
    known.push({ item, attempt: attempt === 'skipped' ? skippedAttempt('') : attempt })
  }
  const sets: Dict = {}
  for (const { attempt } of known) Object.assign(sets, attempt.variables)
  const name = context.task.keywords['register']
  if (typeof name === 'string') {
    sets[name] = loop ? registeredOfLoop(context, loop, known) : registeredOf(context, known[0]!.attempt)
  }
  return sets
}
