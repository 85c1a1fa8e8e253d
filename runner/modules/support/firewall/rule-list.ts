import { type FirewallRule, likeness } from './rule.ts'

/** ufw's rules of both families. */
export interface RuleLists {
  readonly v4: readonly FirewallRule[]
  readonly v6: readonly FirewallRule[]
}

export type Family = 'v4' | 'v6' | 'both'

/**
 * Rules as they are after `ufw … RULE`: a rule that is there already is left where it is, one about the same packets is
 * replaced in its place, a new one goes to its position or to the end.
 *
 * @param rule written for IPv4; the one for IPv6 is made of it
 * @param position counted from 1 through both families as `ufw status numbered` counts them; 0 for the end
 * @throws {RangeError} for a position that there is not
 * @source ufw(8), and ufw 0.36's own behaviour
 */
export function addRule(
  lists: RuleLists,
  rules: readonly FirewallRule[],
  { family, position, ipv6 }: { family: Family; position: number; ipv6: boolean },
): RuleLists {
  // Inserted one before the other, the last one first, so that they end up in order.
  const ordered = position === 0 ? rules : [...rules].reverse()
  let result = lists
  for (const [index, rule] of ordered.entries()) {
    const [count4, count6] = [countRules(result.v4), countRules(result.v6)]
    if (position > count4 + count6) throw badPosition(position)
    if (!ipv6 || family === 'v4') {
      if (position > count4) throw badPosition(position)
      result = { ...result, v4: place(result.v4, rule, position) }
    } else if (family === 'v6') {
      if (position > 0 && position <= count4) throw badPosition(position)
      result = { ...result, v6: place(result.v6, toIPv6(rule), position === 0 ? 0 : position - count4) }
    } else result = addToBoth(result, rule, position, index, count4)
  }
  return result
}

/** Rules without those that `ufw delete RULE` takes away. */
export function deleteRule(
  lists: RuleLists,
  rules: readonly FirewallRule[],
  { family, ipv6 }: { family: Family; ipv6: boolean },
): RuleLists {
  let { v4, v6 } = lists
  for (const rule of rules) {
    if (family !== 'v6') v4 = without(v4, rule)
    if (family !== 'v4' && ipv6) v6 = without(v6, toIPv6(rule))
  }
  return { v4, v6 }
}

/** The number of rules as ufw shows them: those of one application are one. */
export function countRules(rules: readonly FirewallRule[]): number {
  const apps = new Set<string>()
  return rules.filter((rule) => {
    const app = applicationKey(rule)
    if (app === '') return true
    return apps.has(app) ? false : apps.add(app)
  }).length
}

/** Rules by the number that ufw gives them: those of one application have the same. */
export function numbered(rules: readonly FirewallRule[]): FirewallRule[][] {
  const groups: FirewallRule[][] = []
  const applications = new Map<string, FirewallRule[]>()
  for (const rule of rules) {
    const key = applicationKey(rule)
    const group = key === '' ? undefined : applications.get(key)
    if (group) group.push(rule)
    else {
      const fresh = [rule]
      groups.push(fresh)
      if (key !== '') applications.set(key, fresh)
    }
  }
  return groups
}

/** What the rules of one application have in common; '' for a rule of none. */
export function applicationKey(rule: FirewallRule): string {
  const { toApp, fromApp, to, from, toPort, fromPort, direction, interfaceIn, interfaceOut } = rule
  if (toApp === '' && fromApp === '') return ''
  const place = interfaceIn || interfaceOut ? `in_${interfaceIn} out_${interfaceOut}` : direction
  return [toApp || toPort, to, fromApp || fromPort, from, place].join(' ')
}

export function toIPv6(rule: FirewallRule): FirewallRule {
  const address = (text: string) => (text === '0.0.0.0/0' ? '::/0' : text)
  return { ...rule, v6: true, to: address(rule.to), from: address(rule.from) }
}

// The rule of the other family goes where the rule at that position has its like there, else to the end.
function addToBoth(
  lists: RuleLists,
  rule: FirewallRule,
  position: number,
  index: number,
  count4: number,
): RuleLists {
  const position4 = position > count4 ? counterpart(lists.v6, lists.v4, position - count4 + index) : position
  const v4 = place(lists.v4, rule, position4)
  if (position === 0) return { v4, v6: place(lists.v6, toIPv6(rule), 0) }
  const now4 = countRules(v4)
  const next = position + 1
  let position6 = next - now4
  if (next <= now4) {
    const like = counterpart(v4, lists.v6, next)
    position6 = like > 0 ? like - index : 0
    if (position6 > now4) position6 -= now4
  }
  return { v4, v6: place(lists.v6, toIPv6(rule), position6) }
}

/** The position in another family's list of the rule that is like the one at a position here; 0 when there is none. */
function counterpart(from: readonly FirewallRule[], to: readonly FirewallRule[], position: number): number {
  if (position < 1 || position > from.length) throw badPosition(position)
  const head = from.slice(0, position)
  const like = from[position - 1 + head.length - countRules(head)]!
  const wanted = like.v6 ? toIPv4(like) : toIPv6(like)
  return to.findIndex((each) => likeness(each, wanted) === 'same') + 1
}

function toIPv4(rule: FirewallRule): FirewallRule {
  const address = (text: string) => (text === '::/0' ? '0.0.0.0/0' : text)
  return { ...rule, v6: false, to: address(rule.to), from: address(rule.from) }
}

function place(
  rules: readonly FirewallRule[],
  rule: FirewallRule,
  position: number,
): readonly FirewallRule[] {
  if (position < 0 || position > rules.length) throw badPosition(position)
  const alike = rules.map((each) => likeness(each, rule))
  if (position === 0) return replaceOrAppend(rules, rule, alike)
  const at = insertionPoint(rules, position)
  if (at === undefined) return replaceOrAppend(rules, rule, alike)
  return alike.some((each) => each !== 'none') ? rules : [...rules.slice(0, at), rule, ...rules.slice(at)]
}

function replaceOrAppend(rules: readonly FirewallRule[], rule: FirewallRule, alike: readonly string[]) {
  if (alike.every((each) => each === 'none')) return [...rules, rule]
  return rules.map((each, index) => (alike[index] === 'none' || alike[index] === 'same' ? each : rule))
}

/** Never between the rules of one application; undefined when that leads past the end. */
function insertionPoint(rules: readonly FirewallRule[], position: number): number | undefined {
  for (let at = position - 1; at < rules.length; at++) {
    const [before, here] = [rules[at - 1], rules[at]!]
    const inside =
      before !== undefined &&
      applicationKey(before) !== '' &&
      applicationKey(here) !== '' &&
      ['to', 'from', 'toApp', 'fromApp'].every(
        (part) => before[part as keyof FirewallRule] === here[part as keyof FirewallRule],
      )
    if (!inside) return at
  }
  return undefined
}

// A rule is taken away with whatever comment it has when none is named.
function without(rules: readonly FirewallRule[], rule: FirewallRule): readonly FirewallRule[] {
  let found = false
  return rules.filter((each) => {
    const like = likeness(each, rule)
    if (like === 'same' && !found) {
      found = true
      return false
    }
    return !(like === 'other comment' && rule.comment === '')
  })
}

function badPosition(position: number): RangeError {
  return new RangeError(`ERROR: Invalid position '${position}'`)
}
