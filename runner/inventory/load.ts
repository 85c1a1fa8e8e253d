import { accessSync, closeSync, constants, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { dirname, extname, join, resolve } from 'node:path'
import { displayPath } from '../source/files.ts'
import { SourceError, sourceError, type Diagnostic } from '../source/diagnostic.ts'
import type { Layer } from '../variables/scope.ts'
import { isDict, own, type Dict, type Value } from '../variables/value.ts'
import type { Location } from '../source/location.ts'
import { locate } from '../source/positions.ts'
import { parseYaml } from '../source/yaml.ts'
import { readText, type Decrypter } from './text-file.ts'
import { readIni } from './ini.ts'
import { GroupNames } from './group-names.ts'
import { Inventory } from './inventory.ts'
import type { InventorySource } from './host.ts'
import { expandHostNames } from './range.ts'
import { readYamlInventory } from './yaml.ts'

/** What is read when no `-i` is given and it is there. */
export const DEFAULT_INVENTORY = 'inventory.yml'

export interface LoadedInventory {
  readonly inventory: Inventory
  readonly warnings: readonly Diagnostic[]
}

/** What reading a source may need besides the source. */
export interface ReadOptions {
  readonly vault?: Decrypter
  /** For a constructed file with `use_extra_vars`. */
  readonly extraVars?: Layer
}

/**
 * Reads the inventory from the sources given with `-i`: YAML and INI files, executable scripts, directories of such,
 * and lists of hosts (`web1,web2,`). Later sources win. Without any, `inventory.yml` of the working directory.
 * Throws `SourceError` with everything that is wrong in any of them.
 */
export async function loadInventory(
  sources: readonly string[],
  vault?: Decrypter,
  extraVars?: Layer,
): Promise<LoadedInventory> {
  const names = new GroupNames(process.env)
  const inventory = new Inventory(names)
  const options = { vault, extraVars }
  const problems: Diagnostic[] = []
  const given = sources.length > 0 ? sources : defaultSources()
  for (const source of given) {
    try {
      await readSource(inventory, source, options)
    } catch (error) {
      if (!(error instanceof SourceError)) throw error
      problems.push(...error.diagnostics)
    }
  }
  if (problems.length > 0) throw new SourceError(problems)
  inventory.reconcile()
  const warnings = names.warnings()
  if (given.length === 0) warnings.push(noInventory())
  for (const name of inventory.hosts.keys()) {
    if (inventory.groups.has(name)) warnings.push(ambiguous(inventory, name))
  }
  return { inventory, warnings }
}

function defaultSources(): string[] {
  return statSync(DEFAULT_INVENTORY, { throwIfNoEntry: false }) ? [DEFAULT_INVENTORY] : []
}

async function readSource(inventory: Inventory, source: string, options: ReadOptions): Promise<void> {
  const found = statSync(source, { throwIfNoEntry: false })
  inventory.sources.push(found ? resolve(source) : source)
  if (!found && source.includes(',')) return readList(inventory, source)
  if (!found) {
    throw sourceError(
      `inventory ${source} does not exist`,
      undefined,
      `for a list of hosts end it with a comma: -i ${source},`,
    )
  }
  const directory = found.isDirectory() ? source : dirname(source)
  if (!inventory.directories.includes(directory)) inventory.directories.push(directory)
  const problems: Diagnostic[] = []
  for (const path of found.isDirectory() ? filesOf(source) : [source]) {
    try {
      await readFile(inventory, path, options)
    } catch (error) {
      if (!(error instanceof SourceError)) throw error
      problems.push(...error.diagnostics)
    }
  }
  if (problems.length > 0) throw new SourceError(problems)
}

/** `web1,web2,` or `web[1:3],`: hosts without a file. */
function readList(inventory: Inventory, list: string): void {
  const source = { name: '-i' }
  const ungrouped = inventory.addGroup('ungrouped')
  for (const part of list.split(',').map((text) => text.trim())) {
    if (part === '') continue
    const { names, port } = expandListed(part)
    for (const name of names) {
      const host = inventory.addHost(name, source)
      inventory.addMember(ungrouped, host)
      if (port !== undefined) inventory.setVariable(host, 'ansible_port', port, source)
    }
  }
}

function expandListed(part: string): ReturnType<typeof expandHostNames> {
  try {
    return expandHostNames(part)
  } catch (error) {
    throw sourceError(`-i: ${(error as Error).message}`)
  }
}

const NO_INVENTORY =
  /^\.|^(?:host_vars|group_vars|vars_plugins)$|(?:~|\.(?:pyc|pyo|swp|bak|rpm|md|txt|rst|orig|ini|cfg|retry))$/

/** Files of an inventory directory and of those below, by name; what Ansible leaves out is left out (also `.ini`). */
function filesOf(directory: string): string[] {
  const names = readdirSync(directory).sort()
  return names.flatMap((name) => {
    if (NO_INVENTORY.test(name)) return []
    const path = join(directory, name)
    const found = statSync(path, { throwIfNoEntry: false })
    if (found?.isDirectory()) return filesOf(path)
    return found?.isFile() ? [path] : []
  })
}

async function readFile(inventory: Inventory, path: string, options: ReadOptions): Promise<void> {
  const { vault } = options
  const source: InventorySource = { name: displayPath(path), file: resolve(path) }
  if (isProgram(path)) {
    const { readScript } = await import('./script.ts')
    return readScript(inventory, source, vault)
  }
  if (extname(path) === '.toml')
    throw sourceError(`inventory ${source.name} is TOML`, undefined, 'write it as YAML or INI')
  const { text, secret } = readText(path, vault)
  if (!isYaml(path, text)) return readIni(inventory, source, text)
  const { value, diagnostics } = parseYaml(text, source.name, { decrypt: vault?.decrypt, secret })
  if (value === undefined || diagnostics.some(({ severity }) => severity === 'error')) {
    throw new SourceError(diagnostics)
  }
  const plugin = pluginOf(value)
  if (plugin && !/^(?:ansible\.builtin\.)?constructed$/.test(plugin.name)) {
    const hint = "only 'constructed' is; other sources can be an executable script"
    throw sourceError(`inventory plugin '${plugin.name}' is not known`, plugin.location, hint)
  }
  if (plugin) {
    const { readConstructed } = await import('./constructed.ts')
    return readConstructed(inventory, source, plugin.config, options)
  }
  readYamlInventory(inventory, source, value)
}

/** A file with `plugin:` at its top configures an inventory plugin. */
function pluginOf(value: Value): { name: string; config: Dict; location?: Location } | undefined {
  const name = isDict(value) ? own(value, 'plugin') : undefined
  if (typeof name !== 'string') return undefined
  const config = value as Dict
  return { name, config, location: locate(config, 'plugin') }
}

/** A file with `#!`, or a binary, that may be executed. A script that may not is a mistake worth a word. */
function isProgram(path: string): boolean {
  const start = Buffer.alloc(4)
  const file = openSync(path, 'r')
  try {
    readSync(file, start, 0, 4, 0)
  } finally {
    closeSync(file)
  }
  const script = start.toString('latin1', 0, 2) === '#!'
  if (!script && start.toString('latin1') !== '\x7fELF') return false
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    throw sourceError(`inventory ${path} begins with #! but is not executable`, undefined, `chmod +x ${path}`)
  }
}

/** By its extension; without one by its first line: `name:`, `---` and `{` begin YAML, all else is INI. */
function isYaml(path: string, text: string): boolean {
  if (['.yml', '.yaml', '.json'].includes(extname(path))) return true
  if (extname(path) === '.ini') return false
  const first = text.split('\n').find((line) => line.trim() !== '' && !/^\s*[#;]/.test(line)) ?? ''
  return /^(?:---|\{|[^\s=[]+:\s*(?:#.*)?$)/.test(first)
}

function noInventory(): Diagnostic {
  return {
    severity: 'warning',
    message: 'there is no inventory: only localhost is known',
    hint: 'give one with -i',
  }
}

function ambiguous(inventory: Inventory, name: string): Diagnostic {
  const location = inventory.hosts.get(name)?.location
  return { severity: 'warning', message: `${name} is the name of a group and of a host`, location }
}
