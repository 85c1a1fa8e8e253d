import type { TaskReference } from './events.ts'
import { comparePositions, type Position } from './position.ts'
import type { PlayRun, Run } from './run.ts'

/** Where a run has found the task that `--start-at-task` names. */
const started = new WeakMap<Run, { readonly play: PlayRun; readonly position: Position }>()
/** Names of the tasks that were passed over until then. */
const names = new WeakMap<Run, Set<string>>()
/** What was answered to `--step`, by task: all hosts are asked for once. */
const answers = new WeakMap<Run, Map<string, Promise<'yes' | 'no' | 'continue'>>>()
const continuing = new WeakSet<Run>()

/**
 * Whether a task runs, as far as `--start-at-task` and `--step` have a say. Includes before the task that is looked for
 * are looked into, as it may be in there; facts are gathered in any case.
 */
export async function decideStart(
  playRun: PlayRun,
  task: TaskReference,
  position: Position,
): Promise<boolean> {
  const { run } = playRun
  const { startAtTask, confirm } = run.options
  if (startAtTask !== undefined && !isReached(playRun, task, position, startAtTask)) {
    return position[0] === 0 || task.action === 'include_tasks' || task.action === 'include_role'
  }
  if (!confirm || continuing.has(run)) return true
  const asked = answers.get(run) ?? new Map<string, Promise<'yes' | 'no' | 'continue'>>()
  answers.set(run, asked)
  const answer = asked.get(task.id) ?? confirm(task.name)
  asked.set(task.id, answer)
  if ((await answer) === 'continue') continuing.add(run)
  return (await answer) !== 'no'
}

/** Whether `--start-at-task` has been found; else the names of the tasks that are not it. */
export function tasksSeen(run: Run): 'started' | ReadonlySet<string> {
  return started.has(run) ? 'started' : (names.get(run) ?? new Set())
}

// Hosts that come to an earlier task later have not reached it.
function isReached(playRun: PlayRun, task: TaskReference, position: Position, wanted: string): boolean {
  const { run } = playRun
  const start = started.get(run)
  if (!start) names.set(run, (names.get(run) ?? new Set()).add(task.name))
  if (start) return start.play !== playRun || comparePositions(position, start.position) >= 0
  if (!matchesName(task, wanted)) return false
  started.set(run, { play: playRun, position })
  return true
}

/** A task's name, `role : name`, or a pattern with `*`. */
function matchesName({ name, role }: TaskReference, wanted: string): boolean {
  const pattern = new RegExp(
    `^${wanted
      .split('*')
      .map((part) => RegExp.escape(part))
      .join('.*')}$`,
  )
  return pattern.test(name) || (role !== undefined && pattern.test(`${role} : ${name}`))
}
