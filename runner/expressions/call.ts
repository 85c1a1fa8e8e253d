import { Unknown } from '../variables/unknown.ts'
import type { Frame } from './frame.ts'
import { Bag, Callable, Failure, type Item } from './items.ts'
import { attribute } from './members.ts'
import { methodOf } from './methods.ts'
import { typeName } from './python/numbers.ts'
import { invoke, type Named } from './routine.ts'

/**
 * Calls a value, or one of its methods by name. A method wins over a property of the same name, so that `d.items()`
 * works on a dictionary with a key `items`. Undefined when there is no such method.
 */
export function callValue(
  object: Item,
  method: string | undefined,
  args: Item[],
  named: Named,
  frame: Frame,
): Item | undefined {
  if (method !== undefined) {
    const routine = methodOf(object, method)
    if (routine !== undefined) return invoke(routine, [object, ...args], named, frame)
    const value = attribute(object, method, frame)
    return value === undefined ? undefined : callValue(value, undefined, args, named, frame)
  }
  if (object instanceof Unknown) return object
  const callee = object instanceof Bag ? object.get('()') : object
  if (callee instanceof Callable) return callee.call(args, named)
  throw new Failure(`a ${typeName(object)} is not a function`)
}
