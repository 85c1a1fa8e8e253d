import type { Planning } from '../../module.ts'
import { ruleSources } from './commands.ts'
import { type FirewallRule, likeness } from './rule.ts'
import { addRule, numbered, type RuleLists } from './rule-list.ts'
import { type WantedRule, wantedRules } from './wanted-rule.ts'

/** The lists that a new firewall has after rules were added one by one. @throws {RangeError} as ufw complains */
export function rulesOfAll(rules: readonly WantedRule[], planning: Planning, ipv6: boolean): RuleLists {
  let lists: RuleLists = { v4: [], v6: [] }
  for (const each of rules) {
    const { rules: written, family } = wantedRules(each, ruleSources(planning))
    lists = addRule(lists, written, { family, position: 0, ipv6 })
  }
  return lists
}

/**
 * The numbers, as `ufw status numbered` counts, of rules that have to go before adding those that are wanted, one by
 * one, leads to the wanted lists: what nobody wants, and what stands behind a rule that is yet to come.
 */
export function numbersInTheWay(present: RuleLists, wanted: RuleLists, ipv6: boolean): number[] {
  const numbers: number[] = []
  let count = 0
  for (const family of ipv6 ? (['v4', 'v6'] as const) : (['v4'] as const)) {
    const groups = numbered(present[family])
    const inTheWay = new Set(rulesInTheWay(present[family], wanted[family]))
    for (const [index, group] of groups.entries()) {
      if (group.some((rule) => inTheWay.has(rule))) numbers.push(count + index + 1)
    }
    count += groups.length
  }
  return numbers
}

// A rule about the same packets is changed where it stands; so it is in nobody's way.
function rulesInTheWay(present: readonly FirewallRule[], wanted: readonly FirewallRule[]): FirewallRule[] {
  const alike = (one: FirewallRule, other: FirewallRule) => likeness(one, other) !== 'none'
  const kept = present.filter((rule) => wanted.some((each) => alike(rule, each)))
  const first = kept.findIndex((rule, index) => !wanted[index] || !alike(rule, wanted[index]))
  const late = first < 0 ? [] : kept.slice(first)
  return present.filter((rule) => !kept.includes(rule) || late.includes(rule))
}
