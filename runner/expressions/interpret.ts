import { Secret } from '../variables/secret.ts'
import { Template } from '../variables/template.ts'
import { Unknown, mergeUnknown } from '../variables/unknown.ts'
import { omit, type Dict, type Value } from '../variables/value.ts'
import { callValue } from './call.ts'
import { locate, UndefinedVariable } from './errors.ts'
import { filterNamed } from './filters.ts'
import type { Frame } from './frame.ts'
import { globals } from './globals.ts'
import type { Arguments, CompareOperator, Node } from './grammar/nodes.ts'
import {
  Callable,
  Failure,
  Float,
  NoElse,
  UnknownMet,
  Undefined,
  UndefinedFailure,
  float,
  otherwise,
  tuple,
  type Item,
} from './items.ts'
import { lift, unlessUnknown } from './marks.ts'
import { entriesOf, isMapping } from './mapping.ts'
import { missing, undefinedName } from './missing.ts'
import { attribute, element, sliced } from './members.ts'
import { own } from './owned.ts'
import { calculate } from './python/arithmetic.ts'
import { compare, contains, equals, truthy } from './python/compare.ts'
import { numeric, typeName } from './python/numbers.ts'
import { printed, str } from './python/text.ts'
import { invoke, type Named } from './routine.ts'
import { testNamed } from './tests.ts'

/**
 * The value of an expression. It may be undefined, unknown or secret, and a list or dictionary in it may still hold
 * templates: `foo.bar` must not fail because `foo.baz` does.
 */
export function run(node: Node, frame: Frame): Item {
  switch (node.kind) {
    case 'constant':
      return node.value
    case 'float':
      return float(node.value)
    case 'name':
      return otherwise(nameValue(node.name, frame), () => undefinedName(node.name, node.at, frame))
    case 'attribute':
      return readAttribute(node, frame)
    case 'item':
      return readItem(node, frame)
    case 'filter':
      return runFilter(node, frame)
    case 'test':
      return runTest(node, frame)
    case 'compare':
    case 'not':
      return decide(node, frame)
    case 'logic':
      return runLogic(node, frame)
    case 'call':
      return runCall(node, frame)
    case 'condition':
      return runCondition(node, frame)
    case 'binary': {
      const left = operand(node.left, frame)
      const right = operand(node.right, frame)
      frame.at = node.at
      if (typeof left === 'number' && typeof right === 'number') return calculate(node.operator, left, right)
      if (node.operator === '+' && Array.isArray(left) && Array.isArray(right))
        return calculate('+', left, right)
      return lift([left, right], (a, b) => calculate(node.operator, a, b))
    }
    case 'concat': {
      const parts = node.parts.map((part) => operand(part, frame))
      frame.at = node.at
      return lift(parts, (...revealed) => revealed.map(str).join(''))
    }
    case 'sign': {
      const value = operand(node.operand, frame)
      frame.at = node.at
      return lift([value], (number) => signed(node.negative, number))
    }
    case 'list':
      return own(node.items.map((item) => defined(item, frame)) as Value[])
    case 'tuple':
      return tuple(node.items.map((item) => defined(item, frame)))
    case 'dict':
      return runDict(node, frame)
    case 'slice':
      return runSlice(node, frame)
    case 'embedded':
      return runEmbedded(node, frame)
    default:
      return node satisfies never
  }
}

/** The value of an expression that must be defined. @throws UndefinedVariable at its place. */
export function defined(node: Node, frame: Frame): Item {
  const item = run(node, frame)
  return item instanceof Undefined ? need(item, node, frame) : item
}

/** The value of an expression with every template in it evaluated. */
export function operand(node: Node, frame: Frame): Item {
  return frame.evaluation.settle(defined(node, frame))
}

/** What stands in for something undefined that is needed: nothing but an error, or the empty text of a missing `else`. */
export function need(item: Undefined, node: Node, frame: Frame): '' {
  if (item instanceof NoElse) return ''
  if (item.cause !== undefined) throw item.cause
  const location = locate(frame.origin, item.at ?? node.at)
  throw new UndefinedVariable({ severity: 'error', message: item.message, hint: item.hint?.(), location })
}

/** Three-valued truth: an unknown operand leaves `and` and `or` decided where the other operand decides. */
export function decide(node: Node, frame: Frame): boolean | Unknown {
  switch (node.kind) {
    case 'not': {
      const value = decide(node.operand, frame)
      return value instanceof Unknown ? value : !value
    }
    case 'logic': {
      const decisive = node.operator === 'or'
      const left = decide(node.left, frame)
      if (left === decisive) return left
      const right = decide(node.right, frame)
      if (right === decisive || !(left instanceof Unknown)) return right
      return right instanceof Unknown ? mergeUnknown([left, right]) : left
    }
    case 'compare':
      return runCompare(node, frame)
    default: {
      const item = defined(node, frame)
      return item instanceof Unknown ? item : truthy(item)
    }
  }
}

