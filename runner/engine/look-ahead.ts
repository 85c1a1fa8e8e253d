import { Miss } from '../host/misses.ts'
import type { AnyResource } from '../resources/resource.ts'
import type { Become } from '../transport/session.ts'
import { Scope } from '../variables/scope.ts'
import { becomeOf } from './become.ts'
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

/**
 * Plans the coming tasks against the state as it is, only to learn what they will read, so that it comes in the same
 * frame. A guess: whatever cannot be evaluated yet is passed over, and nothing that has an effect is done.
 */
export function lookAhead(context: TaskContext): Wanted[] {
  const wanted: Wanted[] = []
  for (const upcoming of context.playRun.upcoming.after(context.position)) {
    try {
      collect(upcoming, context, wanted)
    } catch {
      // What a coming task cannot evaluate yet, or gets wrong, is its own business when its turn comes.
    }
  }
  return wanted
}

function collect({ task, extra }: UpcomingTask, { playRun, host }: TaskContext, wanted: Wanted[]): void {
  const { run } = playRun
  const module = run.modules.get(task.action)
  if (!module || module.controllerOnly || inherited(task, 'delegate_to')) return
  const certain = scopeOf(playRun, host, task, extra)
  const scope = new Scope(certain.layers, { ...certain.surroundings, speculative: true })
  if (!taskTagsSelected(task, scope, run.options.tags)) return
  const become = becomeOf(task, scope, run.options)
  for (const inside of scopes(task, scope)) {
    try {
      if (!decide(task, inside).go) continue
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
      if (!(error instanceof Miss)) continue
      const worthIt = error.resources.filter(({ kind }) => !kind.dear)
      wanted.push(...worthIt.map((resource) => ({ resource, become })))
    }
  }
}

function scopes(task: UpcomingTask['task'], scope: Scope): Scope[] {
  const loop = loopOf(task)
  if (!loop) return [scope]
  const items = loop.items(scope)
  if (!Array.isArray(items)) return []
  return [...itemScopes(loop, items.slice(0, MOST_ITEMS), scope)].map((each) => each.scope)
}
