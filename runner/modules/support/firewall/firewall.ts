import { fileEffects, presentPath } from '../../../host/files.ts'
import { type AnyEffect, effect } from '../../../host/state.ts'
import { content } from '../../../resources/content.ts'
import { digest } from '../../../resources/digest.ts'
import { firewall, type FirewallRules } from '../../../resources/firewall.ts'
import { packageKind } from '../../../resources/package.ts'
import { path as pathKind, type PresentPath } from '../../../resources/path.ts'
import { Unknown } from '../../../variables/unknown.ts'
import type { Planning } from '../../module.ts'
import { type FirewallRule, formatTuple, parseTuple } from './rule.ts'
import type { RuleLists } from './rule-list.ts'
import { CONFIGURATION, DEFAULTS, type FirewallSettings, parseSettings, withSetting } from './settings.ts'

/** The firewall as it is before a step. */
export interface Firewall {
  readonly settings: FirewallSettings
  readonly active: boolean
  readonly lists: RuleLists
}

/** ufw's rules and settings; undefined where it is neither installed nor about to be. */
export function openFirewall(planning: Planning): Firewall | undefined {
  const rules = planning.state.read(firewall, 'ufw') ?? (willBeInstalled(planning) ? FRESH : undefined)
  if (!rules) return undefined
  const settings = parseSettings(readText(DEFAULTS, planning), readText(CONFIGURATION, planning))
  return {
    settings,
    active: settings.enabled && rules.active,
    lists: { v4: parseAll(rules.rules, false), v6: parseAll(rules.rules6, true) },
  }
}

/** The effects of ufw having written its rules. */
export function ruleEffects(lists: RuleLists, active: boolean, planning: Planning): AnyEffect[] {
  return [
    effect(firewall, 'ufw', {
      active,
      rules: lists.v4.map((rule) => formatTuple(rule)),
      rules6: lists.v6.map((rule) => formatTuple(rule)),
    }),
    ...RULE_FILES.flatMap((file) => rewritten(file, planning)),
  ]
}

/** The effects of one setting having been changed in a file. */
export function settingEffects(file: string, name: string, value: string, planning: Planning): AnyEffect[] {
  return editEffects(file, (text) => withSetting(text, name, value), planning)
}

/** The effects of a file having been edited; none where the edit changes nothing. */
export function editEffects(file: string, edit: (text: string) => string, planning: Planning): AnyEffect[] {
  const { path, status } = planning.files.stat(file)
  const before = readText(file, planning)
  const after = edit(before)
  if (after === before) return []
  const bytes = Buffer.from(after, 'latin1')
  // Not there yet: the installation, which writes it, is only predicted. Its settings are all that is known of it.
  return status.type === 'file' ? fileEffects(path, bytes, status) : [effect(content, file, bytes)]
}

/** The effects of a file having been written with what only ufw knows. */
export function rewritten(file: string, planning: Planning): AnyEffect[] {
  const { path, status } = planning.files.stat(file)
  const later = new Unknown({ what: 'ufw', location: planning.location })
  return [
    ...(status.type === 'file' ? [effect(pathKind, path, presentPath(attributes(status)))] : []),
    effect(content, path, later),
    effect(digest, path, later),
  ]
}

const FRESH: FirewallRules = { active: false, rules: [], rules6: [] }

const RULE_FILES = ['/etc/ufw/user.rules', '/etc/ufw/user6.rules']

function willBeInstalled({ state, files }: Planning): boolean {
  const predicted = state.predicted(packageKind, 'ufw')
  if (predicted !== undefined && !(predicted instanceof Unknown)) return predicted.status === 'installed'
  return files.exists('/usr/sbin/ufw')
}

function readText(file: string, { files, state }: Planning): string {
  const bytes = files.read(file) ?? state.predicted(content, file)
  return bytes instanceof Buffer ? bytes.toString('latin1') : ''
}

function parseAll(tuples: readonly string[], v6: boolean): FirewallRule[] {
  return tuples.flatMap((tuple) => parseTuple(tuple, v6) ?? [])
}

function attributes({ type, mode, owner, group }: PresentPath) {
  return { type, mode, owner, group }
}