/** `decide` where there is no third way. @throws UnknownMet */
export function decided(node: Node, frame: Frame): boolean {
  const value = decide(node, frame)
  if (value instanceof Unknown) throw new UnknownMet(value)
  return value
}

/** Local names, variables, then global functions; undefined when there is none. */
function nameValue(name: string, frame: Frame): Item | undefined {
  const known = namedValue(name, frame)
  if (known !== undefined) return known
  if (name === 'omit') return omit
  const routine = Object.hasOwn(globals, name) ? globals[name] : undefined
  if (routine === undefined) return undefined
  return new Callable(name, (args, named) => invoke(routine, args, named, frame))
}

/** A name set in the text, or a variable. */
function namedValue(name: string, frame: Frame): Item | undefined {
  const local = frame.locals?.get(name)
  return local === undefined ? frame.evaluation.variable(name) : local
}

function readAttribute(node: Node & { kind: 'attribute' }, frame: Frame): Item {
  const object = run(node.object, frame)
  if (object instanceof Undefined || object instanceof Unknown) return object
  frame.at = node.at
  return otherwise(attribute(object, node.name, frame), () => missing(node, object, node.name))
}

function readItem(node: Node & { kind: 'item' }, frame: Frame): Item {
  const object = run(node.object, frame)
  if (object instanceof Undefined) return object
  const key = operand(node.key, frame)
  frame.at = node.at
  if (object instanceof Unknown) return object
  if (key instanceof Unknown) return key
  return otherwise(element(object, key, frame), () => missing(node, object, key))
}

function runFilter(node: Node & { kind: 'filter' }, frame: Frame): Item {
  frame.at = node.at
  const routine = filterNamed(node.name, frame.evaluation.scope.surroundings)
  const input = node.input === undefined ? null : run(node.input, frame)
  return invokeAt(node, routine, [input], frame)
}

function runTest(node: Node & { kind: 'test' }, frame: Frame): Item {
  frame.at = node.at
  const routine = testNamed(node.name, frame.evaluation.scope.surroundings)
  return invokeAt(node, routine, [run(node.input, frame)], frame)
}

/** Evaluates the arguments and calls. */
function invokeAt(
  node: Node & { arguments: Arguments; name: string },
  routine: ReturnType<typeof filterNamed>,
  first: Item[],
  frame: Frame,
): Item {
  const { args, named } = argumentsOf(node.arguments, frame)
  frame.at = node.at
  try {
    return invoke(routine, [...first, ...args], named, frame)
  } catch (error) {
    if (!(error instanceof Failure) || error instanceof NamedFailure || error instanceof UndefinedFailure)
      throw error
    throw new NamedFailure(`${node.kind} '${node.name}': ${error.message}`, error.hint, error.words)
  }
}

/** A failure that already says in which filter or test it happened. */
class NamedFailure extends Failure {}

function argumentsOf(given: Arguments, frame: Frame): { args: Item[]; named: Named } {
  const args = given.positional.map((argument) => run(argument, frame))
  if (given.spread !== undefined) {
    const spread = operand(given.spread, frame)
    if (spread instanceof Unknown) throw new UnknownMet(spread)
    if (!Array.isArray(spread)) throw new Failure(`'*' needs a list, got ${typeName(spread)}`)
    args.push(...spread)
  }
  if (given.named.length === 0 && given.spreadNamed === undefined) return { args, named: {} }
  const entries = given.named.map(([name, argument]): [string, Item] => [name, run(argument, frame)])
  if (given.spreadNamed !== undefined) {
    const spread = operand(given.spreadNamed, frame)
    if (spread instanceof Unknown) throw new UnknownMet(spread)
    if (!isMapping(spread)) throw new Failure(`'**' needs a dictionary, got ${typeName(spread)}`)
    entries.push(...entriesOf(spread))
  }
  return { args, named: Object.fromEntries(entries) }
}

