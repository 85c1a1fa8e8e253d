import { countRules, type Family, type RuleLists } from './rule-list.ts'

export interface InsertWish {
  readonly insert?: number
  readonly insert_relative_to: 'zero' | 'first-ipv4' | 'last-ipv4' | 'first-ipv6' | 'last-ipv6'
}

/**
 * The number that a rule is to be inserted at, counted from 1 through both families; 0 for the end.
 *
 * @throws {RangeError} for a number that ufw does not take
 * @source https://docs.ansible.com/ansible/latest/collections/community/general/ufw_module.html#parameter-insert_relative_to
 */
export function insertPosition(
  { insert, insert_relative_to }: InsertWish,
  family: Family,
  { v4, v6 }: RuleLists,
): number {
  if (insert === undefined) return 0
  if (insert_relative_to === 'zero') {
    if (insert <= 0) throw new RangeError(`ERROR: Cannot insert rule at position '${insert}'`)
    return insert
  }
  const [count4, count6] = [countRules(v4), countRules(v6)]
  const anchors = {
    'first-ipv4': 1,
    'last-ipv4': Math.max(count4, 1),
    'first-ipv6': count4 + 1,
    'last-ipv6': count6 > 0 ? count4 + count6 : count4 + 1,
  }
  const position = insert + anchors[insert_relative_to]
  if (position <= 0) throw new RangeError(`ERROR: Cannot insert rule at position '${position}'`)
  // Past the end of its list a rule is simply added.
  const last = family === 'v4' ? count4 : count4 + count6
  return position > last ? 0 : position
}
