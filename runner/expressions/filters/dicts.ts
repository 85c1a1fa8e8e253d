import { Unknown } from '../../variables/unknown.ts'
import type { Dict, Value } from '../../variables/value.ts'
import { asText, dict, list, strictList, text } from '../convert.ts'
import { Failure, Undefined, tuple, type Item } from '../items.ts'
import { entriesOf, getKey, isMapping } from '../mapping.ts'
import { element } from '../members.ts'
import { compare, truthy } from '../python/compare.ts'
import { typeName } from '../python/numbers.ts'
import { keep, type Routines } from '../routine.ts'
import { folded } from './lists.ts'
import { mergeLists, type ListMerge } from './mergeLists.ts'

const merges = new Set(['replace', 'keep', 'append', 'prepend', 'append_rp', 'prepend_rp'])

/** Dictionaries. */
export const dictFilters: Routines = {
  combine: keep('value *others **options', (_, value, others, options) => {
    const { recursive = false, list_merge: listMerge = 'replace', ...extra } = options as Record<string, Item>
    const [unknownOption] = Object.keys(extra)
    if (unknownOption !== undefined) {
      const words = "'recursive' and 'list_merge' are the only valid keyword arguments"
      throw new Failure(words, `not '${unknownOption}'`, words)
    }
    if (!merges.has(text(listMerge, 'list_merge'))) {
      throw new Failure(`'list_merge' must be one of ${[...merges].join(', ')}`)
    }
    const dicts = ([value, ...(others as Item[])] as Value[]).flat().filter((one) => one !== null)
    const unknown = dicts.find((one) => one instanceof Unknown)
    if (unknown !== undefined) return unknown
    const odd = dicts.find((one) => !isMapping(one))
    if (odd !== undefined) {
      const words = `failed to combine variables, expected dicts but got a '${typeName(odd)}'`
      throw new Failure(words, undefined, words)
    }
    return dicts.reduce(
      (merged: Dict, one) => merge(merged, dict(one), truthy(recursive), listMerge as ListMerge),
      {},
    )
  }),
  dict2items: keep('value key_name? value_name?', (_, value, keyName = 'key', valueName = 'value') =>
    Object.entries(required(value)).map(([key, one]) =>
      Object.fromEntries([
        [text(keyName), key],
        [text(valueName), one],
      ]),
    ),
  ),
  items2dict: keep('value key_name? value_name?', (_, value, keyName = 'key', valueName = 'value') => {
    const part = (item: Value, name: Item) => {
      const found = isMapping(item) ? getKey(item, text(name)) : undefined
      if (found !== undefined) return found
      const keys = `'${text(keyName)}' and '${text(valueName)}'`
      throw new Failure(
        isMapping(item)
          ? `items2dict requires each dictionary in the list to contain the keys ${keys}`
          : `items2dict requires a list of dictionaries, got ${typeName(item)} in it`,
      )
    }
    if (!Array.isArray(value)) throw new Failure(`items2dict requires a list, got ${typeName(value)} instead`)
    return Object.fromEntries(
      strictList(value).map((item) => [asText(part(item, keyName)), part(item, valueName)]),
    )
  }),
  dictsort: keep(
    'value case_sensitive? by? reverse?',
    (_, value, caseSensitive = false, by = 'key', reverse = false) => {
      const position = by === 'value' ? 1 : 0
      const sorted = Object.entries(dict(value)).sort((a, b) =>
        compare(folded(a[position], truthy(caseSensitive)), folded(b[position], truthy(caseSensitive))),
      )
      return (truthy(reverse) ? sorted.reverse() : sorted).map((pair) => tuple(pair))
    },
  ),
  items: keep('value', (_, value) => entriesOf(dict(value)).map((pair) => tuple(pair))),
  rekey_on_member: keep('value key duplicates?', (_, value, key, duplicates = 'error') => {
    if (duplicates !== 'error' && duplicates !== 'overwrite')
      throw new Failure(
        `duplicates parameter to rekey_on_member has unknown value: ${asText(duplicates)}`,
        "use 'error' or 'overwrite'",
      )
    const rekeyed = new Map<string, Value>()
    if (!isMapping(value) && !Array.isArray(value))
      throw new Failure('Type is not a valid list, set, or dict')
    for (const item of isMapping(value) ? Object.values(dict(value)) : value) {
      if (!isMapping(item)) throw new Failure('List item is not a valid dict')
      const found = getKey(item, text(key))
      if (found === undefined) throw new Failure(`Key ${text(key)} was not found`)
      const name = asText(found)
      if (duplicates === 'error' && rekeyed.has(name))
        throw new Failure(`Key ${name} is not unique, cannot correctly turn into dict`)
      rekeyed.set(name, item)
    }
    return Object.fromEntries(rekeyed)
  }),
  extract: keep('value container morekeys?', (frame, value, container, moreKeys = null) => {
    const more: Item[] = Array.isArray(moreKeys) ? moreKeys : moreKeys === null ? [] : [moreKeys]
    const keys: Item[] = [value, ...more]
    let found: Item = container
    for (const key of keys) {
      if (found instanceof Unknown) return found
      const next = element(found, key, frame)
      if (next === undefined) return new Undefined(`there is no '${asText(key)}' in the container`)
      found = next
    }
    return found
  }),
}

function required(value: Item): Dict {
  if (!isMapping(value)) throw new Failure(`dict2items requires a dictionary, got ${typeName(value)} instead`)
  return dict(value)
}

function merge(left: Dict, right: Dict, recursive: boolean, listMerge: ListMerge): Dict {
  const merged = new Map<string, Value>(Object.entries(left))
  for (const [key, value] of Object.entries(right)) {
    const before = merged.get(key)
    if (before !== undefined && isMapping(before) && isMapping(value)) {
      merged.set(key, recursive ? merge(dict(before), dict(value), recursive, listMerge) : value)
    } else if (Array.isArray(before) && Array.isArray(value)) {
      merged.set(key, mergeLists(list(before), value, listMerge))
    } else merged.set(key, value)
  }
  return Object.fromEntries(merged)
}
