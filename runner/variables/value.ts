import type { LazyDict } from './lazy.ts'
import type { Secret } from './secret.ts'
import type { Template } from './template.ts'
import type { Unknown } from './unknown.ts'

/** `omit`: an argument that holds it is left out, as if it had not been written. */
export const omit: unique symbol = Symbol('omit')

/**
 * Everything a variable can hold. Dictionaries are plain objects of which only own properties count; build them from
 * foreign data with `Object.fromEntries`, never by assignment, so that a key named `__proto__` stays a key.
 */
export type Value =
  | null
  | boolean
  | number
  | string
  | Value[]
  | Dict
  | LazyDict
  | Template
  | Unknown
  | Secret
  | typeof omit

export interface Dict {
  [key: string]: Value
}

/** Whether a value is a plain dictionary (neither list, lazy, template, unknown nor secret). */
export function isDict(value: unknown): value is Dict {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Own property of a dictionary, or undefined. */
export function own(dict: Dict, key: string): Value | undefined {
  return Object.hasOwn(dict, key) ? dict[key] : undefined
}

/** A list as it is, anything else as the only element of one. */
export function asList(value: Value): Value[] {
  return Array.isArray(value) ? value : [value]
}
