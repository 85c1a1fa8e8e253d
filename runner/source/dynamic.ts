import { resolve } from 'node:path'
import { checkArguments } from '../modules/normalize.ts'
import { isDict, type Dict, type Value } from '../variables/value.ts'
import { describe } from './check-value.ts'
import { sourceError } from './diagnostic.ts'
import { displayPath } from './files.ts'
import { loadTasksInto } from './imports.ts'
import { Loading } from './loading.ts'
import type { Location } from './location.ts'
import type { Block, Play, Step, Task } from './model.ts'
import type { LoadOptions } from './options.ts'
import { locate } from './positions.ts'
import { includeBlock } from './include-block.ts'
import { loadRole } from './role-use.ts'
import { findModule } from './module-names.ts'
import { unknownModule } from './task-keys.ts'
import type { StepContext } from './steps.ts'

/**
 * Reads the file of an `include_tasks`. An empty file gives no steps.
 *
 * @param path as `findTaskFile` found it
 * @param parent what its steps inherit from, usually an `includeBlock`
 * @param how.handler whether the include was notified as a handler, so that its tasks are handlers too
 * @throws {SourceError} with everything that is wrong in it and in what it imports
 */
export function loadTaskFile(
  path: string,
  parent: Play | Block,
  options: LoadOptions,
  how: { readonly handler?: boolean; readonly location?: Location } = {},
): { steps: Step[]; handlers: Step[] } {
  const loading = new Loading(options)
  const context = contextIn(loading, parent, path, how.handler === true)
  const steps = loadTasksInto(resolve(path), how.location ?? parent.location, context)
  loading.finish()
  return { steps, handlers: context.roleHandlers }
}

/** What `include_role` was told, evaluated. */
export interface RoleInclude {
  readonly name: string
  readonly tasksFrom?: string
  readonly varsFrom?: string
  readonly defaultsFrom?: string
  readonly handlersFrom?: string
  /** @default false */
  readonly public?: boolean
  /** @default true */
  readonly allowDuplicates?: boolean
  /** @default true */
  readonly rolespecValidate?: boolean
}

/**
 * Reads the role of an `include_role`: its block, which begins with the blocks of its dependencies, and the handlers
 * that it brings to the play.
 *
 * @param parent what the role's tasks inherit from, usually an `includeBlock`
 * @throws {SourceError} with everything that is wrong in the role's files, or that there is no such role
 */
export function loadRoleUse(
  include: RoleInclude,
  task: Task,
  parent: Block,
  options: LoadOptions,
): { block: Block; handlers: Step[] } {
  const loading = new Loading(options)
  const context = contextIn(loading, parent, task.file, false)
  const { blocks, handlers } = loadRole(
    {
      ...include,
      params: {},
      keywords: {},
      node: task,
      parent,
      public: include.public === true,
      allowDuplicates: include.allowDuplicates !== false,
      checkArguments: include.rolespecValidate !== false,
      location: task.locateArgument('name'),
    },
    context,
  )
  loading.finish()
  const block = blocks.at(-1)!
  block.block.unshift(...blocks.slice(0, -1))
  return { block, handlers: [...handlers, ...context.roleHandlers] }
}

/**
 * The task that is meant by one whose module's name is a template (`Task.actionTemplate`).
 *
 * @param name what the template gave
 * @throws {SourceError} when there is no such module, or the task's arguments are not its
 */
export function resolveAction(task: Task, name: string, options: LoadOptions): Task {
  const loading = new Loading(options)
  const definition = findModule(name, options.modules)
  if (definition === undefined) throw sourceError(...unknownModule(loading, name, task.locate('action')))
  const entries = Object.entries(task.args).map(([argument, value]): [string, Value] => [
    argument === '_raw_params' ? (definition.freeForm ?? argument) : argument,
    value,
  ])
  const args = Object.fromEntries(entries)
  const partial = task.argsTemplate !== undefined
  loading.add(
    checkArguments(definition, args, (argument) => task.locateArgument(argument), { name, partial }),
  )
  loading.finish()
  return { ...task, action: definition.name, writtenAction: name, actionTemplate: undefined, args }
}

/**
 * Reads a file of variables (`vars_files`, `include_vars`, `-e @file`). Values of a file that is encrypted as a whole
 * are secrets.
 *
 * @throws {SourceError} when it cannot be read, is not YAML, or holds anything but a dictionary
 */
export function loadVarsFile(
  path: string,
  options: Pick<LoadOptions, 'decrypt' | 'onWarning'> = {},
): { values: Dict; locate(variable: string): Location | undefined } {
  const loading = new Loading({ ...options, modules: { get: () => undefined, names: () => [] } })
  const value = loading.read(resolve(path), { secrets: true }) ?? {}
  loading.finish()
  if (!isDict(value)) {
    const start = { file: displayPath(resolve(path)), line: 1, column: 1 }
    throw sourceError(`the file must hold a dictionary of variables, not ${describe(value)}`, start)
  }
  return { values: value, locate: (variable) => locate(value, variable, 'key') }
}

/**
 * What the engine loads while it runs, with one set of options. What one include has brought for one host is the same
 * for the next host, down to the same task objects.
 *
 * @param onHandlers takes the handlers of roles that a task file imports
 */
export function createLoader(options: LoadOptions, onHandlers: (handlers: Step[]) => void = () => {}) {
  const loaded = new WeakMap<Task, Map<string, unknown>>()
  const once = <T>(include: Task, key: string, load: () => T): T => {
    const known = loaded.get(include) ?? new Map<string, unknown>()
    loaded.set(include, known)
    if (!known.has(key)) known.set(key, load())
    return known.get(key) as T
  }
  return {
    taskFile(path: string, include: Task): Step[] {
      return once(include, path, () => {
        const how = { handler: include.handler, location: include.locateArgument('file') }
        const { steps, handlers } = loadTaskFile(path, includeBlock(include), options, how)
        onHandlers(handlers)
        return steps
      })
    },
    roleUse(
      name: string,
      include: Omit<RoleInclude, 'name'>,
      task: Task,
    ): { block: Block; handlers: Step[] } {
      return once(task, JSON.stringify([name, include]), () =>
        loadRoleUse({ ...include, name }, task, includeBlock(task), options),
      )
    },
    action(task: Task, name: string): Task {
      return once(task, `action ${name}`, () => resolveAction(task, name, options))
    },
    varsFile(path: string): Dict {
      return loadVarsFile(path, options).values
    },
  }
}

function contextIn(loading: Loading, parent: Play | Block, file: string, handler: boolean): StepContext {
  return { loading, file, parent, handler, chain: [], roleHandlers: [] }
}
