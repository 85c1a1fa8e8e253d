import type { Value } from '../../variables/value.ts'
import { requiredAttribute } from '../attributes.ts'
import { asText, integer, list, strictList, text } from '../convert.ts'
import { Unknown } from '../../variables/unknown.ts'
import { entriesOf, getKey, isMapping } from '../mapping.ts'
import { typeName } from '../python/numbers.ts'
import {
  Failure,
  inAnsiblesWords,
  Undefined,
  UnknownMet,
  isTuple,
  otherwise,
  tuple,
  type Item,
} from '../items.ts'
import { calculate } from '../python/arithmetic.ts'
import { compare, equals, truthy } from '../python/compare.ts'
import { lift } from '../marks.ts'
import { keep, plain, type Routines } from '../routine.ts'
import type { Frame } from '../frame.ts'

/** Order and shape of lists. */
export const listFilters: Routines = {
  first: keep('value', (_, value) =>
    otherwise(list(value)[0], () => new Undefined('there is no first item: the list is empty')),
  ),
  last: keep('value', (_, value) =>
    otherwise(list(value).at(-1), () => new Undefined('there is no last item: the list is empty')),
  ),
  reverse: keep('value', (_, value) =>
    typeof value === 'string' ? Array.from(value).reverse().join('') : list(value).slice().reverse(),
  ),
  sort: keep(
    'value reverse? case_sensitive? attribute?',
    (frame, value, reverse, caseSensitive, attribute = null) => {
      const paths: Item[] = typeof attribute === 'string' ? attribute.split(',') : [attribute]
      const readers =
        attribute === null ? [(item: Item) => item] : paths.map((path) => requiredAttribute(path, frame))
      const keyed = list(value).map((item): Keyed => ({
        item,
        keys: readers.map((read) => folded(read(item), truthy(caseSensitive ?? false))),
      }))
      keyed.sort((a, b) => byKeys(a.keys, b.keys))
      const sorted = keyed.map(({ item }) => item)
      return truthy(reverse ?? false) ? stableReverse(keyed) : sorted
    },
  ),
  min: keep('value case_sensitive? attribute?', (frame, value, caseSensitive, attribute = null) =>
    extreme(frame, value, -1, caseSensitive, attribute),
  ),
  max: keep('value case_sensitive? attribute?', (frame, value, caseSensitive, attribute = null) =>
    extreme(frame, value, 1, caseSensitive, attribute),
  ),
  sum: plain('value attribute? start?', (frame, value, attribute = null, start = 0) => {
    const read = attribute === null ? (item: Item) => item : requiredAttribute(attribute, frame)
    return list(value).reduce((total: Item, item) => calculate('+', total, read(item)), start)
  }),
  join: plain('value d? attribute?', (frame, value, separator = '', attribute = null) => {
    const read = attribute === null ? (item: Item) => item : requiredAttribute(attribute, frame)
    return list(value)
      .map((item) => asText(read(item)))
      .join(asText(separator))
  }),
  batch: keep('value linecount fill_with?', (_, value, count, fill = null) => {
    const size = integer(count)
    if (size < 1) throw new Failure('the size of a batch must be at least 1')
    const items = list(value)
    const rows: Value[] = []
    for (let start = 0; start < items.length; start += size) {
      const row = items.slice(start, start + size)
      if (fill !== null) while (row.length < size) row.push(fill as Value)
      rows.push(row)
    }
    return rows
  }),
  slice: keep('value slices fill_with?', (_, value, slices, fill = null) => {
    const items = list(value)
    const count = integer(slices)
    if (count < 1) throw new Failure('the number of slices must be at least 1')
    const base = Math.floor(items.length / count)
    const larger = items.length % count
    let start = 0
    return Array.from({ length: count }, (_unused, index) => {
      const end = start + base + (index < larger ? 1 : 0)
      const part = items.slice(start, end)
      start = end
      if (fill !== null && index >= larger) part.push(fill as Value)
      return part
    })
  }),
  flatten: keep('value levels? skip_nulls?', (_, value, levels = null, skipNulls = true) => {
    const depth = levels === null ? Infinity : integer(levels)
    return flatten(strictList(value), depth, truthy(skipNulls))
  }),
  zip: keep('value *others', (_, value, others) => {
    const lists = listsOf(value, others)
    const length = Math.min(...lists.map((one) => one.length))
    return Array.from({ length }, (_unused, index) => tuple(lists.map((one): Item => one[index]!)))
  }),
  zip_longest: keep('value *others **options', (_, value, others, options) => {
    const { fillvalue = null, ...rest } = options as Record<string, Item>
    const [extra] = Object.keys(rest)
    if (extra !== undefined) throw new Failure(`has no argument '${extra}'`)
    const lists = listsOf(value, others)
    const length = Math.max(...lists.map((one) => one.length))
    return Array.from({ length }, (_unused, index) =>
      tuple(lists.map((one): Item => otherwise(one[index], () => fillvalue))),
    )
  }),
  subelements: keep('value path skip_missing?', (_, value, path, skipMissing = false) => {
    if (!Array.isArray(value) && !isMapping(value))
      throw inAnsiblesWords('obj must be a list of dicts or a nested dict')
    if (!Array.isArray(path) && typeof path !== 'string')
      throw new Failure('subelements must be a list or a string')
    const keys = typeof path === 'string' ? path.split('.') : path.map((part) => text(part))
    const items = Array.isArray(value) ? value : entriesOf(value).map(([, item]) => item)
    return items.flatMap((item) =>
      elementsUnder(item, keys, truthy(skipMissing)).map((one) => tuple([item, one])),
    )
  }),
}

