import { Secret } from '../variables/secret.ts'
import { isTuple, type Item } from './items.ts'
import { isMapping } from './mapping.ts'
import { dateMethods, dateProperty, deltaMethods, deltaProperty } from './methods/date.ts'
import { dictMethods } from './methods/dict.ts'
import { listMethods } from './methods/list.ts'
import { stringMethods } from './methods/string.ts'
import { DateTime, TimeDelta } from './python/datetime.ts'
import type { Routine, Routines } from './routine.ts'

/** A method of Python's type for the value. The tables are all there is: nothing else can be reached by name. */
export function methodOf(object: Item, name: string): Routine | undefined {
  const table = methodsOf(object)
  return table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined
}

/** A field of a value that is no dictionary. */
export function propertyOf(object: Item, name: string): Item | undefined {
  // What `groupby` gives are pairs whose halves have names.
  if (isTuple(object) && object.length === 2) {
    return name === 'grouper' ? object[0] : name === 'list' ? object[1] : undefined
  }
  if (object instanceof DateTime) return dateProperty(object, name)
  if (object instanceof TimeDelta) return deltaProperty(object, name)
  return undefined
}

function methodsOf(object: Item): Routines | undefined {
  if (typeof object === 'string') return stringMethods
  if (object instanceof Secret) return typeof object.reveal() === 'string' ? stringMethods : undefined
  if (Array.isArray(object)) return listMethods
  if (isMapping(object)) return dictMethods
  if (object instanceof DateTime) return dateMethods
  return object instanceof TimeDelta ? deltaMethods : undefined
}
