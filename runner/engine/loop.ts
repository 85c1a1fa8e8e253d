import { UndefinedVariable } from '../expressions/errors.ts'
import { evaluate, evaluateCondition } from '../expressions/evaluate.ts'
import { runLookup } from '../expressions/lookup.ts'
import { describe } from '../source/check-value.ts'
import { SourceError, sourceError } from '../source/diagnostic.ts'
import type { Task } from '../source/model.ts'
import { dictLayer, type Scope } from '../variables/scope.ts'
import { Unknown } from '../variables/unknown.ts'
import { asList, type Dict, isDict, omit, own, type Value } from '../variables/value.ts'
import type { Performed } from './perform.ts'
import { truth } from './truth.ts'
import { textOf } from '../variables/text.ts'

/** A task's loop as it was written. */
export interface Loop {
  readonly variable: string
  readonly indexVariable: string | undefined
  readonly extended: boolean
  /** Whether `ansible_loop` holds the whole list too. */
  readonly allItems: boolean
  readonly label: Value | undefined
  /** Seconds between items. */
  readonly pause: number
  readonly breakWhen: Value | undefined
  items(scope: Scope): Value[] | Unknown
  breaks(scope: Scope): boolean
}

/** One round of a loop. */
export interface LoopItem {
  readonly item: Value
  readonly index: number
  readonly scope: Scope
  /** How the item is shown. */
  label(performed: Performed): string
  /** The scope in which `break_when` is asked after the round. */
  after(performed: Performed): Scope
}

/**
 * The loop of a task (`loop` or a `with_…`), or undefined.
 *
 * @source https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_loops.html
 */
export function loopOf(task: Task, scope: Scope): Loop | undefined {
  const written = loopKeyword(task)
  if (written === undefined) return undefined
  const control = isDict(task.keywords['loop_control']) ? task.keywords['loop_control'] : {}
  const option = (name: string): Value | undefined => {
    const value = evaluate(own(control, name) ?? null, scope)
    return value === null || value === omit ? undefined : value
  }
  const text = (name: string) => {
    const value = option(name)
    return value === undefined ? undefined : textOf(value)
  }
  const breakWhen = own(control, 'break_when')
  return {
    variable: text('loop_var') ?? 'item',
    indexVariable: text('index_var'),
    extended: truth(option('extended') ?? false),
    allItems: truth(option('extended_allitems') ?? true),
    label: own(control, 'label'),
    pause: Number(option('pause') ?? 0),
    breakWhen,
    items: (scope) => (written === 'loop' ? listOf(written, task, scope) : lookedUp(written, task, scope)),
    breaks: (scope) =>
      asList(breakWhen!).every(
        (each) => evaluateCondition(each, task.locate('loop_control'), scope) === true,
      ),
  }
}

function lookedUp(written: string, task: Task, scope: Scope): Value[] | Unknown {
  const place = task.locate(written)
  if (isList(written)) return listOf(written, task, scope)
  try {
    return runLookup(written.slice('with_'.length), task.keywords[written]!, scope, place)
  } catch (error) {
    if (written !== 'with_dict' || !(error instanceof SourceError) || error instanceof UndefinedVariable)
      throw error
    throw sourceError(`with_dict expects a dict: ${error.message}`, place)
  }
}

const isList = (written: string) => /^with_(ansible\.(builtin|legacy)\.)?list$/.test(written)

function listOf(written: string, task: Task, scope: Scope): Value[] | Unknown {
  const value = evaluate(task.keywords[written]!, scope)
  if (Array.isArray(value) || value instanceof Unknown) return value
  if (written !== 'loop')
    throw sourceError(`with_list expects a list, not ${describe(value)}`, task.locate(written))
  throw sourceError(
    `Invalid data passed to 'loop', it requires a list, got this instead: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
    task.locate(written),
    'Hint: If you passed a list/dict of just one element, try adding wantlist=True to your lookup invocation or use q/query instead of lookup.',
  )
}

/** The rounds of a loop, each with its variables on top of the task's. */
export function* itemScopes(loop: Loop, items: readonly Value[], scope: Scope): Generator<LoopItem> {
  for (const [index, item] of items.entries()) {
    const variables: Dict = { [loop.variable]: item, ansible_loop_var: loop.variable }
    if (loop.indexVariable !== undefined) {
      variables[loop.indexVariable] = index
      variables['ansible_index_var'] = loop.indexVariable
    }
    if (loop.extended) variables['ansible_loop'] = extended(loop, items, index)
    const inside = withLoopVariables(scope, variables)
    yield {
      item,
      index,
      scope: inside,
      label: () => labelOf(loop, item, inside),
      after: () => inside,
    }
  }
}

// Loop variables stand above everything but what the run itself says.
function withLoopVariables(scope: Scope, variables: Dict): Scope {
  return scope.under(dictLayer('loop', variables))
}

function labelOf(loop: Loop, item: Value, scope: Scope): string {
  try {
    const label = loop.label === undefined ? item : evaluate(loop.label, scope)
    return typeof label === 'string' ? label : JSON.stringify(label)
  } catch {
    return typeof item === 'string' ? item : JSON.stringify(item)
  }
}

function extended({ allItems }: Loop, items: readonly Value[], index: number): Dict {
  return {
    ...(allItems ? { allitems: [...items] } : {}),
    index: index + 1,
    index0: index,
    revindex: items.length - index,
    revindex0: items.length - index - 1,
    first: index === 0,
    last: index === items.length - 1,
    length: items.length,
    ...(index > 0 ? { previtem: items[index - 1]! } : {}),
    ...(index + 1 < items.length ? { nextitem: items[index + 1]! } : {}),
  }
}

/** Whether a task may run more than once. */
export function loops(task: Task): boolean {
  return loopKeyword(task) !== undefined
}

function loopKeyword({ keywords }: Task): string | undefined {
  return Object.keys(keywords).find((keyword) => keyword === 'loop' || keyword.startsWith('with_'))
}
