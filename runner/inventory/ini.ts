import { SourceError, sourceError, type Diagnostic } from '../source/diagnostic.ts'
import type { Location } from '../source/location.ts'
import { isTemplateSource, Template } from '../variables/template.ts'
import type { Value } from '../variables/value.ts'
import type { InventorySource } from './host.ts'
import type { Inventory } from './inventory.ts'
import { nearest, suggestion } from '../source/nearest.ts'
import { pythonLiteral } from './python-literal.ts'
import { expandHostNames } from './range.ts'
import { splitWords } from './words.ts'

type Kind = 'hosts' | 'vars' | 'children'
const KINDS: readonly string[] = ['hosts', 'vars', 'children']

interface Section {
  readonly group: string
  readonly kind: Kind
}

/** A group that was mentioned before it was declared, if it ever is, and the groups that want it as a child. */
interface Mention {
  readonly location: Location
  readonly in: string
  readonly parents: { group: string; location: Location }[]
}

/**
 * Reads an INI inventory: hosts with `key=value`, `[group]`, `[group:children]`, `[group:vars]`, ranges, comments.
 * Values are typed as Ansible types them (Python literals, else text) and are author's text.
 * Throws `SourceError` with everything that is wrong.
 */
export function readIni(inventory: Inventory, source: InventorySource, text: string): void {
  new IniReader(inventory, source).read(text)
}

class IniReader {
  readonly #inventory: Inventory
  readonly #source: InventorySource
  readonly #problems: Diagnostic[] = []
  readonly #declared: Set<string>
  readonly #mentions = new Map<string, Mention>()
  #section: Section | undefined = { group: 'ungrouped', kind: 'hosts' }

  constructor(inventory: Inventory, source: InventorySource) {
    this.#inventory = inventory
    this.#source = source
    this.#declared = new Set(inventory.groups.keys())
  }

  read(text: string): void {
    for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
      this.#collect(() => this.#line(line, index + 1))
    }
    for (const [name, mention] of this.#mentions) this.#checkDeclared(name, mention)
    if (this.#problems.length > 0) throw new SourceError(this.#problems)
  }

  #collect(step: () => void): void {
    try {
      step()
    } catch (error) {
      if (!(error instanceof SourceError)) throw error
      this.#problems.push(...error.diagnostics)
    }
  }

  #line(line: string, number: number): void {
    const text = line.trim()
    const location = {
      file: this.#source.name,
      line: number,
      column: line.length - line.trimStart().length + 1,
    }
    if (text === '' || text.startsWith('#') || text.startsWith(';')) return
    const header = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/.exec(text)
    if (header) return this.#header(header[1]!, header[2] ?? 'hosts', location)
    if (text.startsWith('[') && text.endsWith(']')) {
      throw sourceError(
        `${text} is no section`,
        location,
        'expected [group], [group:children] or [group:vars], without spaces',
      )
    }
    if (this.#section?.kind === 'hosts') this.#host(line, location, this.#section.group)
    else if (this.#section?.kind === 'vars') this.#variable(text, location, this.#section.group)
    else if (this.#section) this.#child(text, location, this.#section.group)
  }

  #header(group: string, kind: string, location: Location): void {
    this.#section = undefined
    if (!KINDS.includes(kind)) {
      const near = nearest(kind, KINDS)
      const hint = near
        ? `did you mean [${group}:${near}]?`
        : 'expected [group], [group:children] or [group:vars]'
      throw sourceError(`section [${group}:${kind}] is of an unknown kind`, location, hint)
    }
    this.#section = { group, kind: kind as Kind }
    if (kind === 'vars') {
      if (!this.#mentions.has(group))
        this.#mentions.set(group, { location, in: `[${group}:vars]`, parents: [] })
      return
    }
    this.#declared.add(group)
    this.#inventory.addGroup(group, location)
    for (const parent of this.#mentions.get(group)?.parents ?? []) {
      this.#relate(parent.group, group, parent.location)
    }
    this.#mentions.delete(group)
  }

  #relate(parent: string, child: string, location: Location): void {
    this.#inventory.addChild(this.#inventory.addGroup(parent), this.#inventory.addGroup(child), location)
  }

  #host(line: string, location: Location, group: string): void {
    const [first, ...assignments] = attempt(location, () => splitWords(line))
    if (!first) return
    if (first.text === '---') {
      throw sourceError(
        '--- begins a YAML file, but this one is read as INI',
        location,
        'name it inventory.yml',
      )
    }
    const { names, port } = attempt({ ...location, column: first.column }, () => expandHostNames(first.text))
    const variables = assignments.map(({ text, column }) => readAssignment(text, { ...location, column }))
    const into = this.#inventory.addGroup(group)
    for (const name of names) {
      const host = this.#inventory.addHost(name, this.#source, location)
      this.#inventory.addMember(into, host)
      if (port !== undefined) this.#inventory.setVariable(host, 'ansible_port', port, this.#source, location)
      for (const { key, value, at } of variables)
        this.#inventory.setVariable(host, key, value, this.#source, at)
    }
  }

  #variable(text: string, location: Location, group: string): void {
    const { key, value } = readAssignment(text, location)
    this.#inventory.setVariable(this.#inventory.addGroup(group), key, value, this.#source, location)
  }

  #child(text: string, location: Location, parent: string): void {
    const child = /^([^:\]\s]+)\s*(?:#.*)?$/.exec(text)?.[1]
    if (child === undefined) {
      throw sourceError(
        `expected the name of a group, not '${text}'`,
        location,
        `variables of a group belong under [${parent}:vars]`,
      )
    }
    if (this.#declared.has(child)) return this.#relate(parent, child, location)
    const mention = this.#mentions.get(child) ?? { location, in: `[${parent}:children]`, parents: [] }
    mention.parents.push({ group: parent, location })
    this.#mentions.set(child, mention)
  }

  #checkDeclared(name: string, mention: Mention): void {
    if (this.#declared.has(name)) return
    this.#problems.push({
      severity: 'error',
      message: `${mention.in} names the group '${name}', which is declared nowhere`,
      hint: suggestion(name, this.#declared) ?? `declare it: [${name}]`,
      location: mention.location,
    })
  }
}

function readAssignment(text: string, at: Location): { key: string; value: Value; at: Location } {
  const equals = text.indexOf('=')
  if (equals < 1)
    throw sourceError(`expected key=value, not '${text}'`, at, 'quote a value that holds spaces: key="a b"')
  const key = text.slice(0, equals).trim()
  return { key, value: iniValue(text.slice(equals + 1).trim(), at), at }
}

/** A Python literal becomes what it denotes; anything else is text. */
export function iniValue(text: string, location: Location): Value {
  const toText = (content: string): Value =>
    isTemplateSource(content) ? new Template(content, location) : content
  const literal = pythonLiteral(text, toText)
  return literal === undefined ? toText(text) : literal
}

/** An error of a pure reader gets its place. */
function attempt<T>(location: Location, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw sourceError((error as Error).message, location)
  }
}
