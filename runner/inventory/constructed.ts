import { Type } from '../variables/schema.ts'
import { evaluate, evaluateCondition, evaluateExpression } from '../expressions/evaluate.ts'
import { checkValue } from '../source/check-value.ts'
import { SourceError, sourceError } from '../source/diagnostic.ts'
import type { Location } from '../source/location.ts'
import { locate } from '../source/positions.ts'
import { dictLayer, Scope, type Layer } from '../variables/scope.ts'
import { Secret } from '../variables/secret.ts'
import { Template } from '../variables/template.ts'
import { isDict, own, type Dict, type Value } from '../variables/value.ts'
import { fitName } from './group-names.ts'
import type { Host, InventorySource } from './host.ts'
import type { Inventory } from './inventory.ts'
import type { ReadOptions } from './load.ts'
import { InventoryVariables } from './variables.ts'

const Expression = Type.Unsafe<string>({ type: ['string', 'boolean', 'number'], expects: 'an expression' })
const Scalar = Type.Unsafe({ type: ['string', 'number', 'boolean'], expects: 'text' })

/**
 * A file with `plugin: constructed`: variables and groups made from variables of the hosts known so far.
 *
 * @source https://docs.ansible.com/ansible/latest/collections/ansible/builtin/constructed_inventory.html
 */
export const ConstructedFile = Type.Object(
  {
    plugin: Type.String(),
    strict: Type.Optional(Type.Boolean()),
    compose: Type.Optional(Type.Record(Type.String(), Expression)),
    groups: Type.Optional(Type.Record(Type.String(), Expression)),
    keyed_groups: Type.Optional(
      Type.Array(
        Type.Object(
          {
            key: Expression,
            prefix: Type.Optional(Scalar),
            separator: Type.Optional(Type.String()),
            parent_group: Type.Optional(Type.String()),
            default_value: Type.Optional(Type.String()),
            trailing_separator: Type.Optional(Type.Boolean()),
          },
          { additionalProperties: false },
        ),
      ),
    ),
    leading_separator: Type.Optional(Type.Boolean()),
    use_vars_plugins: Type.Optional(Type.Boolean()),
    use_extra_vars: Type.Optional(Type.Boolean()),
    cache: Type.Optional(Type.Unsafe({})),
  },
  { additionalProperties: false },
)

/** Adds to the inventory what a constructed file makes of it. Throws `SourceError` with everything that is wrong. */
export function readConstructed(
  inventory: Inventory,
  source: InventorySource,
  config: Dict,
  options: ReadOptions = {},
): void {
  const faults = checkValue(ConstructedFile, plainTexts(config), source.name)
  if (faults.length > 0) {
    throw new SourceError(
      faults.map(({ message, hint, path, part }) => {
        return { severity: 'error', message, hint, location: locatePath(config, path, part) }
      }),
    )
  }
  inventory.reconcile()
  const construction = new Construction(inventory, source, config, options)
  for (const host of inventory.hosts.values()) construction.apply(host)
}

class Construction {
  readonly #inventory: Inventory
  readonly #source: InventorySource
  readonly #config: Dict
  readonly #strict: boolean
  readonly #above: readonly Layer[]
  readonly #variables: InventoryVariables

