import { resolve } from 'node:path'
import { checkArguments } from '../modules/normalize.ts'
import { Template } from '../variables/template.ts'
import { isDict, own, type Dict, type Value } from '../variables/value.ts'
import { actionOf, type Action } from './action.ts'
import { isSure, readAhead } from './ahead.ts'
import { importRole, importTasks } from './imports.ts'
import { engineAction } from './engine-actions.ts'
import { KEYWORDS } from './keywords.ts'
import type { Loading } from './loading.ts'
import { accumulated, roleOf, type Block, type Node, type Play, type Step, type Task } from './model.ts'
import { asDict, listAt, nodeOf } from './node.ts'
import { locate } from './positions.ts'
import { checkKeys } from './task-keys.ts'
import { aroundFile, INSTEAD, pythonPlugin } from './python-plugins.ts'

/** Where steps are being read. */
export interface StepContext {
  readonly loading: Loading
  /** The file they are written in. */
  readonly file: string
  readonly parent: Play | Block
  readonly handler: boolean
  /** What is being imported inside of what, to notice a circle: files and roles. */
  readonly chain: readonly string[]
  /** Takes the handlers of roles that are imported on the way. */
  readonly roleHandlers: Step[]
  /** Only looked at before it is due: a role that is not there, or needs itself, is no mistake yet. */
  readonly quiet?: boolean
  /** Inside of a block that rescues, or after a task that may end the run: not sure to be reached. */
  readonly guarded?: boolean
  /** Inside of a block that rescues. */
  readonly rescued?: boolean
}

/** Reads a list of tasks and blocks. */
export function loadSteps(written: readonly Value[], context: StepContext): Step[] {
  let { guarded } = context
  return written.flatMap((value, index) => {
    const dict = asDict(context.loading, value, written as Value, index, 'a task')
    if (dict === undefined) return []
    const steps = loadStep(dict, { ...context, guarded })
    guarded ||= steps.some(mayEnd)
    return steps
  })
}

/** Whether a task is there to keep what follows from being reached. */
function mayEnd(step: Step): boolean {
  if (step.kind === 'block') return step.block.some(mayEnd)
  return (
    step.action === 'fail' ||
    (step.action === 'meta' && String(textArgument(step, 'free_form')).startsWith('end_'))
  )
}

function loadStep(written: Dict, context: StepContext): Step[] {
  if (Object.hasOwn(written, 'block')) return [loadBlock(written, context)]
  const { loading, parent, handler } = context
  const place = handler ? 'handler' : 'task'
  const orphan = ['rescue', 'always'].find((key) => Object.hasOwn(written, key))
  if (orphan !== undefined) {
    loading.error(
      `'${orphan}' without 'block'`,
      locate(written, orphan, 'key')!,
      `put the tasks it is for under 'block:'`,
    )
    return []
  }
  // Of a task that may fail, as its author says, a wrong value is such a failure.
  const forgiven = !handler && own(written, 'ignore_errors') === true
  const careful = <Result>(load: () => Result) =>
    forgiven ? loading.aside(load) : { result: load(), wrong: [] }
  const { result: node, wrong: keywordsWrong } = careful(() => nodeOf(loading, written, place))
  const { result: action, wrong: actionWrong } = careful(() => actionOf(loading, written, place))
  if (action === undefined) {
    loading.add(actionWrong)
    return []
  }
  const keywords = action.local
    ? Object.fromEntries<Value>([...Object.entries(node.keywords), ['delegate_to', 'localhost']])
    : node.keywords
  const right: Task = {
    ...node,
    kind: 'task',
    parent,
    keywords,
    file: context.file,
    action: action.definition.name,
    actionTemplate: action.nameTemplate,
    writtenAction: action.writtenAction,
    args: action.args,
    argsTemplate: action.argsTemplate,
    handler,
    locateArgument: (argument) => action.locateArgument(argument),
  }
  const { wrong: argumentsWrong } = careful(() => checkTask(written, right, action, context))
  const wrong = [...keywordsWrong, ...actionWrong, ...argumentsWrong]
  const task = wrong.length > 0 ? { ...right, wrong } : right
  switch (task.action) {
    case 'import_tasks':
      return importTasks(task, context)
    case 'import_role':
      return importRole(task, context)
    case 'include_tasks':
    case 'include_role':
      readAhead(task, context)
      return [task]
    default:
      return [task]
  }
}

