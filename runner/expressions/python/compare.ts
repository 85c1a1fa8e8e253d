import { Secret } from '../../variables/secret.ts'
import { Unknown, mergeUnknown } from '../../variables/unknown.ts'
import { Failure, Float, Undefined, UnknownMet, type Item } from '../items.ts'
import { entriesOf, getKey, isMapping, keysOf } from '../mapping.ts'
import { DateTime, TimeDelta } from './datetime.ts'
import { numeric, typeName } from './numbers.ts'

/** Python's truth of a value. @throws UnknownMet when it is unknown. */
export function truthy(item: Item): boolean {
  if (item === null || item === false || item === '' || item === 0) return false
  if (typeof item !== 'object') return true
  if (Array.isArray(item)) return item.length > 0
  if (item instanceof Secret) return truthy(item.reveal())
  if (item instanceof Unknown) throw new UnknownMet(item)
  if (item instanceof Undefined) throw item.fail()
  if (item instanceof Float) return item.value !== 0
  if (item instanceof TimeDelta) return item.milliseconds !== 0
  if (isMapping(item)) return keysOf(item).length > 0
  return true
}

/**
 * Python's `==`, deep, over secrets by their value. Two containers that differ in what is known differ, whatever
 * else is unknown in them.
 * @throws UnknownMet when it depends on an unknown.
 */
export function equals(a: Item, b: Item): boolean {
  const unknowns: Unknown[] = []
  const same = sameValue(a, b, unknowns)
  if (same && unknowns.length > 0) throw new UnknownMet(mergeUnknown(unknowns))
  return same
}

function sameValue(left: Item, right: Item, unknowns: Unknown[]): boolean {
  if (left instanceof Unknown || right instanceof Unknown) {
    if (left instanceof Unknown) unknowns.push(left)
    if (right instanceof Unknown) unknowns.push(right)
    return true
  }
  const a = left instanceof Secret ? left.reveal() : left
  const b = right instanceof Secret ? right.reveal() : right
  if (a === b) return true
  const x = numeric(a)
  if (x !== undefined) return x === numeric(b)
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) {
    return (
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => sameValue(item, b[index]!, unknowns))
    )
  }
  if (isMapping(a)) {
    if (!isMapping(b) || keysOf(a).length !== keysOf(b).length) return false
    return entriesOf(a).every(([key, value]) => {
      const other = getKey(b, key)
      return other !== undefined && sameValue(value, other, unknowns)
    })
  }
  if (a instanceof DateTime) return b instanceof DateTime && a.milliseconds === b.milliseconds
  if (a instanceof TimeDelta) return b instanceof TimeDelta && a.milliseconds === b.milliseconds
  return false
}

/**
 * Negative, zero or positive as Python orders two values. @throws Failure for types that have no order.
 * @throws UnknownMet when it depends on an unknown.
 */
export function compare(left: Item, right: Item): number {
  if (left instanceof Unknown) throw new UnknownMet(left)
  if (right instanceof Unknown) throw new UnknownMet(right)
  const a = left instanceof Secret ? left.reveal() : left
  const b = right instanceof Secret ? right.reveal() : right
  const x = numeric(a)
  const y = numeric(b)
  if (x !== undefined && y !== undefined) return x - y
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let index = 0; index < Math.min(a.length, b.length); index++) {
      if (!equals(a[index]!, b[index]!)) return compare(a[index]!, b[index]!)
    }
    return a.length - b.length
  }
  if (a instanceof DateTime && b instanceof DateTime) return a.milliseconds - b.milliseconds
  if (a instanceof TimeDelta && b instanceof TimeDelta) return a.milliseconds - b.milliseconds
  const hint =
    (x === undefined) === (y === undefined) ? undefined : 'convert the text with `| int` or `| float`'
  throw new Failure(`cannot compare ${typeName(a)} with ${typeName(b)}`, hint)
}

/** Python's `in`. */
export function contains(container: Item, item: Item): boolean {
  if (container instanceof Unknown) throw new UnknownMet(container)
  const inside = container instanceof Secret ? container.reveal() : container
  if (Array.isArray(inside)) {
    let unknown: UnknownMet | undefined
    for (const element of inside) {
      try {
        if (equals(element, item)) return true
      } catch (error) {
        if (!(error instanceof UnknownMet)) throw error
        unknown = error
      }
    }
    if (unknown !== undefined) throw unknown
    return false
  }
  if (item instanceof Unknown) throw new UnknownMet(item)
  const key = item instanceof Secret ? item.reveal() : item
  if (typeof inside === 'string') {
    if (typeof key !== 'string')
      throw new Failure(`'in' needs a string to look for in a string, got ${typeName(key)}`)
    return inside.includes(key)
  }
  if (isMapping(inside)) {
    if (typeof key === 'object') return false
    return getKey(inside, typeof key === 'boolean' ? (key ? 'True' : 'False') : String(key)) !== undefined
  }
  throw new Failure(`'in' needs a list, a dictionary or a string on its right, got ${typeName(inside)}`)
}