  constructor(inventory: Inventory, source: InventorySource, config: Dict, options: ReadOptions) {
    this.#inventory = inventory
    this.#source = source
    this.#config = config
    this.#above = own(config, 'use_extra_vars') === true && options.extraVars ? [options.extraVars] : []
    this.#strict = own(config, 'strict') === true
    // Files of variables count only where asked for, as in Ansible.
    const directories = own(config, 'use_vars_plugins') === true ? inventory.directories : []
    this.#variables = new InventoryVariables(inventory, {
      vault: options.vault,
      inventoryDirectories: directories,
    })
  }

  apply(host: Host): void {
    for (const [name, expression, location] of this.#expressions('compose')) {
      const value = this.#attempt(() => evaluateExpression(expression, location, this.#scope(host)))
      if (value !== undefined) this.#inventory.setVariable(host, name, value, this.#source, location)
    }
    const scope = this.#scope(host)
    for (const [name, expression, location] of this.#expressions('groups')) {
      const holds = this.#attempt(() => evaluateCondition(expression, location, scope))
      if (holds === true) this.#join(host, name, location)
    }
    const keyed = own(this.#config, 'keyed_groups') ?? []
    for (const entry of keyed as Dict[]) this.#keyed(host, entry, scope)
  }

  #keyed(host: Host, entry: Dict, scope: Scope): void {
    const location = locate(entry, 'key')!
    const key = this.#attempt(() => evaluateExpression(textOf(own(entry, 'key')!), location, scope))
    if (key === undefined) return
    const names = keyNames(key, entry, location)
    if (names.length === 0 && this.#strict && !isEmptyCollection(key)) {
      throw sourceError(`the key gives nothing for host '${host.name}'`, location)
    }
    const prefix = textOf(own(entry, 'prefix') ?? '')
    const noSeparator = prefix === '' && own(this.#config, 'leading_separator') === false
    const separator = noSeparator ? '' : separatorOf(entry)
    const parent = own(entry, 'parent_group')
    const above = parent === undefined ? undefined : this.#attempt(() => evaluate(parent, scope))
    if (parent !== undefined && above === undefined) return
    for (const name of names) {
      const group = this.#join(host, prefix + separator + name, location)
      if (above !== undefined) {
        this.#inventory.addChild(this.#inventory.addGroup(fitName(textOf(above)), location), group, location)
      }
    }
  }

  #join(host: Host, name: string, location: Location): ReturnType<Inventory['addGroup']> {
    const group = this.#inventory.addGroup(fitName(name), location)
    this.#inventory.addMember(group, host)
    return group
  }

  #scope(host: Host): Scope {
    const magic: Layer = dictLayer('magic variables', {
      inventory_hostname: host.name,
      inventory_hostname_short: host.name.split('.')[0]!,
      group_names: this.#inventory.groupNames(host),
    })
    const directory = process.cwd()
    return new Scope([...this.#above, ...this.#variables.layersFor(host), magic], {
      playbookDir: directory,
      searchPath: () => [directory],
    })
  }

  #expressions(section: string): [string, string, Location][] {
    const entries = own(this.#config, section)
    if (entries === undefined || !isDict(entries)) return []
    return Object.entries(entries).map(([name, value]) => [name, textOf(value), locate(entries, name)!])
  }

  /** What an expression gives, undefined when it cannot be evaluated for this host and the file is not strict. */
  #attempt<T>(step: () => T): T | undefined {
    try {
      return step()
    } catch (error) {
      if (this.#strict) throw error
      return undefined
    }
  }
}

/** The names that a key's value stands for: text, one each of a list, `name_value` each of a dictionary. */
function keyNames(key: Value, entry: Dict, location: Location): string[] {
  const fallback = own(entry, 'default_value')
  const trailing = own(entry, 'trailing_separator')
  if (fallback !== undefined && trailing !== undefined) {
    throw sourceError('default_value and trailing_separator exclude each other', location)
  }
  const named = (value: Value): string =>
    value === '' && fallback !== undefined ? textOf(fallback) : textOf(value)
  if (typeof key === 'string') return key === '' && fallback === undefined ? [] : [named(key)]
  if (Array.isArray(key)) return key.map(named)
  if (isDict(key)) {
    return Object.entries(key).map(([name, value]) => {
      const bare = value === '' && trailing === false && fallback === undefined
      return bare ? name : name + separatorOf(entry) + named(value)
    })
  }
  if (key === null || key === false || key === 0) return []
  throw sourceError('the key of a group must be text, a list of texts or a dictionary', location)
}

function separatorOf(entry: Dict): string {
  return textOf(own(entry, 'separator') ?? '_')
}

function isEmptyCollection(value: Value): boolean {
  return (Array.isArray(value) && value.length === 0) || (isDict(value) && Object.keys(value).length === 0)
}

/** As Python shows it. The name of a group is no place for a secret. */
function textOf(value: Value): string {
  if (value instanceof Template) return value.source
  if (value instanceof Secret) throw new Error('a secret cannot name a group')
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (value === null) return 'None'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Templates as the texts they are, for the check of the file's shape. */
function plainTexts(value: Value): unknown {
  if (value instanceof Template) return value.source
  if (Array.isArray(value)) return value.map(plainTexts)
  if (isDict(value))
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plainTexts(entry)]))
  return value
}

function locatePath(
  root: Dict,
  path: readonly (string | number)[],
  part: 'key' | 'value',
): Location | undefined {
  let at: Value = root
  for (const step of path.slice(0, -1)) at = Reflect.get(Object(at), step) as Value
  const last = path.at(-1)
  return last === undefined ? locate(root) : locate(at as Dict, last, part)
}
