import { Template } from '../variables/template.ts'
import { own } from '../variables/value.ts'
import { includeBlock } from './include-block.ts'
import { loadTasksInto } from './imports.ts'
import { displayPath } from './files.ts'
import type { Node, Step, Task } from './model.ts'
import { loadRole } from './role-use.ts'
import { findTaskFile } from './search.ts'
import { textArgument, type StepContext } from './steps.ts'

/** What an `include_tasks` or `include_role` will bring, as far as it could be read before the run. */
export interface Ahead {
  readonly steps: readonly Step[]
  readonly handlers: readonly Step[]
}

const read = new WeakMap<Task, Ahead>()

/** What was read ahead for a task; undefined when its name is a template, or its file is not there yet. */
export function aheadOf(task: Task): Ahead | undefined {
  return read.get(task)
}

/**
 * Reads what a dynamic include names before the run begins, so that mistakes in it are told before anything is
 * touched. Only an include that is sure to run counts: what a condition, an empty loop or an earlier failure may keep
 * from running might be meant for other systems, and is looked at by `lint` only. A file that is not there may be made
 * by the run itself.
 */
export function readAhead(task: Task, context: StepContext): void {
  const { ahead = 'sure' } = context.loading.options
  if (ahead === 'none' || (ahead === 'sure' && (context.guarded === true || !isSure(task)))) return
  const roleHandlers: Step[] = []
  const inside = { ...context, parent: includeBlock(task), roleHandlers }
  const steps = task.action === 'include_tasks' ? tasksAhead(task, inside) : roleAhead(task, inside)
  if (steps !== undefined) read.set(task, { steps, handlers: roleHandlers })
}

function tasksAhead(task: Task, context: StepContext): Step[] | undefined {
  const name = textArgument(task, 'file')
  if (typeof name !== 'string') return undefined
  const { path, tried } = findTaskFile(name, task)
  const location = task.locateArgument('file')
  if (path === undefined) {
    if (context.loading.options.ahead === 'all') {
      const hint = `looked for ${tried.map(displayPath).join(', ')}`
      context.loading.error(`there is no task file '${name}'`, location, hint)
    }
    return undefined
  }
  // A file that includes itself under a condition is a loop, not a mistake.
  return context.chain.includes(path) ? undefined : loadTasksInto(path, location, context)
}

function roleAhead(task: Task, context: StepContext): Step[] | undefined {
  const argument = (name: string) => textArgument(task, name)
  const given = ['name', 'role', 'tasks_from', 'vars_from', 'defaults_from', 'handlers_from']
  if (given.some((name) => argument(name) instanceof Template)) return undefined
  const text = (name: string) => argument(name) as string | undefined
  const name = text('name') ?? text('role')
  if (name === undefined) return undefined
  const { blocks, handlers } = loadRole(
    {
      name,
      params: {},
      keywords: {},
      node: task,
      parent: context.parent,
      tasksFrom: text('tasks_from'),
      varsFrom: text('vars_from'),
      defaultsFrom: text('defaults_from'),
      handlersFrom: text('handlers_from'),
      public: own(task.args, 'public') === true,
      allowDuplicates: true,
      checkArguments: own(task.args, 'rolespec_validate') !== false,
      location: task.locateArgument(own(task.args, 'name') === undefined ? 'role' : 'name'),
    },
    { ...context, quiet: true },
  )
  context.roleHandlers.push(...handlers)
  return blocks
}

/** Whether nothing stands in the way of a task but the tags of the run. */
export function isSure(task: Task): boolean {
  const loops = Object.keys(task.keywords).some(
    (keyword) => keyword === 'loop' || keyword.startsWith('with_'),
  )
  if (loops || Object.hasOwn(task.keywords, 'ignore_errors')) return false
  for (let at: Node | undefined = task; at !== undefined; at = at.parent) {
    if (Object.hasOwn(at.keywords, 'when')) return false
    if (JSON.stringify(own(at.keywords, 'tags') ?? '').includes('never')) return false
  }
  return !task.handler
}
