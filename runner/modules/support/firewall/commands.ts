import type { AttributeChange, Diff } from '../../../engine/events.ts'
import type { AnyEffect } from '../../../host/state.ts'
import { sh } from '../../../transport/shell.ts'
import type { Planning } from '../../module.ts'
import { change, type Outcome, unchanged } from '../../outcome.ts'
import {
  editEffects,
  type Firewall,
  openFirewall,
  rewritten,
  ruleEffects,
  settingEffects,
} from './firewall.ts'
import { insertPosition, type InsertWish } from './insert-position.ts'
import { parseServices } from './ports.ts'
import { findProfile, parseProfiles } from './profiles.ts'
import { type FirewallRule, ruleInWords } from './rule.ts'
import { addRule, deleteRule, numbered, type RuleLists } from './rule-list.ts'
import { CONFIGURATION, DEFAULTS, POLICY_NAMES, POLICY_VALUES } from './settings.ts'
import { type RuleSources, wantedRules, type WantedRule } from './wanted-rule.ts'

/** Plans that the firewall is on, off, read anew or reset. */
export function setState(state: 'enabled' | 'disabled' | 'reloaded' | 'reset', planning: Planning): Outcome {
  const { settings, active, lists } = openFirewall(planning)!
  switch (state) {
    case 'enabled':
      if (settings.enabled && active) return nothing()
      return run(['--force', 'enable'], {
        diff: attributeDiff('status', settings.enabled ? 'enabled, not loaded' : 'disabled', 'enabled'),
        after: [
          ...settingEffects(CONFIGURATION, 'ENABLED', 'yes', planning),
          ...ruleEffects(lists, true, planning).slice(0, 1),
        ],
        loads: true,
      })
    case 'disabled':
      if (!settings.enabled) return nothing()
      return run(['--force', 'disable'], {
        diff: attributeDiff('status', 'enabled', 'disabled'),
        after: [
          ...settingEffects(CONFIGURATION, 'ENABLED', 'no', planning),
          ...ruleEffects(lists, false, planning).slice(0, 1),
        ],
        loads: true,
      })
    case 'reloaded':
      if (!settings.enabled) return nothing('Firewall not enabled (skipping reload)')
      return run(['reload'], {
        diff: [],
        after: ruleEffects(lists, true, planning).slice(0, 1),
        loads: true,
      })
    default:
      return reset({ settings, active, lists }, planning)
  }
}

/** Plans a default policy. */
export function setDefault(policy: string, direction: string, planning: Planning): Outcome {
  const { settings } = openFirewall(planning)!
  const which = direction as keyof typeof POLICY_NAMES
  if (settings[which] === policy) return nothing()
  // ufw renames what its last rules log as.
  const [before, after] =
    policy === 'allow' ? (['UFW BLOCK', 'UFW ALLOW'] as const) : (['UFW ALLOW', 'UFW BLOCK'] as const)
  return run(['default', policy, direction], {
    diff: attributeDiff(`default ${direction}`, settings[which], policy),
    after: [
      ...settingEffects(DEFAULTS, POLICY_NAMES[which], POLICY_VALUES[policy]!, planning),
      ...['/etc/ufw/after.rules', '/etc/ufw/after6.rules'].flatMap((file) =>
        editEffects(file, (text) => text.replaceAll(before, after), planning),
      ),
    ],
    loads: settings.enabled,
  })
}

/** Plans what is logged. */
export function setLogging(level: string, planning: Planning): Outcome {
  const { settings, lists, active } = openFirewall(planning)!
  const wanted = level === 'on' ? (settings.logging === 'off' ? 'low' : settings.logging) : level
  if (settings.logging === wanted) return nothing()
  // Without IPv6 ufw does not read the rules for it, but writes them.
  const kept: RuleLists = settings.ipv6 ? lists : { ...lists, v6: [] }
  return run(['logging', level], {
    diff: attributeDiff('logging', settings.logging, wanted),
    after: [
      ...settingEffects(CONFIGURATION, 'LOGLEVEL', wanted, planning),
      ...ruleEffects(kept, active, planning),
    ],
    loads: false,
  })
}

/** Plans that a rule is there, or is not. */
export function setRule(
  given: WantedRule & InsertWish & { readonly delete: boolean },
  planning: Planning,
): Outcome {
  const { settings, lists, active } = openFirewall(planning)!
  const { ipv6 } = settings
  const { rules, family } = wantedRules(given, ruleSources(planning))
  if (!ipv6 && family === 'v6') throw new RangeError('ERROR: IPv6 support not enabled')
  const position = given.delete ? 0 : insertPosition(given, family, lists)
  const after = given.delete
    ? deleteRule(lists, rules, { family, ipv6 })
    : addRule(lists, rules, { family, position, ipv6 })
  const [listBefore, listAfter] = [inWords(lists), inWords(after)]
  if (listBefore === listAfter) return nothing()
  return run(commandWords(given, position), {
    diff: [{ path: 'firewall', before: listBefore, after: listAfter }],
    after: ruleEffects(after, active, planning),
    loads: false,
  })
}

