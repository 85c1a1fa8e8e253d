import type { Dict, Value } from '../../variables/value.ts'
import { Failure } from '../items.ts'
import { didYouMean } from '../nearest.ts'
import { isMapping, keysOf, toDict } from '../mapping.ts'
import { contains } from '../python/compare.ts'
import { toJson } from '../python/json.ts'
import type { Query } from './parse.ts'
import { evaluateQuery } from './search.ts'

type By = (item: Value) => Value
type Run = (args: Value[], by: By) => Value

/** Calls one of JMESPath's functions; an argument with `&` is applied to each element. @throws Failure */
export function callFunction(name: string, args: readonly Query[], value: Value): Value {
  const run = Object.hasOwn(functions, name) ? functions[name] : undefined
  if (run === undefined)
    throw new Failure(`JMESPath has no function '${name}'`, didYouMean(name, Object.keys(functions)))
  const reference = args.find((arg) => arg.kind === 'reference')
  const by: By = (item) => {
    if (reference?.kind !== 'reference') throw new Failure(`${name}() needs an expression: \`&field\``)
    return evaluateQuery(reference.query, item)
  }
  return run(
    args.filter((arg) => arg.kind !== 'reference').map((arg) => evaluateQuery(arg, value)),
    by,
  )
}

const functions: Record<string, Run> = {
  abs: ([value]) => Math.abs(number(value)),
  avg: ([value]) => {
    const items = list(value).map(number)
    return items.length === 0 ? null : sum(items) / items.length
  },
  ceil: ([value]) => Math.ceil(number(value)),
  contains: ([value, item]) => contains(value ?? null, item ?? null),
  ends_with: ([value, end]) => text(value).endsWith(text(end)),
  floor: ([value]) => Math.floor(number(value)),
  join: ([separator, value]) => list(value).map(text).join(text(separator)),
  keys: ([value]) => keysOf(mapping(value)),
  length: ([value]) => {
    if (typeof value === 'string') return Array.from(value).length
    return Array.isArray(value) ? value.length : keysOf(mapping(value)).length
  },
  map: ([value], by) => list(value).map(by),
  max: ([value]) => extreme(list(value), (item) => item, 1),
  max_by: ([value], by) => extreme(list(value), by, 1),
  merge: (values) => Object.fromEntries(values.flatMap((value) => Object.entries(mapping(value)))),
  min: ([value]) => extreme(list(value), (item) => item, -1),
  min_by: ([value], by) => extreme(list(value), by, -1),
  not_null: (values) => values.find((value) => value !== null) ?? null,
  reverse: ([value]) =>
    typeof value === 'string' ? Array.from(value).reverse().join('') : list(value).toReversed(),
  sort: ([value]) => list(value).toSorted((a, b) => order(a, b)),
  sort_by: ([value], by) => list(value).toSorted((a, b) => order(by(a), by(b))),
  starts_with: ([value, start]) => text(value).startsWith(text(start)),
  sum: ([value]) => sum(list(value).map(number)),
  to_array: ([value]) => (Array.isArray(value) ? value : [value ?? null]),
  to_number: ([value]) => {
    if (typeof value === 'number') return value
    return typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value))
      ? Number(value)
      : null
  },
  to_string: ([value]) =>
    typeof value === 'string' ? value : toJson(value ?? null, { itemSeparator: ',', keySeparator: ':' }),
  type: ([value]) => {
    if (value === null || value === undefined) return 'null'
    if (Array.isArray(value)) return 'array'
    return isMapping(value) ? 'object' : typeof value
  },
  values: ([value]) => Object.values(mapping(value)),
}

function extreme(items: readonly Value[], by: By, sign: 1 | -1): Value {
  return items.reduce(
    (best: Value, item) => (best === null || order(by(item), by(best)) * sign > 0 ? item : best),
    null,
  )
}

function order(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0
  throw new Failure('only numbers, or only texts, can be put in order')
}

function sum(items: readonly number[]): number {
  return items.reduce((total, item) => total + item, 0)
}

function number(value: Value | undefined): number {
  if (typeof value !== 'number') throw new Failure('the function needs a number')
  return value
}

function text(value: Value | undefined): string {
  if (typeof value !== 'string') throw new Failure('the function needs a text')
  return value
}

function list(value: Value | undefined): Value[] {
  if (!Array.isArray(value)) throw new Failure('the function needs a list')
  return value
}

function mapping(value: Value | undefined): Dict {
  if (value === undefined || !isMapping(value)) throw new Failure('the function needs a dictionary')
  return toDict(value)
}
