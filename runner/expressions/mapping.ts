import { LazyDict } from '../variables/lazy.ts'
import { isDict, own, type Dict, type Value } from '../variables/value.ts'
import type { Item } from './items.ts'

/** Dictionaries of both kinds, read alike. */
export type Mapping = Dict | LazyDict

export function isMapping(item: Item): item is Mapping {
  return item instanceof LazyDict || isDict(item)
}

export function keysOf(mapping: Mapping): string[] {
  return mapping instanceof LazyDict ? mapping.keys() : Object.keys(mapping)
}

export function getKey(mapping: Mapping, key: string): Value | undefined {
  return mapping instanceof LazyDict ? mapping.get(key) : own(mapping, key)
}

export function hasKey(mapping: Mapping, key: string): boolean {
  return mapping instanceof LazyDict ? mapping.get(key) !== undefined : Object.hasOwn(mapping, key)
}

export function entriesOf(mapping: Mapping): [string, Value][] {
  if (!(mapping instanceof LazyDict)) return Object.entries(mapping)
  return mapping.keys().flatMap((key): [string, Value][] => {
    const value = mapping.get(key)
    return value === undefined ? [] : [[key, value]]
  })
}

/** A plain dictionary with the same entries. */
export function toDict(mapping: Mapping): Dict {
  return mapping instanceof LazyDict ? Object.fromEntries(entriesOf(mapping)) : mapping
}
