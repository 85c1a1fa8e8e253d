import type { Value } from '../../variables/value.ts'
import { Failure } from '../items.ts'
import { getKey, isMapping, entriesOf } from '../mapping.ts'
import { equals } from '../python/compare.ts'
import { slice } from '../python/slice.ts'
import { callFunction } from './functions.ts'
import { parseQuery, type Query } from './parse.ts'

const queries = new Map<string, Query>()

/** What a JMESPath query finds in a value; null where there is nothing. @throws Failure */
export function search(source: string, value: Value): Value {
  let query = queries.get(source)
  if (query === undefined) queries.set(source, (query = parseQuery(source)))
  return evaluateQuery(query, value)
}

export function evaluateQuery(query: Query, value: Value): Value {
  switch (query.kind) {
    case 'current':
      return value
    case 'literal':
      return query.value as Value
    case 'field':
      return isMapping(value) ? (getKey(value, query.name) ?? null) : null
    case 'index':
      return Array.isArray(value) ? (value.at(query.index) ?? null) : null
    case 'slice':
      if (query.step === 0) throw new Failure('a slice cannot have a step of 0')
      return Array.isArray(value) ? slice(value, query.start, query.stop, query.step) : null
    case 'sub': {
      const left = evaluateQuery(query.left, value)
      return left === null ? null : evaluateQuery(query.right, left)
    }
    case 'pipe':
      return evaluateQuery(query.right, evaluateQuery(query.left, value))
    case 'projection': {
      const left = evaluateQuery(query.left, value)
      return Array.isArray(left) ? project(left, query.right) : null
    }
    case 'values': {
      const left = evaluateQuery(query.left, value)
      return isMapping(left)
        ? project(
            entriesOf(left).map(([, one]) => one),
            query.right,
          )
        : null
    }
    case 'flatten': {
      const left = evaluateQuery(query.left, value)
      return Array.isArray(left) ? left.flat() : null
    }
    case 'filter': {
      const left = evaluateQuery(query.left, value)
      if (!Array.isArray(left)) return null
      return project(
        left.filter((item) => isTrue(evaluateQuery(query.test, item))),
        query.right,
      )
    }
    case 'or': {
      const left = evaluateQuery(query.left, value)
      return isTrue(left) ? left : evaluateQuery(query.right, value)
    }
    case 'and': {
      const left = evaluateQuery(query.left, value)
      return isTrue(left) ? evaluateQuery(query.right, value) : left
    }
    case 'not':
      return !isTrue(evaluateQuery(query.operand, value))
    case 'compare':
      return compareBy(query.operator, evaluateQuery(query.left, value), evaluateQuery(query.right, value))
    case 'list':
      return value === null ? null : query.items.map((item) => evaluateQuery(item, value))
    case 'hash':
      if (value === null) return null
      return Object.fromEntries(query.entries.map(([name, item]) => [name, evaluateQuery(item, value)]))
    case 'call':
      return callFunction(query.name, query.args, value)
    case 'reference':
      throw new Failure('an expression with `&` can only be given to a function')
    default:
      return query satisfies never
  }
}

function project(items: readonly Value[], right: Query): Value[] {
  return items.map((item) => evaluateQuery(right, item)).filter((item) => item !== null)
}

/** JMESPath's truth: numbers are always true. */
function isTrue(value: Value): boolean {
  if (value === null || value === false || value === '') return false
  if (Array.isArray(value)) return value.length > 0
  return !isMapping(value) || entriesOf(value).length > 0
}

function compareBy(operator: string, a: Value, b: Value): Value {
  if (operator === '==') return typeof a === typeof b && equals(a, b)
  if (operator === '!=') return typeof a !== typeof b || !equals(a, b)
  if (typeof a !== 'number' || typeof b !== 'number') return null
  if (operator === '<') return a < b
  if (operator === '<=') return a <= b
  return operator === '>' ? a > b : a >= b
}