function loadBlock(written: Dict, context: StepContext): Block {
  const { loading, parent, handler } = context
  checkKeys(loading, written, 'block', 'a block')
  const block = emptyBlock(nodeOf(loading, written, 'block'), parent)
  if (handler)
    loading.error(
      'a block cannot be a handler',
      block.location,
      `give each task of it a 'listen' topic`,
      'Using a block as a handler is not supported.',
    )
  const guarded = context.guarded === true || ['rescue', 'always'].some((key) => Object.hasOwn(written, key))
  const inside = { ...context, parent: block, guarded }
  const rescued = context.rescued === true || Object.hasOwn(written, 'rescue')
  block.block.push(...loadSteps(listAt(written, 'block'), { ...inside, rescued }))
  block.rescue.push(...loadSteps(listAt(written, 'rescue'), inside))
  block.always.push(...loadSteps(listAt(written, 'always'), inside))
  return block
}

/** A block that is still to be filled. */
export type OpenBlock = Block & { readonly block: Step[]; readonly rescue: Step[]; readonly always: Step[] }

export function emptyBlock(
  node: Pick<Node, 'name' | 'keywords' | 'locate' | 'location'>,
  parent: Play | Block | undefined,
  role?: Block['role'],
): OpenBlock {
  const { name, keywords, location } = node
  return {
    kind: 'block',
    name,
    keywords,
    location,
    parent,
    role,
    block: [],
    rescue: [],
    always: [],
    locate: (keyword) => node.locate(keyword),
  }
}

/** Keywords that an include may carry; others would have to reach the included tasks and belong under `apply`. */
const INCLUDE_KEYWORDS = new Set([
  'collections',
  'debugger',
  'ignore_errors',
  'loop',
  'loop_control',
  'no_log',
  'register',
  'run_once',
  'tags',
  'timeout',
  'vars',
  'when',
  'listen',
  'notify',
])

