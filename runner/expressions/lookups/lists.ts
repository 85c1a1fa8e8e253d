import { randomInt } from 'node:crypto'
import type { Value } from '../../variables/value.ts'
import { Unknown } from '../../variables/unknown.ts'
import { dict, list, strictList, text } from '../convert.ts'
import { Failure, UnknownMet, type Item } from '../items.ts'
import { entriesOf, getKey, isMapping } from '../mapping.ts'
import { truthy } from '../python/compare.ts'
import { keep, type Run, type Routines } from '../routine.ts'
import { sequence } from './sequence.ts'

const nested: Run = (_, terms) => {
  const lists = list(terms).map(asLoopList)
  if (lists.length === 0) throw new Failure('needs at least one list')
  let rows: Value[][] = [[]]
  for (const items of lists) rows = rows.flatMap((row) => items.map((item) => [...row, item]))
  return rows.map((row) => row.flatMap((item) => (Array.isArray(item) ? item : [item])))
}

/** Lookups that only arrange what they are given; most stand behind a `with_…` of the same name. */
export const listLookups: Routines = {
  list: keep('*terms', (_, terms) => terms),
  items: keep('*terms', (_, terms) => list(terms).flatMap(asLoopList)),
  flattened: keep('*terms', (_, terms) => list(terms).flat(Infinity as 1)),
  dict: keep('*terms', (_, terms) =>
    list(terms).flatMap((term) => {
      if (term instanceof Unknown) throw new UnknownMet(term)
      return entriesOf(dict(term)).map(([key, value]) => ({ key, value }))
    }),
  ),
  nested: keep('*terms', nested),
  cartesian: keep('*terms', nested),
  together: keep('*terms', (_, terms) => {
    const lists = list(terms).map(asLoopList)
    if (lists.length === 0) throw new Failure('needs at least one list')
    const length = Math.max(...lists.map((one) => one.length))
    return Array.from({ length }, (_unused, index) => lists.map((one): Value => one[index] ?? null))
  }),
  indexed_items: keep('*terms', (_, terms) =>
    list(terms)
      .flatMap(asLoopList)
      .map((item, index) => [index, item]),
  ),
  random_choice: keep('*terms', (_, terms) => {
    const items = list(terms)
    return items.length === 0 ? [] : [items[randomInt(items.length)]!]
  }),
  sequence: keep('*terms **options', (_, terms, options) =>
    sequence(list(terms), options as Record<string, Item>),
  ),
  subelements: keep('*terms **options', (_, terms, options) => {
    const [elements, path, flags = {}] = list(terms)
    if (elements === undefined || path === undefined)
      throw new Failure('needs a list and the path of a list in each element')
    const { skip_missing: skip = getKey(dict(flags), 'skip_missing') ?? false } = options as Record<
      string,
      Item
    >
    const items = isMapping(elements)
      ? entriesOf(elements).map(([, one]) => one)
      : strictList(elements, 'first term')
    return items.flatMap((item) => {
      const element = dict(item, 'elements')
      if (truthy(element['skipped'] ?? false)) return []
      return part(element, text(path, 'path').split('.'), truthy(skip)).map((one): Value => [item, one])
    })
  }),
}

/** A list as it is, anything else as a list of one. @throws UnknownMet */
function asLoopList(item: Value): Value[] {
  if (item instanceof Unknown) throw new UnknownMet(item)
  return Array.isArray(item) ? item : [item]
}

function part(element: Value, keys: readonly string[], skip: boolean): Value[] {
  let value: Value | undefined = element
  for (const key of keys) {
    value = value !== undefined && isMapping(value) ? getKey(value, key) : undefined
    if (value instanceof Unknown) throw new UnknownMet(value)
    if (value === undefined) {
      if (skip) return []
      throw new Failure(`could not find '${key}' in an element`, 'write `skip_missing: true` to pass over it')
    }
  }
  return strictList(value, `value of '${keys.join('.')}'`)
}
