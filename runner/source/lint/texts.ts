import { Template } from '../../variables/template.ts'
import { isDict, own, type Value } from '../../variables/value.ts'
import { type Location } from '../location.ts'
import type { Block, Play, Task } from '../model.ts'
import type { LoadOptions } from '../options.ts'
import { locate } from '../positions.ts'
import { visitBlocks, visitTasks } from './visit.ts'

/** Something that an author wrote to be evaluated. */
export interface Text {
  readonly source: string
  readonly location: Location
  /** A bare expression, as in `when`, and no template. */
  readonly bare: boolean
  /** Where it stands. */
  readonly node: Play | Block | Task
  /** The includes that brought the node, outermost first. */
  readonly includes: readonly Task[]
}

const CONDITIONS = new Set(['when', 'changed_when', 'failed_when', 'until'])

/** Everything in a play that is evaluated: templates in keywords, variables and arguments, and bare conditions. */
export function* textsOf(play: Play, modules: LoadOptions['modules']): Generator<Text> {
  yield* ofKeywords(play, [])
  for (const block of visitBlocks(play)) {
    yield* ofKeywords(block, [])
    if (block.role) {
      yield* inValue(block.role.params, block, [])
      yield* inValue(block.role.role.defaults, block, [])
      yield* inValue(block.role.role.vars, block, [])
    }
  }
  for (const { task, includes } of visitTasks(play)) {
    if (task.name instanceof Template) yield* inValue(task.name, task, includes)
    yield* ofKeywords(task, includes)
    const bare = new Set(modules.get(task.action)?.expressions)
    for (const argument of Object.keys(task.args)) {
      const value = task.args[argument]!
      if (bare.has(argument)) yield* bareIn(value, task.locateArgument(argument), task, includes)
      else yield* inValue(value, task, includes)
    }
    if (task.argsTemplate) yield* inValue(task.argsTemplate, task, includes)
    if (task.actionTemplate) yield* inValue(task.actionTemplate, task, includes)
  }
}

function* ofKeywords(node: Play | Block | Task, includes: readonly Task[]): Generator<Text> {
  for (const keyword of Object.keys(node.keywords)) {
    const value = node.keywords[keyword]!
    if (CONDITIONS.has(keyword)) yield* bareIn(value, node.locate(keyword), node, includes)
    else if (keyword === 'loop_control' && isDict(value)) {
      yield* inValue(value, node, includes)
      const until = own(value, 'break_when')
      if (until !== undefined)
        yield* bareIn(until, locate(value, 'break_when') ?? node.locate(keyword), node, includes)
    } else if (keyword !== 'module_defaults') yield* inValue(value, node, includes)
  }
}

function* inValue(value: Value, node: Text['node'], includes: readonly Task[]): Generator<Text> {
  if (value instanceof Template)
    yield { source: value.source, location: value.location, bare: false, node, includes }
  else if (Array.isArray(value)) for (const item of value) yield* inValue(item, node, includes)
  else if (isDict(value)) for (const item of Object.values(value)) yield* inValue(item, node, includes)
}

function* bareIn(
  value: Value,
  location: Location,
  node: Text['node'],
  includes: readonly Task[],
): Generator<Text> {
  if (typeof value === 'string') yield { source: value, location, bare: true, node, includes }
  else if (value instanceof Template) yield* inValue(value, node, includes)
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      yield* bareIn(item, locate(value, index) ?? location, node, includes)
  }
}
