import type { Value } from '../../variables/value.ts'
import { membership } from './sets.ts'

export type ListMerge = 'replace' | 'keep' | 'append' | 'prepend' | 'append_rp' | 'prepend_rp'

/** How `combine` joins two lists under the same key; `_rp` drops from the older what the newer repeats. */
export function mergeLists(older: Value[], newer: Value[], how: ListMerge): Value[] {
  const fresh = () => {
    const has = membership(newer)
    return older.filter((item) => !has(item))
  }
  switch (how) {
    case 'replace':
      return newer
    case 'keep':
      return older
    case 'append':
      return [...older, ...newer]
    case 'prepend':
      return [...newer, ...older]
    case 'append_rp':
      return [...fresh(), ...newer]
    case 'prepend_rp':
      return [...newer, ...fresh()]
    default:
      return how satisfies never
  }
}
