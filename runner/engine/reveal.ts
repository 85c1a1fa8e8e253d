import { Secret } from '../variables/secret.ts'
import { Unknown } from '../variables/unknown.ts'
import { type Dict, isDict, type Value } from '../variables/value.ts'

/** The value with its secrets in plain text; each is announced first, so that every view masks it. */
export function reveal(value: Value, announce: (secret: string) => void): Value {
  if (value instanceof Secret) {
    for (const secret of value.hidden()) announce(secret)
    return value.reveal()
  }
  if (Array.isArray(value)) return value.map((each) => reveal(each, announce))
  if (isDict(value)) return mapDict(value, (each) => reveal(each, announce))
  return value
}

/** Marks every scalar inside a value as secret: what a `no_log` task returned. */
export function conceal(value: Value): Value {
  if (typeof value === 'string' && value !== '') return new Secret(value)
  if (Array.isArray(value)) return value.map((each) => conceal(each))
  if (isDict(value)) return mapDict(value, conceal)
  return value
}

/** Every unknown inside a value. */
export function findUnknowns(value: Value): Unknown[] {
  if (value instanceof Unknown) return [value]
  if (Array.isArray(value)) return value.flatMap((each) => findUnknowns(each))
  if (isDict(value)) return Object.values(value).flatMap((each) => findUnknowns(each))
  return []
}

function mapDict(dict: Dict, change: (value: Value) => Value): Dict {
  return Object.fromEntries(Object.entries(dict).map(([key, value]) => [key, change(value)]))
}