/** Plans that the rule of a number is gone. */
export function removeNumbered(number: number, planning: Planning): Outcome {
  const { settings, lists, active } = openFirewall(planning)!
  const gone = [...numbered(lists.v4), ...(settings.ipv6 ? numbered(lists.v6) : [])][number - 1]!
  const without = (rules: readonly FirewallRule[]) => rules.filter((rule) => !gone.includes(rule))
  const after: RuleLists = { v4: without(lists.v4), v6: without(lists.v6) }
  return run(['--force', 'delete', String(number)], {
    diff: [{ path: 'firewall', before: inWords(lists), after: inWords(after) }],
    after: ruleEffects(after, active, planning),
    loads: false,
  })
}

/** What of the host decides how a rule is written. */
export function ruleSources(planning: Planning): RuleSources {
  return {
    services: () => parseServices(planning.files.read('/etc/services')?.toString('utf8') ?? ''),
    profile: (name) => findProfile(readProfiles(planning), name),
  }
}

function reset({ settings, lists }: Firewall, planning: Planning): Outcome {
  const before = inWords(lists)
  return run(['--force', 'reset'], {
    diff: [
      { path: 'firewall', before, after: '' },
      ...attributeDiff('status', settings.enabled ? 'enabled' : 'disabled', 'disabled'),
    ],
    after: [
      ...(settings.enabled ? settingEffects(CONFIGURATION, 'ENABLED', 'no', planning) : []),
      ...ruleEffects({ v4: [], v6: [] }, false, planning),
      ...['before', 'before6', 'after', 'after6'].flatMap((name) =>
        rewritten(`/etc/ufw/${name}.rules`, planning),
      ),
    ],
    loads: true,
  })
}

function readProfiles({ files }: Planning) {
  const directory = '/etc/ufw/applications.d'
  const names = (files.list(directory) ?? []).filter(
    (name) => !name.startsWith('.') && !/(\.dpkg-(new|old|dist)|~)$/.test(name),
  )
  return parseProfiles(names.map((name) => files.read(`${directory}/${name}`)?.toString('utf8') ?? ''))
}

/** The rule in ufw's long form. */
function commandWords(given: WantedRule & { readonly delete: boolean }, position: number): string[] {
  const { rule, direction, interface_in, interface_out, from_port, to_port, proto, name, comment } = given
  const option = (word: string, value: string | undefined) => (value === undefined ? [] : [word, value])
  return [
    ...(given.route ? ['route'] : []),
    ...(given.delete ? ['delete'] : []),
    ...(position > 0 ? ['insert', String(position)] : []),
    rule,
    ...(direction === undefined ? [] : [direction]),
    ...option('on', given.interface),
    ...(interface_in === undefined ? [] : ['in', 'on', interface_in]),
    ...(interface_out === undefined ? [] : ['out', 'on', interface_out]),
    ...(given.log ? ['log'] : []),
    'from',
    given.from_ip,
    ...option('port', from_port),
    'to',
    given.to_ip,
    ...option('port', to_port),
    ...option('proto', proto),
    ...option('app', name),
    ...option('comment', comment || undefined),
  ]
}

function inWords({ v4, v6 }: RuleLists): string {
  return [...v4, ...v6].map((rule) => `${ruleInWords(rule)}\n`).join('')
}

function attributeDiff(name: string, before: string, after: string): Diff[] {
  const attributes: AttributeChange[] = before === after ? [] : [{ name, before, after }]
  return [{ path: 'firewall', attributes }]
}

function nothing(msg?: string): Outcome {
  return unchanged({ commands: [], ...(msg === undefined ? {} : { msg }) })
}

interface Run {
  readonly diff: readonly Diff[]
  readonly after: readonly AnyEffect[]
  /** Loading the firewall sets kernel parameters too. */
  readonly loads: boolean
}

function run(words: readonly string[], { diff, after, loads }: Run): Outcome {
  const command = ['ufw', ...words]
  return change({
    diff,
    script: sh`LC_ALL=C PATH=$PATH:/usr/sbin:/sbin ${command}`,
    after,
    sideEffects: loads,
    result: { commands: [command.map((word) => (/[\s']/.test(word) ? `'${word}'` : word)).join(' ')] },
  })
}
