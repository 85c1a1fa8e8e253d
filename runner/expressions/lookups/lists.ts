import { randomInt } from 'node:crypto'
import type { Value } from '../../variables/value.ts'
import { Unknown } from '../../variables/unknown.ts'
import { booleanWord, dict, list } from '../convert.ts'
import { elementsUnder } from '../filters/lists.ts'
import { Failure, UnknownMet, type Item } from '../items.ts'
import { entriesOf, getKey, isMapping } from '../mapping.ts'
import { truthy } from '../python/compare.ts'
import { typeName } from '../python/numbers.ts'
import { keep, type Named, type Run, type Routines } from '../routine.ts'
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
    if (lists.length === 0)
      throw new Failure(
        'needs at least one list',
        undefined,
        'with_together requires at least one element in each list',
      )
    const length = Math.max(...lists.map((one) => one.length))
    return Array.from({ length }, (_unused, index) => lists.map((one): Value => one[index] ?? null))
  }),
  indexed_items: keep('*terms', (_, terms) => {
    const given = list(terms)
    if (given.some((each) => isMapping(each))) {
      const words = 'with_indexed_items expects a list'
      throw new Failure(words, undefined, words)
    }
    return given.flatMap(asLoopList).map((item, index) => [index, item])
  }),
  random_choice: keep('*terms', (_, terms) => {
    const items = list(terms)
    return items.length === 0 ? [] : [items[randomInt(items.length)]!]
  }),
  sequence: keep('*terms **options', (_, terms, options) =>
    sequence(list(terms), options as Record<string, Item>),
  ),
  subelements: keep('*terms **options', (_, terms, options) => subelements(list(terms), options as Named)),
}

/** Each element of a list with each element of a list in it. */
function subelements(terms: readonly Value[], options: Named): Value[] {
  const expects = 'subelements lookup expects a list of two or three items, '
  const [first, path, flags = {}] = terms
  if (terms.length < 2 || terms.length > 3) throw new Failure(expects.trimEnd().replace(/,$/, ''))
  const elements = isMapping(first!) ? first : asLoopList(first!)
  if (typeof path !== 'string')
    throw new Failure(`${expects}first a dict or a list, second a string pointing to the subkey`)
  if (!isMapping(flags)) throw new Failure(`${expects}the optional third item must be a dict with flags`)
  const { skip_missing: skip = getKey(flags, 'skip_missing') ?? false } = options
  if (isMapping(elements) && truthy(getKey(elements, 'skipped') ?? false)) return []
  const items = isMapping(elements) ? entriesOf(elements).map(([, one]) => one) : elements
  return items.flatMap((item) => {
    if (item instanceof Unknown) throw new UnknownMet(item)
    if (!isMapping(item)) throw new Failure(`subelements lookup expects a dictionary, got ${typeName(item)}`)
    if (truthy(getKey(item, 'skipped') ?? false)) return []
    return elementsUnder(item, path.split('.'), booleanWord(skip) ?? false).map((one): Value => [item, one])
  })
}

/** A list as it is, anything else as a list of one. @throws UnknownMet */
function asLoopList(item: Value): Value[] {
  if (item instanceof Unknown) throw new UnknownMet(item)
  return Array.isArray(item) ? item : [item]
}
