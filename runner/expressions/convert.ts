import { Secret } from '../variables/secret.ts'
import type { Dict, Value } from '../variables/value.ts'
import { Failure, type Item } from './items.ts'
import { isMapping, keysOf, toDict } from './mapping.ts'
import { numeric, typeName } from './python/numbers.ts'
import { str } from './python/text.ts'

/** A text as an argument that must be one. */
export function text(item: Item, what = 'value'): string {
  const plain = item instanceof Secret ? item.reveal() : item
  if (typeof plain !== 'string') throw new Failure(`the ${what} must be a string, got ${typeName(plain)}`)
  return plain
}

/** Any value as text: what Python's `str()` gives. */
export function asText(item: Item): string {
  return item instanceof Secret ? String(item.reveal()) : str(item)
}

/** An integer, also written as text. */
export function integer(item: Item, what = 'value'): number {
  const number = typeof item === 'string' && /^\s*[-+]?\d+\s*$/.test(item) ? Number(item) : numeric(item)
  if (number === undefined || !Number.isFinite(number)) {
    throw new Failure(`the ${what} must be a number, got ${typeName(item)}`)
  }
  return Math.trunc(number)
}

/** Any number, also written as text. */
export function number(item: Item, what = 'value'): number {
  const found = typeof item === 'string' && item.trim() !== '' ? Number(item) : numeric(item)
  if (found === undefined || Number.isNaN(found)) {
    throw new Failure(`the ${what} must be a number, got ${typeName(item)}`)
  }
  return found
}

/** What Python iterates over: a list's elements, a dictionary's keys, a text's characters. */
export function list(item: Item, what = 'value'): Value[] {
  if (Array.isArray(item)) return item
  if (typeof item === 'string') return Array.from(item)
  if (isMapping(item)) return keysOf(item)
  throw new Failure(`the ${what} must be a list: '${typeName(item)}' object is not iterable`)
}

/** A list and nothing that merely can be iterated. */
export function strictList(item: Item, what = 'value'): Value[] {
  if (!Array.isArray(item)) throw new Failure(`the ${what} must be a list, got ${typeName(item)}`)
  return item
}

export function dict(item: Item, what = 'value'): Dict {
  if (!isMapping(item)) throw new Failure(`the ${what} must be a dictionary, got ${typeName(item)}`)
  return toDict(item)
}

/** Ansible's reading of a boolean; undefined for what is none. */
export function booleanWord(item: Item): boolean | undefined {
  const plain = item instanceof Secret ? item.reveal() : item
  if (typeof plain === 'boolean') return plain
  const number = numeric(plain)
  if (number === 1 || number === 0) return number === 1
  if (typeof plain !== 'string') return undefined
  const word = plain.trim().toLowerCase()
  if (['y', 'yes', 'on', '1', 'true', 't', '1.0'].includes(word)) return true
  return ['n', 'no', 'off', '0', 'false', 'f', '0.0'].includes(word) ? false : undefined
}
