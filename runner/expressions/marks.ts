import { LazyDict } from '../variables/lazy.ts'
import { Secret } from '../variables/secret.ts'
import { Unknown, mergeUnknown } from '../variables/unknown.ts'
import { isDict, type Value } from '../variables/value.ts'
import { Failure, Float, UnknownMet, isTuple, tuple, type Item } from './items.ts'
import { toDict } from './mapping.ts'

/** What a value and everything in it is marked with. */
export interface Marks {
  readonly unknowns: Unknown[]
  readonly secrets: Secret[]
}

export function marksOf(items: readonly Item[]): Marks {
  const marks: Marks = { unknowns: [], secrets: [] }
  for (const item of items) collect(item, marks)
  return marks
}

function collect(item: Item, marks: Marks): void {
  if (typeof item !== 'object' || item === null) return
  if (item instanceof Unknown) marks.unknowns.push(item)
  else if (item instanceof Secret) marks.secrets.push(item)
  else if (Array.isArray(item)) for (const element of item) collect(element, marks)
  else if (isDict(item)) for (const key of Object.keys(item)) collect(item[key]!, marks)
  else if (item instanceof LazyDict) collect(toDict(item), marks)
}

/**
 * Computes over operands as if they were ordinary: an unknown anywhere in them makes the result unknown, a secret
 * anywhere makes it secret.
 */
export function lift(operands: readonly Item[], compute: (...revealed: Item[]) => Item): Item {
  const { unknowns, secrets } = marksOf(operands)
  if (unknowns.length > 0) return mergeUnknown(unknowns)
  if (secrets.length === 0) return compute(...operands)
  const hidden = secrets.flatMap((secret) => secret.hidden())
  try {
    return taint(compute(...operands.map(reveal)), hidden)
  } catch (error) {
    throw tells(error, hidden)
      ? new Failure('this cannot be done with the secret value that it is given')
      : error
  }
}

/** Whether a failure shows a secret, or four characters of one. */
function tells(error: unknown, hidden: readonly string[]): boolean {
  if (!(error instanceof Failure)) return false
  const shown = `${error.message}\n${error.hint ?? ''}`
  return hidden.some((secret) => {
    if (secret.length < 4) return secret !== '' && shown.includes(secret)
    for (let at = 0; at + 4 <= secret.length; at++) if (shown.includes(secret.slice(at, at + 4))) return true
    return false
  })
}

/** The value with every secret in it laid open. What is made of it must be tainted. */
export function reveal(item: Item): Item {
  return transform(item, (scalar) => (scalar instanceof Secret ? scalar.reveal() : scalar))
}

/** Marks every text and number in a value as secret; truth values say too little to hide. */
export function taint(item: Item, hidden: readonly string[] = []): Item {
  return transform(item, (scalar) => {
    if (typeof scalar === 'number') return new Secret(scalar)
    // A text that holds its secrets as they are needs no more than them masked; any other is secret as a whole.
    if (typeof scalar === 'string')
      return new Secret(
        scalar,
        hidden.length > 0 && hidden.every((each) => scalar.includes(each)) ? hidden : undefined,
      )
    return scalar instanceof Float ? new Secret(scalar.value) : scalar
  })
}

/** The same structure with its leaves changed; what does not change is shared. */
export function transform(item: Item, leaf: (item: Item) => Item): Item {
  if (Array.isArray(item)) {
    const changed = item.map((element) => transform(element, leaf))
    if (changed.every((element, index) => element === item[index])) return item
    return isTuple(item) ? tuple(changed) : (changed as Value[])
  }
  if (isDict(item)) {
    let changed = false
    const entries = Object.keys(item).map((key): [string, Value] => {
      const value = transform(item[key]!, leaf)
      if (value !== item[key]) changed = true
      return [key, value as Value]
    })
    return changed ? Object.fromEntries(entries) : item
  }
  if (item instanceof LazyDict) return transform(toDict(item), leaf)
  return leaf(item)
}

/** The result of a computation, or the unknown that it ran into. */
export function unlessUnknown(compute: () => Item): Item {
  try {
    return compute()
  } catch (error) {
    if (error instanceof UnknownMet) return error.unknown
    throw error
  }
}