function checkTask(written: Dict, task: Task, action: Action, context: StepContext): void {
  const { loading, handler } = context
  const given = Object.keys(task.args)
  if (action.definition.foreign === true && (loading.options.ahead === 'all' || isSure(task))) {
    const hint = `'play doc' lists those that are; where a condition keeps it from running, it does no harm`
    loading.warning(
      `the module '${task.writtenAction}' is not supported here`,
      action.locateArgument(''),
      hint,
    )
  }
  const plugin = pythonPlugin('action', action.definition.name, aroundFile(task.file))
  if (plugin)
    loading.warning(
      `'${task.writtenAction}' has a plugin in Python (${plugin.place}), which is not run here: only the module is`,
      action.locateArgument(''),
      INSTEAD.action,
    )
  if (action.broken) return
  // Told already: an argument that stands beside the module instead of below it.
  const misplaced = Object.keys(written).some(
    (key) => !Object.hasOwn(KEYWORDS, key) && Object.hasOwn(action.definition.args.properties, key),
  )
  const severity = mayFail(task, context) ? ('warning' as const) : ('error' as const)
  const wrong = checkArguments(
    action.definition,
    task.args,
    (argument, part) => action.locateArgument(argument, part),
    {
      name: task.writtenAction,
      partial: task.argsTemplate !== undefined || misplaced || hasDefaults(task),
    },
  )
  const ansible = invalidOptions(task)
  loading.add(wrong.map((diagnostic) => ({ ...diagnostic, severity, ...(ansible && { ansible }) })))
  if (task.action === 'include_tasks' || task.action === 'include_role') {
    for (const keyword of Object.keys(task.keywords)) {
      if (INCLUDE_KEYWORDS.has(keyword) || keyword.startsWith('with_')) continue
      const hint = `put it under 'apply:' to have it on the included tasks`
      loading.error(`'${keyword}' has no effect on '${task.action}'`, task.locate(keyword), hint)
    }
  }
  if (handler && (task.action === 'include_role' || task.action === 'import_role')) {
    const words = `Using '${task.action}' as a handler is not supported.`
    loading.error(`'${task.action}' cannot be a handler`, task.location, undefined, words)
  }
  if (handler && task.action === 'meta' && textArgument(task, 'free_form') === 'flush_handlers') {
    const words = 'flush_handlers cannot be used as a handler'
    loading.error(`'meta: flush_handlers' cannot be a handler`, task.location, undefined, words)
  }
  if (
    task.action === 'meta' &&
    textArgument(task, 'free_form') === 'end_role' &&
    (handler || !roleOf(task))
  ) {
    const where = handler ? 'from a handler' : 'from outside of a role'
    const words = `Cannot execute 'end_role' ${where}`
    loading.error(`'meta: end_role' ends nothing ${where}`, task.location, undefined, words)
  }
  if (task.action === 'import_role' || task.action === 'include_role') {
    for (const argument of ['tasks_from', 'vars_from', 'defaults_from', 'handlers_from']) {
      const value = own(task.args, argument)
      if (!Array.isArray(value) && !isDict(value)) continue
      const words = `Expected a string for ${argument} but got ${Array.isArray(value) ? 'a list' : 'a dictionary'} instead`
      loading.error(`'${argument}' names one file`, task.locateArgument(argument), undefined, words)
    }
  }
  if (
    (task.action === 'import_tasks' || task.action === 'include_tasks') &&
    !given.includes('file') &&
    !task.argsTemplate
  ) {
    const { file, line, column } = task.location
    const place = `The error appears to be in '${resolve(loading.cwd, file)}': line ${line}, column ${column}.`
    const words = `No file specified for ${task.writtenAction}. ${place}`
    loading.error(`'${task.writtenAction}' names no file`, task.location, undefined, words)
  }
}

const REUSE = new Set(['include_tasks', 'import_tasks', 'include_role', 'import_role'])

/** How Ansible says that an include or import has options that it does not know. */
function invalidOptions({ action, args }: Task): string | undefined {
  if (!REUSE.has(action)) return undefined
  const { properties } = engineAction(action)!.args as { properties: Record<string, { aliases?: string[] }> }
  const known = new Set(Object.entries(properties).flatMap(([name, { aliases = [] }]) => [name, ...aliases]))
  const unknown = Object.keys(args).filter((name) => !known.has(name) && name !== '_raw_params')
  return unknown.length > 0 ? `Invalid options for ${action}: ${unknown.join(',')}` : undefined
}

/** Whether the author is prepared for the task to fail: then wrong arguments fail it when it runs, as in Ansible. */
function mayFail(task: Task, context: StepContext): boolean {
  if (context.rescued === true || ['ignore_errors', 'failed_when'].some((keyword) => sets(task, keyword)))
    return true
  for (let at: Node | undefined = task.parent; at !== undefined; at = at.parent) {
    if ('kind' in at && at.kind === 'block' && (at as Block).rescue.length > 0) return true
  }
  return false
}

function sets(task: Task, keyword: string): boolean {
  return accumulated(task, keyword).some(({ value }) => value !== false && value !== null)
}

/** Whether `module_defaults` above may give arguments that the task leaves out. */
function hasDefaults(task: Task): boolean {
  return accumulated(task, 'module_defaults').some(({ value }) => {
    if (value instanceof Template) return true
    const dicts = Array.isArray(value) ? value : [value]
    return dicts.some(
      (dict) =>
        !isDict(dict) ||
        Object.keys(dict).some((key) => key.startsWith('group/') || key.endsWith(task.action)),
    )
  })
}

/** The text of an argument, also where it was written as a number. */
export function textArgument(task: Task, ...names: readonly string[]): string | Template | undefined {
  for (const name of names) {
    const value = own(task.args, name)
    if (value instanceof Template || typeof value === 'string') return value
    if (typeof value === 'number') return String(value)
  }
  return undefined
}
