import { Miss } from '../host/misses.ts'
import type { AnyResource } from '../resources/resource.ts'
import type { Become } from '../transport/session.ts'
import { Scope } from '../variables/scope.ts'
import { becomeOf } from './become.ts'
import type { HostRun } from './host-run.ts'
import { itemScopes, loopOf } from './loop.ts'
import { decide, prepare } from './prepare.ts'
import { inherited } from '../source/model.ts'
import type { TaskContext } from './task.ts'
import { taskTagsSelected } from './task-tags.ts'
import type { UpcomingTask } from './upcoming.ts'
import { scopeOf } from './variables.ts'

/** What a coming task will want to read, and as which user. */
export interface Wanted {
  readonly resource: AnyResource
  readonly become: Become | undefined
}

/** So many items of a coming loop are looked at. */
const MOST_ITEMS = 500

/** Of each host, the coming tasks that have all they read, as long as nothing of what is known changes. */
const satisfied = new WeakMap<HostRun, { readonly revision: number; readonly tasks: Set<UpcomingTask> }>()

/**
 * Plans the coming tasks against the state as it is, only to learn what they will read, so that it comes in the same
 * frame. A guess: whatever cannot be evaluated yet is passed over, and nothing that has an effect is done.
 */
export function lookAhead(context: TaskContext): Wanted[] {
  const wanted: Wanted[] = []
  const tasks = satisfiedTasks(context.host)
  for (const upcoming of context.playRun.upcoming.after(context.position)) {
    if (tasks.has(upcoming)) continue
    try {
      if (collect(upcoming, context, wanted)) tasks.add(upcoming)
    } catch {
      // What a coming task cannot evaluate yet, or gets wrong, is its own business when its turn comes.
    }
  }
  return wanted
}

function satisfiedTasks(host: HostRun): Set<UpcomingTask> {
  const { revision } = host.state
  const known = satisfied.get(host)
  if (known?.revision === revision) return known.tasks
  const tasks = new Set<UpcomingTask>()
  satisfied.set(host, { revision, tasks })
  return tasks
}

/** Says whether the task has all that it reads. */
function collect({ task, extra }: UpcomingTask, { playRun, host }: TaskContext, wanted: Wanted[]): boolean {
  const { run } = playRun
  const module = run.modules.get(task.action)
  if (!module || module.controllerOnly || inherited(task, 'delegate_to')) return true
  const certain = scopeOf(playRun, host, task, extra)
  const scope = new Scope(certain.layers, { ...certain.surroundings, speculative: true })
  if (!taskTagsSelected(task, scope, run.options.tags)) return true
  const become = becomeOf(task, scope, run.options)
  let complete = true
  for (const inside of scopes(task, scope)) {
    try {
      if (!decide(task, inside).go) {
        // What is registered until then may turn it.
        complete = false
        continue
      }
      prepare(task, module, {
        state: host.state,
        files: host.files,
        user: become?.user ?? '',
        scope: inside,
        location: task.location,
        environment: {},
        announce: (secret) => run.redactor.add(secret),
      })
    } catch (error) {
      complete = false
      if (!(error instanceof Miss)) continue
      const worthIt = error.resources.filter(({ kind }) => !kind.dear)
      wanted.push(...worthIt.map((resource) => ({ resource, become })))
    }
  }
  return complete
}

function scopes(task: UpcomingTask['task'], scope: Scope): Scope[] {
  const loop = loopOf(task)
  if (!loop) return [scope]
  const items = loop.items(scope)
  if (!Array.isArray(items)) return []
  return [...itemScopes(loop, items.slice(0, MOST_ITEMS), scope)].map((each) => each.scope)
}
