import type { TaskReference } from './events.ts'
import type { Run } from './run.ts'

const started = new WeakSet<Run>()
const continuing = new WeakSet<Run>()

/** Whether a task runs, as far as `--start-at-task` and `--step` have a say. */
export async function decideStart(run: Run, task: TaskReference): Promise<boolean> {
  const { startAtTask, confirm } = run.options
  if (startAtTask !== undefined && !started.has(run)) {
    if (!matchesName(task, startAtTask)) return false
    started.add(run)
  }
  if (!confirm || continuing.has(run)) return true
  const answer = await confirm(task.name)
  if (answer === 'continue') continuing.add(run)
  return answer !== 'no'
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