function runCall(node: Node & { kind: 'call' }, frame: Frame): Item {
  const { callee } = node
  return unlessUnknown(() => {
    if (callee.kind === 'attribute') {
      const object = run(callee.object, frame)
      if (object instanceof Unknown) return object
      if (object instanceof Undefined && !(object instanceof NoElse)) return object
      const { args, named } = argumentsOf(node.arguments, frame)
      frame.at = callee.at
      const result = callValue(object, callee.name, args, named, frame)
      return otherwise(result, () => missing(callee, object, callee.name))
    }
    if (callee.kind === 'name') {
      const shadowed = namedValue(callee.name, frame)
      const routine = Object.hasOwn(globals, callee.name) ? globals[callee.name] : undefined
      if (shadowed === undefined && routine !== undefined) {
        const { args, named } = argumentsOf(node.arguments, frame)
        frame.at = node.at
        return invoke(routine, args, named, frame)
      }
    }
    const value = run(callee, frame)
    if (value instanceof Unknown || value instanceof Undefined) return value
    const { args, named } = argumentsOf(node.arguments, frame)
    frame.at = node.at
    return callValue(value, undefined, args, named, frame)!
  })
}

function runLogic(node: Node & { kind: 'logic' }, frame: Frame): Item {
  const left = defined(node.left, frame)
  const decisive = node.operator === 'or'
  if (!(left instanceof Unknown)) return truthy(left) === decisive ? left : run(node.right, frame)
  const right = defined(node.right, frame)
  if (right === decisive) return right
  return right instanceof Unknown ? mergeUnknown([left, right]) : left
}

function runCondition(node: Node & { kind: 'condition' }, frame: Frame): Item {
  const test = decide(node.test, frame)
  if (test instanceof Unknown) return test
  if (test) return run(node.value, frame)
  if (node.otherwise !== undefined) return run(node.otherwise, frame)
  return new NoElse()
}

function runCompare(node: Node & { kind: 'compare' }, frame: Frame): boolean | Unknown {
  let left = operand(node.first, frame)
  const unknowns: Unknown[] = []
  for (const { operator, operand: next, at } of node.rest) {
    const right = operator === 'in' || operator === 'not in' ? container(next, frame) : operand(next, frame)
    frame.at = at
    const result = unlessUnknown(() => holds(operator, left, right))
    if (result instanceof Unknown) unknowns.push(result)
    else if (result === false) return false
    left = right
  }
  return unknowns.length > 0 ? mergeUnknown(unknowns) : true
}

/** What `in` looks into: a dictionary is asked for its keys only, so its values stay unevaluated. */
function container(node: Node, frame: Frame): Item {
  const item = defined(node, frame)
  return isMapping(item) ? item : frame.evaluation.settle(item)
}

function holds(operator: CompareOperator, left: Item, right: Item): boolean {
  switch (operator) {
    case '==':
      return equals(left, right)
    case '!=':
      return !equals(left, right)
    case '<':
      return compare(left, right) < 0
    case '<=':
      return compare(left, right) <= 0
    case '>':
      return compare(left, right) > 0
    case '>=':
      return compare(left, right) >= 0
    case 'in':
      return contains(right, left)
    case 'not in':
      return !contains(right, left)
    default:
      return operator satisfies never
  }
}

function signed(negative: boolean, item: Item): Item {
  const number = numeric(item)
  if (number === undefined)
    throw new Failure(`a sign needs a number, got ${typeName(item)}`, 'convert it with `| int`')
  const value = negative ? -number : number
  return item instanceof Float ? new Float(value) : value
}

function runDict(node: Node & { kind: 'dict' }, frame: Frame): Item {
  const unknowns: Unknown[] = []
  const entries = node.entries.map(([keyNode, valueNode]): [string, Item] => {
    const key = operand(keyNode, frame)
    frame.at = keyNode.at
    if (key instanceof Unknown) unknowns.push(key)
    const plain = key instanceof Secret ? key.reveal() : key
    if (typeof plain === 'object' && plain !== null && !(plain instanceof Unknown)) {
      throw new Failure(`a ${typeName(plain)} cannot be a key`)
    }
    return [plain instanceof Unknown ? '' : printedKey(plain), defined(valueNode, frame)]
  })
  return unknowns.length > 0 ? mergeUnknown(unknowns) : own(Object.fromEntries(entries) as Dict)
}

function printedKey(key: Item): string {
  return key === null ? 'None' : printed(key)
}

function runEmbedded(node: Node & { kind: 'embedded' }, frame: Frame): Item {
  const template = new Template(node.source, locate(frame.origin, node.offset))
  return node.lazy ? template : frame.evaluation.template(template)
}

function runSlice(node: Node & { kind: 'slice' }, frame: Frame): Item {
  const object = defined(node.object, frame)
  const bounds = [node.start, node.stop, node.step].map((bound) =>
    bound === undefined ? null : operand(bound, frame),
  )
  frame.at = node.at
  return sliced(object, bounds)
}