/** The list at the end of a path of keys. */
export function elementsUnder(item: Value, keys: readonly string[], skipMissing: boolean): Value[] {
  let found = item
  for (const key of keys) {
    if (!isMapping(found) && skipMissing) return []
    if (!isMapping(found))
      throw new Failure(`the key '${key}' should point to a dictionary, got ${typeName(found)}`)
    const next = getKey(found, key)
    if (next instanceof Unknown) throw new UnknownMet(next)
    if (next === undefined) {
      if (skipMissing) return []
      throw new Failure(
        `could not find '${key}' key in iterated item`,
        'write `skip_missing=True` to pass over it',
      )
    }
    found = next
  }
  if (!Array.isArray(found))
    throw new Failure(`the key '${keys.at(-1)}' should point to a list, got ${typeName(found)}`)
  return found
}

const extreme = (
  frame: Frame,
  value: Item,
  sign: 1 | -1,
  caseSensitive: Item | undefined,
  attribute: Item,
): Item => {
  const read = attribute === null ? (item: Item) => item : requiredAttribute(attribute, frame)
  const sensitive = caseSensitive === undefined ? false : truthy(caseSensitive)
  const [first, ...rest] = list(value)
  if (first === undefined) return new Undefined('there is no such item: the list is empty')
  let best: Item = first
  let bestKey = folded(read(first), sensitive)
  for (const item of rest) {
    const key = folded(read(item), sensitive)
    if (compare(key, bestKey) * sign > 0) {
      best = item
      bestKey = key
    }
  }
  return best
}

interface Keyed {
  readonly item: Value
  readonly keys: Item[]
}

/** The input and the further arguments of a filter, each as a list. */
export function listsOf(value: Item, others: Item): Value[][] {
  const all: Item[] = [value, ...(others as Item[])]
  return all.map((one) => list(one))
}

/** What two items are compared by when case does not count. */
export function folded(item: Item, caseSensitive: boolean): Item {
  return caseSensitive
    ? item
    : lift([item], (plainItem) => (typeof plainItem === 'string' ? plainItem.toLowerCase() : plainItem!))
}

function byKeys(a: readonly Item[], b: readonly Item[]): number {
  for (const [index, key] of a.entries()) {
    const other = b[index]!
    if (!equals(key, other)) return compare(key, other)
  }
  return 0
}

/** Sorted downwards, equal items in the order they came in. */
function stableReverse(sorted: readonly Keyed[]): Value[] {
  return [...sorted].sort((a, b) => byKeys(b.keys, a.keys)).map(({ item }) => item)
}

function flatten(items: readonly Value[], depth: number, skipNulls: boolean): Value[] {
  return items.flatMap((item) => {
    if (item === null || item === 'None' || item === 'null') return skipNulls ? [] : [item]
    if (Array.isArray(item) && depth >= 1) return flatten(item, depth - 1, skipNulls)
    return [isTuple(item) ? item.slice() : item]
  })
}
