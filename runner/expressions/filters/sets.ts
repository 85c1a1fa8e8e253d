import type { Value } from '../../variables/value.ts'
import { requiredAttribute } from '../attributes.ts'
import { integer, list } from '../convert.ts'
import { Failure, UnknownMet, tuple, type Item } from '../items.ts'
import { isMapping } from '../mapping.ts'
import { equals, truthy } from '../python/compare.ts'
import { keep, type Routines } from '../routine.ts'
import { folded, listsOf } from './lists.ts'

/** Lists as sets, and the ways to combine their elements. */
export const setFilters: Routines = {
  unique: keep('value case_sensitive? attribute?', (frame, value, caseSensitive = null, attribute = null) => {
    const read = attribute === null ? (item: Item) => item : requiredAttribute(attribute, frame)
    const sensitive = caseSensitive !== null && truthy(caseSensitive)
    const items = list(value)
    const folds = caseSensitive !== null && !sensitive
    if ((folds || attribute !== null) && items.some((item) => isContainer(read(item)))) {
      throw new Failure(
        'lists and dictionaries have no case and no order: cannot fall back to comparing them whole',
      )
    }
    return distinct(items, (item) => folded(read(item), sensitive))
  }),
  union: keep('value other', (_, value, other) => distinct([...list(value), ...list(other)])),
  intersect: keep('value other', (_, value, other) => {
    const has = membership(list(other))
    return distinct(list(value)).filter(has)
  }),
  difference: keep('value other', (_, value, other) => {
    const has = membership(list(other))
    return distinct(list(value)).filter((item) => !has(item))
  }),
  symmetric_difference: keep('value other', (_, value, other) => {
    const [left, right] = [distinct(list(value)), distinct(list(other))]
    const [inLeft, inRight] = [membership(left), membership(right)]
    return [...left.filter((item) => !inRight(item)), ...right.filter((item) => !inLeft(item))]
  }),
  product: keep('value *others **options', (_, value, others, options) => {
    const { repeat = 1 } = options as Record<string, Item>
    const once = listsOf(value, others)
    const lists = Array.from({ length: integer(repeat) }, () => once).flat()
    let rows: Value[][] = [[]]
    for (const items of lists) rows = rows.flatMap((row) => items.map((item) => [...row, item]))
    return rows.map((row) => tuple(row))
  }),
  permutations: keep('value r?', (_, value, size = null) => {
    const items = list(value)
    return permutations(items, size === null ? items.length : integer(size)).map((row) => tuple(row))
  }),
  combinations: keep('value r', (_, value, size) =>
    combinations(list(value), integer(size)).map((row) => tuple(row)),
  ),
}

function isContainer(item: Item): boolean {
  return Array.isArray(item) || isMapping(item)
}

/** The elements without repetitions, by what is read from them. */
export function distinct(items: readonly Value[], key: (item: Value) => Item = (item) => item): Value[] {
  const seen = new Set<Item>()
  const seenObjects: Item[] = []
  return items.filter((item) => {
    const by = key(item)
    if (typeof by === 'object' && by !== null) {
      if (seenObjects.some((other) => equals(other, by))) return false
      seenObjects.push(by)
      return true
    }
    if (seen.has(by) || seenObjects.some((other) => equals(other, by))) return false
    seen.add(by)
    return true
  })
}

/** Whether an element is in the list; quick for texts and numbers. */
export function membership(items: readonly Value[]): (item: Item) => boolean {
  const plain = new Set<Item>(items)
  const objects = items.filter((item) => typeof item === 'object' && item !== null)
  return (item) => {
    if (plain.has(item)) return true
    const candidates = typeof item === 'object' || typeof item === 'boolean' ? items : objects
    let unknown: UnknownMet | undefined
    for (const candidate of candidates) {
      try {
        if (equals(candidate, item)) return true
      } catch (error) {
        if (!(error instanceof UnknownMet)) throw error
        unknown = error
      }
    }
    if (unknown !== undefined) throw unknown
    return false
  }
}

const tooMany = 1_000_000

function permutations(items: readonly Value[], size: number): Value[][] {
  if (size === 0) return [[]]
  const rows: Value[][] = []
  for (const [index, item] of items.entries()) {
    const rest = [...items.slice(0, index), ...items.slice(index + 1)]
    for (const row of permutations(rest, size - 1)) {
      rows.push([item, ...row])
      if (rows.length > tooMany) throw new Failure('there are more than a million of them')
    }
  }
  return rows
}

function combinations(items: readonly Value[], size: number): Value[][] {
  if (size === 0) return [[]]
  return items.flatMap((item, index) =>
    combinations(items.slice(index + 1), size - 1).map((row) => [item, ...row]),
  )
}
