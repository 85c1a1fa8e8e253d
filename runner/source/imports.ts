import { textOf } from '../variables/text.ts'
import { Template } from '../variables/template.ts'
import { own } from '../variables/value.ts'
import { SourceError } from './diagnostic.ts'
import { describe } from './check-value.ts'
import { displayPath } from './files.ts'
import type { Loading } from './loading.ts'
import type { Location } from './location.ts'
import type { Node, Step, Task } from './model.ts'
import { rolesArePublic } from './role-privacy.ts'
import { loadRole } from './role-use.ts'
import { findTaskFile } from './search.ts'
import { emptyBlock, loadSteps, textArgument, type StepContext } from './steps.ts'

/** `import_tasks`: a block with the keywords of the import, and the file's tasks in it. */
export function importTasks(task: Task, context: StepContext): Step[] {
  const { loading } = context
  refuseLoop(loading, task)
  const name = staticText(loading, textArgument(task, 'file'), task, task.locateArgument('file'))
  if (name === undefined) return []
  const found = findTaskFile(name, task)
  if (found.path === undefined) {
    const hint = `looked for ${found.tried.map(displayPath).join(', ')}`
    loading.error(`there is no task file '${name}'`, task.locateArgument('file'), hint)
    return []
  }
  const block = emptyBlock(task, task.parent)
  block.block.push(...loadTasksInto(found.path, task.locateArgument('file'), { ...context, parent: block }))
  return [block]
}

/** Reads a file of tasks as children of `context.parent`. */
export function loadTasksInto(path: string, from: Location, context: StepContext): Step[] {
  const { loading, chain } = context
  if (chain.includes(path)) {
    const circle = [...chain.slice(chain.indexOf(path)), path].map(displayPath)
    loading.error(`'${displayPath(path)}' imports itself`, from, circle.join(' → '))
    return []
  }
  const written = loading.read(path)
  if (written === null || written === undefined) return []
  if (!Array.isArray(written)) {
    const location = { file: displayPath(path), line: 1, column: 1 }
    loading.error(
      `a task file must hold a list of tasks, not ${describe(written)}`,
      location,
      `begin each task with '- '`,
    )
    return []
  }
  return loadSteps(written, { ...context, file: path, chain: [...chain, path] })
}

/** `import_role`: the blocks of its dependencies, then its own. */
export function importRole(task: Task, context: StepContext): Step[] {
  const { loading } = context
  refuseLoop(loading, task)
  const at = (argument: string) => task.locateArgument(argument)
  const argument = (name: string) => staticText(loading, textArgument(task, name), task, at(name))
  const wanted = (name: string) => {
    const value = own(task.args, name)
    const said = value instanceof Template ? staticText(loading, value, task, at(name)) : value
    return !/^(false|no|off|0)$/i.test(textOf(said ?? ''))
  }
  const written = textArgument(task, 'name', 'role')
  const name = staticText(loading, written, task, at(Object.hasOwn(task.args, 'name') ? 'name' : 'role'))
  if (name === undefined || context.handler) return []
  const use = loadRole(
    {
      name,
      params: {},
      keywords: task.keywords,
      node: task,
      parent: task.parent!,
      tasksFrom: argument('tasks_from'),
      varsFrom: argument('vars_from'),
      defaultsFrom: argument('defaults_from'),
      handlersFrom: argument('handlers_from'),
      public: Object.hasOwn(task.args, 'public') ? wanted('public') : (rolesArePublic() ?? true),
      allowDuplicates: wanted('allow_duplicates'),
      checkArguments: wanted('rolespec_validate'),
      location: at(Object.hasOwn(task.args, 'name') ? 'name' : 'role'),
    },
    context,
  )
  context.roleHandlers.push(...use.handlers)
  return use.blocks
}

/** A name that must be known before the run: text, or a template of extra variables and what the author wrote above. */
export function staticText(
  loading: Loading,
  value: string | Template | undefined,
  at: Node,
  location: Location,
): string | undefined {
  if (!(value instanceof Template)) return value
  const { resolveStatic } = loading.options
  const hint = `facts and inventory variables are not known yet: use an include, or give the variable with '-e'`
  if (resolveStatic === undefined) {
    loading.error('the name of what is imported must be known before the run', location, hint)
    return undefined
  }
  try {
    return resolveStatic(value, at)
  } catch (error) {
    const why = error instanceof SourceError ? error.diagnostics[0]!.message : (error as Error).message
    loading.error(`the name of what is imported must be known before the run: ${why}`, location, hint)
    return undefined
  }
}

function refuseLoop(loading: Loading, task: Task): void {
  const loop = Object.keys(task.keywords).find((keyword) => keyword === 'loop' || keyword.startsWith('with_'))
  if (loop === undefined) return
  const dynamic = task.action.replace('import', 'include')
  loading.error(`'${task.action}' cannot loop`, task.locate(loop), `use '${dynamic}'`)
}
