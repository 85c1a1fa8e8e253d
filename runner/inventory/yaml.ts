import { SourceError, type Diagnostic } from '../source/diagnostic.ts'
import { lineAt } from '../source/format.ts'
import type { Location } from '../source/location.ts'
import { locate } from '../source/positions.ts'
import { isDict, type Dict, type Value } from '../variables/value.ts'
import type { Group } from './group.ts'
import type { InventorySource } from './host.ts'
import type { Inventory } from './inventory.ts'
import { suggestion } from '../source/nearest.ts'
import { expandHostNames } from './range.ts'
import { checkSandbox } from './sandbox.ts'

const SECTIONS = ['hosts', 'vars', 'children'] as const
type Section = (typeof SECTIONS)[number]

interface Entry {
  readonly key: string
  readonly value: Value
  readonly at?: Location
  readonly keyAt?: Location
}

/**
 * Reads a YAML inventory that was parsed already: groups by name, each with `hosts`, `vars` and `children`.
 * Throws `SourceError` with everything that is wrong.
 */
export function readYamlInventory(inventory: Inventory, source: InventorySource, value: Value): void {
  new YamlReader(inventory, source).read(value)
}

class YamlReader {
  readonly #inventory: Inventory
  readonly #source: InventorySource
  readonly #problems: Diagnostic[] = []

  constructor(inventory: Inventory, source: InventorySource) {
    this.#inventory = inventory
    this.#source = source
  }

  read(value: Value): void {
    if (isDict(value)) {
      for (const [name, group] of Object.entries(value)) this.#group(name, group, locate(value, name, 'key'))
    } else {
      const found = value === null ? 'the file is empty' : `found ${describe(value)}`
      this.#problem(
        `an inventory is a dictionary of groups, but ${found}`,
        typeof value === 'object' && value !== null
          ? locate(value)
          : { file: this.#source.name, line: 1, column: 1 },
        'begin with `all:`, and `hosts:` below it',
      )
    }
    if (this.#problems.length > 0) throw new SourceError(this.#problems)
  }

  #group(name: string, value: Value, location?: Location): void {
    const group = this.#inventory.addGroup(name, location)
    if (value === null) return
    if (!isDict(value)) {
      this.#problem(
        `group '${name}' must be a dictionary with hosts, vars or children, not ${describe(value)}`,
        location,
      )
      return
    }
    for (const key of Object.keys(value)) {
      if (isSection(key)) this.#section(group, key, this.#entries(name, value, key))
      else this.#unknownKey(name, value, key)
    }
  }

  #section(group: Group, section: Section, entries: readonly Entry[]): void {
    for (const { key, value, at, keyAt } of entries) {
      if (section === 'hosts') {
        this.#hosts(group, key, value, at, keyAt)
      } else if (section === 'children') {
        const child = this.#inventory.addGroup(key, keyAt)
        this.#attempt(() => this.#inventory.addChild(group, child, keyAt))
        this.#group(key, value, keyAt)
      } else {
        this.#attempt(() => this.#inventory.setVariable(group, key, value, this.#source, at))
      }
    }
  }

  #hosts(group: Group, pattern: string, value: Value, at?: Location, keyAt?: Location): void {
    if (value !== null && !isDict(value)) {
      this.#problem(
        `host '${pattern}' must have a dictionary of variables or nothing, not ${describe(value)}`,
        at,
      )
      return
    }
    if (isBareNumber(pattern, keyAt)) {
      const message = `Host pattern ${pattern} must be a string. Enclose integers/floats in quotation marks.`
      this.#problem(message, keyAt)
      return
    }
    const expanded = this.#attempt(() => expandHostNames(pattern), keyAt)
    if (!expanded) return
    if (value) this.#problems.push(...checkSandbox(value))
    for (const name of expanded.names) {
      const host = this.#inventory.addHost(name, this.#source, keyAt)
      this.#inventory.addMember(group, host)
      const { port } = expanded
      if (port !== undefined) this.#inventory.setVariable(host, 'ansible_port', port, this.#source, keyAt)
      for (const [key, entry] of Object.entries(value ?? {})) {
        this.#inventory.setVariable(host, key, entry, this.#source, locate(value!, key))
      }
    }
  }

  /** A section's entries with the places of value and key; a lone name stands for a dictionary of that name. */
  #entries(group: string, groupValue: Dict, section: Section): Entry[] {
    const value = Object.hasOwn(groupValue, section) ? groupValue[section]! : null
    const at = locate(groupValue, section)
    if (value === null) return []
    if (typeof value === 'string' && section !== 'vars') return [{ key: value, value: null, at, keyAt: at }]
    if (isDict(value)) {
      return Object.entries(value).map(([key, entry]) => {
        return { key, value: entry, at: locate(value, key), keyAt: locate(value, key, 'key') }
      })
    }
    const first = Array.isArray(value) && typeof value[0] === 'string' ? value[0] : undefined
    const hint = first === undefined ? undefined : `write \`${first}:\` instead of \`- ${first}\``
    this.#problem(`${section} of group '${group}' must be a dictionary, not ${describe(value)}`, at, hint)
    return []
  }

  #unknownKey(group: string, value: Dict, key: string): void {
    const entry = value[key]!
    const belongs =
      isDict(entry) || entry === null
        ? `a group below '${group}' belongs under its children:, a host under hosts:, a variable under vars:`
        : 'a variable belongs under vars:'
    const hint = suggestion(key, SECTIONS) ?? belongs
    this.#problem(
      `group '${group}' has no key '${key}': expected hosts, vars or children`,
      locate(value, key, 'key'),
      hint,
    )
  }

  #problem(message: string, location?: Location, hint?: string): void {
    this.#problems.push({ severity: 'error', message, location, hint })
  }

  /** What a step throws is noted, so that the next mistake is found too. */
  #attempt<T>(step: () => T, location?: Location): T | undefined {
    try {
      return step()
    } catch (error) {
      if (error instanceof SourceError) this.#problems.push(...error.diagnostics)
      else this.#problem((error as Error).message, location)
      return undefined
    }
  }
}

function isSection(key: string): key is Section {
  return SECTIONS.some((section) => section === key)
}

function describe(value: Value): string {
  if (Array.isArray(value)) return 'a list'
  if (isDict(value)) return 'a dictionary'
  return value === null ? 'nothing' : `a ${typeof value === 'object' ? 'text' : typeof value}`
}

/** Whether a host's name was written as a number, which YAML may have read as another one (`0x10`, `1_000`). */
function isBareNumber(name: string, at: Location | undefined): boolean {
  if (!at || !/^-?[\d.]+$/.test(name) || Number.isNaN(Number(name))) return false
  const line = lineAt(at)
  return line !== undefined && !/["']/.test(line[at.column - 1] ?? '"')
}
