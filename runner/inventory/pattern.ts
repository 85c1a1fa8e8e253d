import { readFileSync, statSync } from 'node:fs'
import { isIPv6 } from 'node:net'
import { sourceError, type Diagnostic } from '../source/diagnostic.ts'
import { globExpression } from './glob.ts'
import type { Host } from './host.ts'
import type { Inventory } from './inventory.ts'
import { suggestion } from '../source/nearest.ts'

/** A host pattern as written: `web:&staging`, or a list of such. */
export type Pattern = string | readonly string[]

/** The hosts that a pattern means, and what is odd about it. */
export interface Selection {
  /** In the order of the inventory within each part of the pattern; each once. */
  readonly hosts: readonly Host[]
  /** Names that mean nothing, for the user to see. */
  readonly warnings: readonly Diagnostic[]
  /** Set when no host is left: says so, with the nearest name there is. */
  readonly noMatch?: Diagnostic
}

/**
 * Which hosts a pattern names: groups and hosts, `a:b` or `a,b` (either), `a:&b` (both), `a:!b` (not), wildcards,
 * `~regular expression`, `group[0]`, `group[0:2]` (inclusive, as in Ansible), `@file` with a pattern a line.
 * Parts are evaluated as Ansible does: plain ones first, then intersections, then exclusions.
 * `limit` is a second pattern that must name a host too; an empty pattern or limit means all hosts. Throws `SourceError` for a pattern that cannot be read.
 */
export function selectHosts(inventory: Inventory, pattern: Pattern, limit?: Pattern): Selection {
  const warnings: Diagnostic[] = []
  const named = evaluate(inventory, splitPattern(pattern), warnings)
  const parts = limit === undefined ? [] : splitPattern(limit)
  if (parts.length === 0 && limit !== undefined && text(limit).includes('@')) {
    // Not everything, as Ansible has it: a retry file without hosts means that there is nothing to retry.
    const message = `the limit ${text(limit)} names a file without any host: nothing is left to do`
    return { hosts: [], warnings: [...warnings, { severity: 'warning', message }] }
  }
  const allowed = parts.length === 0 ? undefined : new Set(evaluate(inventory, parts, warnings))
  const hosts = allowed ? named.filter((host) => allowed.has(host)) : named
  if (hosts.length > 0) return { hosts, warnings }
  return { hosts, warnings, noMatch: explain(inventory, pattern, named.length > 0 ? limit : undefined) }
}

/** Parts of a pattern, `@file` replaced by what the file holds. */
export function splitPattern(pattern: Pattern): string[] {
  const texts = typeof pattern === 'string' ? [pattern] : pattern
  return texts
    .flatMap((one) => one.split(','))
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .flatMap((one) => (one.startsWith('@') ? readPatternFile(one.slice(1)) : splitColons(one)))
}

/** At colons outside brackets, so that `[0:2]` stays whole; an IPv6 address is no list of patterns. */
function splitColons(text: string): string[] {
  if (isIPv6(text)) return [text]
  if (text.startsWith('~')) return splitExpression(text)
  if (!/^(?:[^[\]]|\[[^\]]*\])*$/.test(text))
    throw sourceError(
      `the host pattern ${text} cannot be read: a bracket in it has no counterpart`,
      undefined,
      'a range is written `web[0:2]`, one of several characters `web[ab]`',
    )
  return text.match(/(?:[^\s:[\]]|\[[^\]]*\])+/g) ?? []
}

