import { existsSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { AuthorFileMissing } from '../modules/author-files.ts'
import { roleOf, type Step, type Task } from '../source/model.ts'
import { dictLayer, type Layer, type Scope } from '../variables/scope.ts'
import { type Dict, own, type Value } from '../variables/value.ts'
import { rolesArePublic } from '../source/role-privacy.ts'
import { runControlTask } from './control-task.ts'
import { mayBeFatal } from './fatal.ts'
import { loopOf } from './loop.ts'
import type { PlayRun, RoleUseOptions } from './run.ts'
import type { TaskContext, TaskEnd } from './task.ts'
import { truth } from './truth.ts'
import { surroundingsOf } from './variables.ts'
import { runSteps } from './walk.ts'
import { textOf } from '../variables/text.ts'

/** `include_tasks`: loads a file of tasks when it is reached and runs it, once for each item of a loop. */
export async function includeTasks(context: TaskContext): Promise<TaskEnd> {
  const { playRun, task } = context
  const included: { steps: Step[]; extra: Layer[] }[] = []
  const end = await runControlTask(context, (args, scope) => {
    const file = findTaskFile(textOf(own(args, 'file') ?? own(args, 'free_form') ?? ''), playRun, task)
    const steps = playRun.run.loader.taskFile(file, task)
    included.push({ steps, extra: loopLayers(context, scope) })
    return { changed: false, result: { include: file } }
  })
  await runIncluded(context, included)
  return end
}

/** `include_role`: the same for a role. */
export async function includeRole(context: TaskContext): Promise<TaskEnd> {
  const { playRun, task } = context
  const included: { steps: Step[]; extra: Layer[] }[] = []
  const end = await runControlTask(context, (args, scope) => {
    const { name, options } = roleIncludeOf(args)
    const { block, handlers } = playRun.run.loader.roleUse(name, options, task)
    if (block.role?.public) playRun.publicRoles.add(block.role)
    for (const handler of handlers) {
      if (!playRun.handlers.some((each) => sameHandler(each, handler))) playRun.handlers.push(handler)
    }
    included.push({ steps: [block], extra: loopLayers(context, scope) })
    return { changed: false, result: { include_role: name } }
  })
  await runIncluded(context, included)
  return end
}

/** What the arguments of an `include_role` say. */
export function roleIncludeOf(args: Dict): { name: string; options: RoleUseOptions } {
  const text = (name: string) => (own(args, name) === undefined ? undefined : textOf(own(args, name)))
  const says = (name: string, otherwise: boolean) => truth(own(args, name) ?? otherwise)
  const options = {
    tasksFrom: text('tasks_from'),
    varsFrom: text('vars_from'),
    defaultsFrom: text('defaults_from'),
    handlersFrom: text('handlers_from'),
    public: says('public', rolesArePublic() ?? false),
    allowDuplicates: says('allow_duplicates', true),
    rolespecValidate: says('rolespec_validate', true),
  }
  return { name: text('name') ?? text('role') ?? '', options }
}

async function runIncluded(
  context: TaskContext,
  included: readonly { steps: Step[]; extra: Layer[] }[],
): Promise<void> {
  const { playRun, host, position } = context
  for (const [index, { steps, extra }] of included.entries()) {
    playRun.lockstep ||= mayBeFatal(steps)
    playRun.upcoming.add(steps, [...position, index], extra)
    await runSteps(playRun, host, steps, [...position, index], extra)
  }
}

// The loop's variables are visible to everything inside of what was included.
function loopLayers({ task, extra }: TaskContext, scope: Scope): Layer[] {
  const loop = loopOf(task, scope)
  if (!loop) return [...extra]
  const names = [
    loop.variable,
    loop.indexVariable,
    'ansible_loop',
    'ansible_loop_var',
    'ansible_index_var',
  ].filter((name) => name !== undefined)
  const values: [string, Value][] = names.flatMap((name) => {
    const value = scope.get(name)
    return value === undefined ? [] : [[name, value]]
  })
  return [dictLayer('loop', Object.fromEntries(values)), ...extra]
}

// Beside the file that includes it first, then where a role or a playbook keeps its tasks.
export function findTaskFile(name: string, playRun: PlayRun, task: Task): string {
  const role = roleOf(task)?.role
  const directories = [
    dirname(task.file),
    ...(role ? [join(role.directory, 'tasks')] : []),
    ...surroundingsOf(playRun, task).searchPath('tasks'),
  ]
  return findAuthorFile(name, directories)
}

/** The first of the directories' files of that name. @throws {AuthorFileMissing} */
export function findAuthorFile(name: string, directories: readonly string[]): string {
  const paths = isAbsolute(name) ? [name] : directories.map((directory) => join(directory, name))
  const found = paths.find((path) => existsSync(path))
  if (found === undefined) throw new AuthorFileMissing(name, [...new Set(paths)])
  return found
}

// A role's handlers stand in a block where the role was included, as do those of any other that the same task includes.
function sameHandler(a: Step, b: Step): boolean {
  return (
    roleOf(a)?.role.directory === roleOf(b)?.role.directory &&
    a.location.file === b.location.file &&
    a.location.line === b.location.line &&
    a.location.column === b.location.column
  )
}
