import { evaluate } from '../expressions/evaluate.ts'
import { SourceError } from '../source/diagnostic.ts'
import { isInclude, type Step, type Task } from '../source/model.ts'
import { AuthorFileMissing } from '../modules/author-files.ts'
import { isDict, own } from '../variables/value.ts'
import { Unknown } from '../variables/unknown.ts'
import type { HostRun } from './host-run.ts'
import { findTaskFile, roleIncludeOf } from './includes.ts'
import type { PlayRun } from './run.ts'
import { tagsOf } from './task-tags.ts'
import { scopeOf } from './variables.ts'

/** So many includes within includes are looked into. */
const DEEPEST = 20

/**
 * Whether `--tags` asks for a task inside of an include that has no such tag itself. What is included is looked into
 * where its name can be told; a task in there must have one of the tags by name. Ansible does not look, which
 * `REHEARSAL_TAGS_REACH_INTO_INCLUDES=false` asks for.
 */
export function reachesInto(playRun: PlayRun, host: HostRun, task: Task, depth = 0): boolean {
  const { tags: asked, tagsReachIntoIncludes } = playRun.run.options
  const { only, skip } = asked
  if (!tagsReachIntoIncludes) return false
  if (!isInclude(task) || only.length === 0 || depth > DEEPEST) return false
  const own = tagsOf(task, scopeOf(playRun, host, task))
  if (own.includes('never') || own.some((tag) => skip.includes(tag))) return false
  return tasksOf(included(playRun, host, task)).some((each) => {
    const tags = tagsOf(each, scopeOf(playRun, host, each))
    for (const tag of tags) playRun.run.tagsSeen.add(tag)
    return tags.some((tag) => only.includes(tag)) || reachesInto(playRun, host, each, depth + 1)
  })
}

/** What an include would bring; nothing where that cannot be told, or is wrong: then it is as if it were not there. */
function included(playRun: PlayRun, host: HostRun, task: Task): readonly Step[] {
  const { loader } = playRun.run
  try {
    const args = evaluate(task.argsTemplate ?? task.args, scopeOf(playRun, host, task))
    if (args instanceof Unknown || !isDict(args)) return []
    if (task.action === 'include_role') {
      const { name, options } = roleIncludeOf(args)
      return [loader.roleUse(name, options, task).block]
    }
    const file = own(args, 'file') ?? own(args, 'free_form')
    return typeof file === 'string' ? loader.taskFile(findTaskFile(file, playRun, task), task) : []
  } catch (error) {
    if (error instanceof SourceError || error instanceof AuthorFileMissing) return []
    throw error
  }
}

function tasksOf(steps: readonly Step[]): Task[] {
  return steps.flatMap((step) =>
    step.kind === 'task' ? [step] : tasksOf([...step.block, ...step.rescue, ...step.always]),
  )
}