/** A regular expression may hold `(?:…)`: only a colon before another part's beginning ends it. */
function splitExpression(text: string): string[] {
  const parts = text.split(/(?<!\(\?):(?![^[]*\])/)
  return parts.map((part) => part.trim()).filter((part) => part !== '')
}

function readPatternFile(path: string): string[] {
  let content: string
  try {
    if (statSync(path).isDirectory()) throw new Error('it must be a file, not a directory')
    content = readFileSync(path, 'utf8')
  } catch (error) {
    throw sourceError(
      `the host pattern @${path} names a file that cannot be read: ${(error as Error).message}`,
    )
  }
  const lines = content.split(/\r?\n/).map((line) => line.trim())
  return lines.filter((line) => line !== '').flatMap(splitColons)
}

function evaluate(inventory: Inventory, parts: readonly string[], warnings: Diagnostic[]): Host[] {
  const required = parts.filter((part) => part.startsWith('&'))
  const excluded = parts.filter((part) => part.startsWith('!'))
  const plain = parts.filter((part) => !part.startsWith('&') && !part.startsWith('!'))
  if (plain.length === 0) plain.push('all')
  const match = (part: string): Set<Host> => new Set(matchPart(inventory, part, warnings))
  const both = required.map((part) => match(part.slice(1)))
  const without = excluded.map((part) => match(part.slice(1)))
  const either = new Set(plain.flatMap((part) => [...match(part)]))
  return [...either].filter(
    (host) => both.every((set) => set.has(host)) && !without.some((set) => set.has(host)),
  )
}

function matchPart(inventory: Inventory, part: string, warnings: Diagnostic[]): readonly Host[] {
  const exact = inventory.hosts.get(part)
  if (exact) return [exact]
  const { names, from, to } = splitSubscript(part)
  const hosts = matchNames(inventory, names, warnings)
  if (from === undefined || hosts.length === 0) return hosts
  const chosen = hosts.slice(from, to)
  if (chosen.length === 0) {
    warnings.push({ severity: 'warning', message: `${part}: ${names} has only ${hosts.length} hosts` })
  }
  return chosen
}

/** `web[1]`, `web[-1]`, `web[0:2]`, `web[2:]`: the second number is included. */
function splitSubscript(part: string): { names: string; from?: number; to?: number } {
  const match = part.startsWith('~') ? null : /^(.+)\[(?:(-?\d+)|(\d+)[:-](\d*))\]$/.exec(part)
  if (!match) return { names: part }
  const [, names = '', index, from, last] = match
  if (index !== undefined) {
    return { names, from: Number(index), to: index === '-1' ? undefined : Number(index) + 1 }
  }
  return { names, from: Number(from), to: last ? Number(last) + 1 : undefined }
}

function matchNames(inventory: Inventory, names: string, warnings: Diagnostic[]): readonly Host[] {
  const expression = nameExpression(names)
  const groups = [...inventory.groups.values()].filter((group) => expression.test(group.name))
  const hosts = groups.flatMap((group) => inventory.hostsOf(group))
  if (groups.length === 0 || names.startsWith('~') || /[.?*[]/.test(names)) {
    hosts.push(...inventory.hosts.values().filter((host) => expression.test(host.name)))
  }
  if (hosts.length > 0) return [...new Set(hosts)]
  const implicit = inventory.host(names)
  if (implicit) return [implicit]
  if (groups.length === 0) warnings.push(unknownName(inventory, names))
  return []
}

function nameExpression(names: string): RegExp {
  if (!names.startsWith('~')) return globExpression(names)
  const [, flags = '', source = ''] = /^~(?:\(\?(i)\))?(.*)$/s.exec(names)!
  try {
    return new RegExp(`^(?:${source})`, flags)
  } catch (error) {
    throw sourceError(`the host pattern ${names} is no regular expression: ${(error as Error).message}`)
  }
}

function unknownName(inventory: Inventory, name: string): Diagnostic {
  return {
    severity: 'warning',
    message: `no host or group is named '${name}'`,
    hint: nearName(inventory, name),
  }
}

function explain(inventory: Inventory, pattern: Pattern, limit?: Pattern): Diagnostic {
  const culprit = limit ?? pattern
  const message =
    limit === undefined
      ? `the host pattern ${text(pattern)} matches no host`
      : `no host of ${text(pattern)} is left by the limit ${text(limit)}`
  const names = splitPattern(culprit).map((part) => part.replace(/^[&!]/, ''))
  const hints = names.filter((name) => !isKnown(inventory, name)).map((name) => nearName(inventory, name))
  const hint = hints.find((one) => one !== undefined) ?? available(inventory)
  return { severity: 'error', message, hint }
}

function text(pattern: Pattern): string {
  return typeof pattern === 'string' ? pattern : pattern.join(',')
}

function isKnown(inventory: Inventory, name: string): boolean {
  return inventory.groups.has(name) || inventory.host(name) !== undefined
}

function nearName(inventory: Inventory, name: string): string | undefined {
  return suggestion(name, [...inventory.groups.keys(), ...inventory.hosts.keys()])
}

function available(inventory: Inventory): string {
  const names = [...inventory.groups.keys()].filter((name) => name !== 'ungrouped')
  if (inventory.hosts.size === 0) return 'the inventory has no hosts: give one with -i'
  return `there are the groups ${names.slice(0, 10).join(', ')}${names.length > 10 ? ', …' : ''}`
}
