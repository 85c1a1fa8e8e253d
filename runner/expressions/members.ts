import { Secret } from '../variables/secret.ts'
import { Unknown } from '../variables/unknown.ts'
import { asText, text } from './convert.ts'
import type { Frame } from './frame.ts'
import { Bag, Callable, Failure, isTuple, tuple, type Item } from './items.ts'
import { lift } from './marks.ts'
import { getKey, isMapping } from './mapping.ts'
import { methodOf, propertyOf } from './methods.ts'
import { numeric, typeName } from './python/numbers.ts'
import { slice } from './python/slice.ts'
import { invoke } from './routine.ts'

/** `object.name`: an own property, else a method of the value's type; undefined when there is neither. */
export function attribute(object: Item, name: string, frame: Frame): Item | undefined {
  if (isMapping(object)) {
    const value = getKey(object, name)
    if (value !== undefined) return frame.evaluation.resolve(value)
  }
  if (object instanceof Bag) return object.get(name)
  const property = propertyOf(object, name)
  if (property !== undefined) return property
  const method = methodOf(object, name)
  if (method === undefined) return undefined
  return new Callable(name, (args, named) => invoke(method, [object, ...args], named, frame))
}

/** `object[key]`; undefined when there is no such element. @throws Failure when the value has no elements. */
export function element(object: Item, key: Item, frame: Frame): Item | undefined {
  if (key instanceof Secret) return element(object, key.reveal(), frame)
  if (isMapping(object)) {
    if (typeof key === 'object' && key !== null && numeric(key) === undefined) return undefined
    const value = getKey(object, keyText(key))
    if (value !== undefined) return frame.evaluation.resolve(value)
    return typeof key === 'string' ? attribute(object, key, frame) : undefined
  }
  if (typeof key === 'string') return attribute(object, key, frame)
  const index = numeric(key)
  if (Array.isArray(object)) {
    if (index === undefined) throw new Failure(`a list needs a number in its brackets, got ${typeName(key)}`)
    const value = object[index < 0 ? index + object.length : index]
    return value === undefined ? undefined : frame.evaluation.resolve(value)
  }
  if (typeof object === 'string' || object instanceof Secret) {
    if (index === undefined)
      throw new Failure(`a string needs a number in its brackets, got ${typeName(key)}`)
    return characterAt(object, index)
  }
  return undefined
}

/** `object[start:stop:step]` over a list or a text. */
export function sliced(object: Item, bounds: readonly Item[]): Item {
  if (object instanceof Unknown) return object
  const unknown = bounds.find((bound) => bound instanceof Unknown)
  if (unknown !== undefined) return unknown
  const [start, stop, step] = bounds.map((bound) => {
    if (bound === null) return undefined
    const number = numeric(bound)
    if (number === undefined) throw new Failure(`a slice needs numbers, got ${typeName(bound)}`)
    return number
  })
  if (step === 0) throw new Failure('a slice cannot have a step of 0')
  if (Array.isArray(object)) {
    const picked = slice(object, start, stop, step)
    return isTuple(object) ? tuple(picked) : picked
  }
  if (typeof object === 'string' || object instanceof Secret) {
    return lift([object], (plain) => slice(Array.from(text(plain)), start, stop, step).join(''))
  }
  throw new Failure(`only lists and strings can be sliced, got ${typeName(object)}`)
}

/** How a key of another type than text is written: dictionaries here have text keys only. */
function keyText(key: Item): string {
  if (key === null) return 'None'
  if (typeof key === 'boolean') return key ? 'True' : 'False'
  return asText(numeric(key) ?? key)
}

function characterAt(object: Item, index: number): Item | undefined {
  const characters = Array.from(text(object))
  const character = characters[index < 0 ? index + characters.length : index]
  if (character === undefined) return undefined
  return object instanceof Secret ? new Secret(character) : character
}
