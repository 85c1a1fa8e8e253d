import { tasksSeen } from '../engine/start-at.ts'
import { tagsOf } from '../engine/task-tags.ts'
import type { Node, Play, Step } from '../source/model.ts'
import { suggestion } from '../source/nearest.ts'
import { Scope } from '../variables/scope.ts'
import { UserError } from './fatal.ts'
import type { RunInProgress } from './create-run.ts'

/** Tags that mean something without standing anywhere. */
const SPECIAL = ['all', 'always', 'never', 'tagged', 'untagged']

/** Warns of tags of the command line that no task has had, after a run that came to its end. */
export function warnOfTags(run: RunInProgress, plays: readonly Play[]): void {
  const { only, skip } = run.options.tags
  const asked = [...new Set([...only, ...skip])].filter((tag) => !SPECIAL.includes(tag))
  if (asked.length === 0) return
  const known = new Set([...plays.flatMap((play) => writtenTags(play, run)), ...run.tagsSeen])
  for (const tag of asked.filter((each) => !known.has(each))) {
    const names = [...known].filter((each) => !SPECIAL.includes(each))
    const hint =
      suggestion(tag, names) ?? (names.length > 0 ? `there are ${names.toSorted().join(', ')}` : undefined)
    const text = `no task has the tag '${tag}'${hint === undefined ? '' : `; ${hint}`}`
    run.emit({ type: 'message', severity: 'warning', text })
  }
}

/** Fails where `--start-at-task` named a task that the run has not come to. @throws {UserError} */
export function requireStart(run: RunInProgress): void {
  const { startAtTask } = run.options
  const seen = tasksSeen(run)
  if (startAtTask === undefined || seen === 'started' || run.signal.aborted) return
  const hint = suggestion(startAtTask, seen)
  throw new UserError(`no task matches --start-at-task '${startAtTask}'${hint ? `; ${hint}` : ''}`)
}

function writtenTags(play: Play, run: RunInProgress): string[] {
  const scope = new Scope([run.extraVars], { playbookDir: play.directory, searchPath: () => [] })
  const below = (step: Step): Node[] =>
    step.kind === 'task' ? [step] : [step, ...[...step.block, ...step.rescue, ...step.always].flatMap(below)]
  const steps = [...play.preTasks, ...play.roles, ...play.tasks, ...play.postTasks, ...play.handlers]
  return [play, ...steps.flatMap(below)].flatMap((node) => {
    try {
      return tagsOf(node, scope)
    } catch {
      // A template that only a host can tell: those are seen when a host comes to the task.
      return []
    }
  })
}
