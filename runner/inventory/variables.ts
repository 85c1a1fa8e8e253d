import { realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { displayPath } from '../source/files.ts'
import { SourceError, type Diagnostic } from '../source/diagnostic.ts'
import { dictLayer, type Layer } from '../variables/scope.ts'
import type { Dict, Value } from '../variables/value.ts'
import type { Decrypter } from './text-file.ts'
import type { Group } from './group.ts'
import type { Host, VariableSet } from './host.ts'
import type { Inventory } from './inventory.ts'
import {
  findVariablesFiles,
  readVariablesDirectory,
  readVariablesFile,
  type VariablesDirectory,
  type VariablesFile,
} from './variables-file.ts'

export interface InventoryVariablesOptions {
  /** The directory of the playbook that runs: its `group_vars` and `host_vars` win over the inventory's. */
  readonly playbookDirectory?: string
  readonly vault?: Decrypter
  /** Where the inventory's files of variables are. @default beside its sources */
  readonly inventoryDirectories?: readonly string[]
  /**
   * What a running sandbox says of itself (`ansible_host`, `ansible_port`, `ansible_user`, …). Asked for hosts with a
   * `sandbox` variable only; the host's own variables win over it, and it over its groups'.
   */
  readonly sandboxVariables?: (hostName: string) => Dict | undefined
}

type Kind = 'group_vars' | 'host_vars'

/**
 * What the inventory says of its hosts, in layers of Ansible's precedence (levels 3 to 10 of its table). Files are
 * read when a host first needs them and once; hosts in the same groups share the groups' layers.
 */
export class InventoryVariables {
  readonly #inventory: Inventory
  readonly #vault: Decrypter | undefined
  readonly #sandboxVariables: InventoryVariablesOptions['sandboxVariables']
  readonly #inventoryDirectories: readonly string[]
  readonly #playbookDirectories: readonly string[]
  readonly #directories = new Map<string, VariablesDirectory>()
  readonly #files = new Map<string, readonly Layer[]>()
  #generation = -1
  #byGroups = new Map<string, readonly Layer[]>()
  #byHost = new Map<Host, readonly Layer[]>()

  constructor(inventory: Inventory, options: InventoryVariablesOptions = {}) {
    this.#inventory = inventory
    this.#vault = options.vault
    this.#sandboxVariables = options.sandboxVariables
    const playbook = options.playbookDirectory
    this.#playbookDirectories = playbook === undefined ? [] : [playbook]
    // The same directory in both roles would give every value twice; the higher role is the one that counts.
    this.#inventoryDirectories = (options.inventoryDirectories ?? inventory.directories).filter(
      (directory) => playbook === undefined || !sameDirectory(directory, playbook),
    )
  }

  /** A host's layers, the highest first, as `Scope` wants them. Throws `SourceError` for a file that is wrong. */
  layersFor(host: Host): readonly Layer[] {
    this.#forgetOld()
    const before = this.#byHost.get(host)
    if (before) return before
    const own = [
      ...host.sets.map((set) => setLayer(set, `host ${host.name}`)),
      ...this.#fromFiles(this.#inventoryDirectories, 'host_vars', [host.name]),
      ...this.#fromFiles(this.#playbookDirectories, 'host_vars', [host.name]),
    ]
    const groups = this.#groupLayers(this.#inventory.groupsOf(host))
    const layers = [...own.reverse(), ...this.#sandboxLayer(host, [...own, ...groups]), ...groups]
    this.#byHost.set(host, layers)
    return layers
  }

  /** Whether a sandbox is wanted for the host, and what is wanted: the value of its `sandbox` variable. */
  sandboxOf(host: Host): Value | undefined {
    const value = firstValue(this.layersFor(host), 'sandbox')
    return value === false || value === null ? undefined : value
  }

  /** Sandboxes may have come or gone: they are asked again. */
  forgetSandboxes(): void {
    this.#byHost.clear()
  }

  #sandboxLayer(host: Host, layers: readonly Layer[]): Layer[] {
    const wanted = firstValue(layers, 'sandbox')
    if (wanted === undefined || wanted === false || wanted === null) return []
    const variables = this.#sandboxVariables?.(host.name)
    return variables ? [dictLayer(`sandbox ${host.name}`, variables)] : []
  }

  /** Everything that is wrong in files of variables, for all hosts and groups, so that it can be said before a run. */
  problems(): Diagnostic[] {
    const groups = [...this.#inventory.groups.keys()]
    const hosts = [...this.#inventory.hosts.keys()]
    const directories = [...this.#inventoryDirectories, ...this.#playbookDirectories]
    return directories.flatMap((directory) => [
      ...groups.flatMap((name) => this.#problemsOf(directory, 'group_vars', name)),
      ...hosts.flatMap((name) => this.#problemsOf(directory, 'host_vars', name)),
    ])
  }

  #problemsOf(directory: string, kind: Kind, name: string): readonly Diagnostic[] {
    try {
      this.#fromFiles([directory], kind, [name])
      return []
    } catch (error) {
      if (error instanceof SourceError) return error.diagnostics
      throw error
    }
  }

  #groupLayers(ordered: readonly Group[]): readonly Layer[] {
    const key = ordered.map(({ name }) => name).join('\0')
    const before = this.#byGroups.get(key)
    if (before) return before
    const all = this.#inventory.groups.get('all')!
    const groups = ordered.filter((group) => group !== all)
    const names = groups.map(({ name }) => name)
    const layers = [
      ...[all, ...groups].flatMap((group) => group.sets.map((set) => setLayer(set, `group ${group.name}`))),
      ...this.#fromFiles(this.#inventoryDirectories, 'group_vars', ['all']),
      ...this.#fromFiles(this.#playbookDirectories, 'group_vars', ['all']),
      ...this.#fromFiles(this.#inventoryDirectories, 'group_vars', names),
      ...this.#fromFiles(this.#playbookDirectories, 'group_vars', names),
    ].reverse()
    this.#byGroups.set(key, layers)
    return layers
  }

  /** Lowest first: one directory after the other, in each the names in order, as Ansible merges them. */
  #fromFiles(directories: readonly string[], kind: Kind, names: readonly string[]): Layer[] {
    return directories.flatMap((directory) =>
      names.flatMap((name) => this.#named(join(directory, kind), name)),
    )
  }

  #named(directory: string, name: string): readonly Layer[] {
    const key = `${directory}\0${name}`
    const before = this.#files.get(key)
    if (before) return before
    let listing = this.#directories.get(directory)
    if (!listing) {
      listing = readVariablesDirectory(directory)
      this.#directories.set(directory, listing)
    }
    const layers = findVariablesFiles(listing, name).map((path) =>
      fileLayer(path, readVariablesFile(path, this.#vault)),
    )
    this.#files.set(key, layers)
    return layers
  }

  #forgetOld(): void {
    if (this.#generation === this.#inventory.generation) return
    this.#generation = this.#inventory.generation
    this.#byGroups = new Map()
    this.#byHost = new Map()
  }
}

function firstValue(layers: readonly Layer[], name: string): Value | undefined {
  for (const layer of layers) {
    const value = layer.get(name)
    if (value !== undefined) return value
  }
  return undefined
}

/** `inventory.yml host web1` */
function setLayer({ source, variables }: VariableSet, of: string): Layer {
  return {
    name: `${source.name} ${of}`,
    get: (variable) => variables.get(variable)?.value,
    names: () => variables.keys(),
    locate: (variable) => variables.get(variable)?.location,
  }
}

/** `group_vars/web` */
function fileLayer(path: string, { values, locate }: VariablesFile): Layer {
  const file = displayPath(path)
  return {
    name: join(dirname(file), basename(file).replace(/\.(?:ya?ml|json)$/, '')),
    get: (variable) => (Object.hasOwn(values, variable) ? values[variable] : undefined),
    names: () => Object.keys(values),
    locate,
  }
}

function sameDirectory(a: string, b: string): boolean {
  try {
    return realpathSync(a) === realpathSync(b)
  } catch {
    return false
  }
}
