import { type Block, isInclude, type Step, type Task } from '../source/model.ts'
import { Template } from '../variables/template.ts'
import type { Layer, Scope } from '../variables/scope.ts'
import { textOf } from '../variables/text.ts'
import { SourceError } from '../source/diagnostic.ts'
import type { Dict } from '../variables/value.ts'
import { runAction, isAction } from './actions.ts'
import { reachesOthers } from './delegation.ts'
import { failEverybody, failWithOthers } from './fatal.ts'
import { FailedWithOthers, HostEnded, HostLost, RoleEnded, TaskFailed } from './failures.ts'
import type { HostRun } from './host-run.ts'
import { OthersBehind } from './host-variables.ts'
import { comparePositions, type Position } from './position.ts'
import type { PlayRun } from './run.ts'
import { includeOnce, runOnce } from './run-once.ts'
import { settingOf } from './setting.ts'
import { decideStart } from './start-at.ts'
import { failAsWritten, referenceOf, runTask, type TaskContext, type TaskEnd } from './task.ts'
import { reachesInto } from './reaches-into.ts'
import { tagsSelect } from './tags.ts'
import { tagsOf } from './task-tags.ts'
import { throttled } from './throttle.ts'
import { truth } from './truth.ts'
import { evaluate } from '../expressions/evaluate.ts'
import { scopeOf } from './variables.ts'
import type { Unknown } from '../variables/unknown.ts'

/** Runs steps one after another on a host. */
export async function runSteps(
  playRun: PlayRun,
  host: HostRun,
  steps: readonly Step[],
  base: Position,
  extra: readonly Layer[] = [],
): Promise<void> {
  for (const [index, step] of steps.entries()) {
    const position = [...base, index]
    if (step.kind === 'task') await runStep(playRun, host, step, position, extra)
    else await runBlock(playRun, host, step, position, extra)
  }
}

/** Runs one task where it stands; says what it came to, or undefined when its tags keep it from running. */
export async function runStep(
  playRun: PlayRun,
  host: HostRun,
  task: Task,
  position: Position,
  extra: readonly Layer[],
  maybe?: Unknown,
): Promise<TaskEnd | undefined> {
  host.position = position
  playRun.progress.advance(host.name, position)
  if (playRun.lockstep || host.isAwaiting) await playRun.progress.everyoneAt(position)
  host.isAwaiting = reachesOthers(playRun, host, task)
  // One at a time means in order, too.
  if (playRun.run.options.forks === 1 && !playRun.free) await playRun.progress.turnOf(host.name, position)
  const { stop } = playRun
  if (playRun.run.signal.aborted || (stop && comparePositions(position, stop.after) > 0))
    throw new HostEnded('stopped')
  failWithOthers(playRun, host, position)

  const scope = scopeOf(playRun, host, task, extra)
  if (!task.handler && !(await isAskedFor(playRun, host, task, scope, position))) return undefined
  const reference = referenceOf(playRun, host, task, position, extra)
  if (!(await decideStart(playRun, reference, position))) return undefined
  playRun.run.begin(host.name, reference)
  const meant = actionOf(playRun, task, scope)
  const context: TaskContext = { playRun, host, task: meant, position, reference, extra, maybe }
  try {
    return await runMeant(context, scope)
  } catch (error) {
    if ((error instanceof TaskFailed || error instanceof HostLost) && failsForAll(context))
      failEverybody(playRun, host, position)
    throw error
  }
}

async function isAskedFor(
  playRun: PlayRun,
  host: HostRun,
  task: Task,
  scope: Scope,
  position: Position,
): Promise<boolean> {
  const { tagsSeen, options } = playRun.run
  for (;;) {
    try {
      const tags = tagsOf(task, scope)
      for (const tag of tags) tagsSeen.add(tag)
      return tagsSelect(tags, options.tags) || reachesInto(playRun, host, task)
    } catch (error) {
      if (!(error instanceof OthersBehind)) throw error
      await playRun.progress.everyoneAt(position)
    }
  }
}

async function runMeant(context: TaskContext, scope: Scope): Promise<TaskEnd | undefined> {
  const { task, position } = context
  const started = performance.now()
  try {
    if (task.wrong) throw new SourceError(task.wrong)
    // Facts are every host's own, whatever the play says of its tasks.
    const once = position[0] !== 0 && truth(settingOf(task, 'run_once', scope) ?? false)
    if (once && isInclude(task)) return await includeOnce(context, () => runAction(context))
    if (isAction(task.action)) return await runAction(context)
    if (once) return await runOnce(context)
    return await throttled(context, scope, () => runTask(context))
  } catch (error) {
    if (error instanceof SourceError) return failAsWritten(context, started, error)
    throw error
  }
}

// Where the name of the module is a template, the task is known only now; what cannot be told fails as it stands.
function actionOf({ run }: PlayRun, task: Task, scope: Scope): Task {
  if (!task.actionTemplate) return task
  try {
    return run.loader.action(task, textOf(evaluate(task.actionTemplate, scope)))
  } catch (error) {
    if (error instanceof SourceError) return task
    throw error
  }
}

function failsForAll({ playRun, host, task, extra }: TaskContext): boolean {
  return truth(settingOf(task, 'any_errors_fatal', scopeOf(playRun, host, task, extra)) ?? false)
}

/** A block; or a role, unless the same use of it has run on the host before in this play. */
async function runBlock(
  playRun: PlayRun,
  host: HostRun,
  block: Block,
  position: Position,
  extra: readonly Layer[],
): Promise<void> {
  const { role } = block
  if (role && !role.allowDuplicates && host.doneRoles.has(role.key)) return
  await runParts(playRun, host, block, position, extra)
  if (role && host.begunRoles.has(role.key)) host.doneRoles.add(role.key)
}

/** `block`, then `rescue` when a task in it failed, then `always` whatever happened. */
async function runParts(
  playRun: PlayRun,
  host: HostRun,
  block: Block,
  position: Position,
  extra: readonly Layer[],
): Promise<void> {
  let ending: unknown
  try {
    await runSteps(playRun, host, block.block, [...position, 0], extra)
  } catch (error) {
    ending = error
  }
  if (ending instanceof RoleEnded && block.role) ending = undefined
  const failed = ending instanceof TaskFailed || ending instanceof FailedWithOthers
  if (failed && block.rescue.length > 0) {
    if (ending instanceof TaskFailed) {
      host.variables.set('ansible_failed_task', failedTask(ending))
      host.variables.set('ansible_failed_result', ending.result)
    }
    ending = undefined
    try {
      await runSteps(playRun, host, block.rescue, [...position, 1], extra)
    } catch (error) {
      ending = error
    }
  }
  if (block.always.length > 0 && !(ending instanceof HostLost) && !(ending instanceof HostEnded)) {
    const { cleared } = host
    await runSteps(playRun, host, block.always, [...position, 2], extra)
    if (host.cleared !== cleared) return
  }
  if (ending) throw ending
}

function failedTask({ task, reference }: TaskFailed): Dict {
  return {
    name: reference.name,
    action: task.action,
    args: Object.fromEntries(
      Object.entries(task.args).map(([name, value]) => [
        name,
        value instanceof Template ? value.source : value,
      ]),
    ),
    role: reference.role ?? null,
  }
}
