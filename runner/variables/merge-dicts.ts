import { type Dict, isDict, own, type Value } from './value.ts'

/** Two dictionaries in one: where both hold a dictionary the two are merged, elsewhere the second one's value counts. */
export function mergeDicts(under: Dict, over: Dict): Dict {
  const entries = new Map<string, Value>(Object.entries(under))
  for (const [name, value] of Object.entries(over)) {
    const known = own(under, name)
    entries.set(
      name,
      known !== undefined && isDict(known) && isDict(value) ? mergeDicts(known, value) : value,
    )
  }
  return Object.fromEntries(entries)
}
