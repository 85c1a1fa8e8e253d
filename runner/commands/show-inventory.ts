import { evaluate } from '../expressions/evaluate.ts'
import { escapeJson, escapeLine } from '../reports/escape.ts'
import { SourceError, sourceError, type Diagnostic } from '../source/diagnostic.ts'
import { formatDiagnostics } from '../source/format.ts'
import { suggestion } from '../source/nearest.ts'
import type { Dict } from '../variables/value.ts'
import { passwordSources, type VaultOptions } from '../vault/options.ts'
import { readVault } from '../vault/passwords.ts'
import { parseExtraVars } from '../inventory/extra-vars.ts'
import type { Host } from '../inventory/host.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { graph, hostVariables, listing } from '../inventory/listing.ts'
import { loadInventory } from '../inventory/load.ts'
import { hostScope } from '../inventory/scope.ts'
import { InventoryVariables } from '../inventory/variables.ts'

/** The options of `play inventory`, as commander gives them. */
export interface InventoryCommandOptions extends VaultOptions {
  readonly inventory?: readonly string[]
  readonly list?: boolean
  readonly graph?: boolean
  readonly host?: string
  readonly limit?: string
  readonly extraVars?: readonly string[]
  readonly playbookDir?: string
}

type SandboxVariables = (hostName: string) => Promise<Dict | undefined> | Dict | undefined

/** `play inventory`: prints hosts, groups and variables. Throws `SourceError` with everything that is wrong. */
export async function showInventory(
  options: InventoryCommandOptions,
  sandboxVariables?: SandboxVariables,
): Promise<void> {
  const vault = await readVault(passwordSources(options))
  const extra = parseExtraVars(options.extraVars ?? [], vault)
  const { inventory, warnings } = await loadInventory(options.inventory ?? [], vault, extra)
  warn(warnings)
  const hosts =
    options.host === undefined ? chosenHosts(inventory, options.limit) : [oneHost(inventory, options.host)]
  if (options.graph)
    return print(graph(inventory.groups.get('all')!, new Set(hosts)).map(escapeLine).join('\n'))

  const sandboxes = new Map<string, Dict | undefined>()
  const variables = new InventoryVariables(inventory, {
    playbookDirectory: options.playbookDir,
    vault,
    sandboxVariables: (name) => sandboxes.get(name),
  })
  const problems = variables.problems()
  if (problems.length > 0) throw new SourceError(problems)
  for (const { name } of hosts.filter((host) => variables.sandboxOf(host) !== undefined)) {
    sandboxes.set(name, await sandboxVariables?.(name))
  }
  variables.forgetSandboxes()
  const layersFor = (host: Host): ReturnType<typeof variables.layersFor> => variables.layersFor(host)
  const variablesOf = (host: Host): Dict =>
    hostVariables(hostScope(inventory, host, layersFor, evaluate, [extra]), evaluate)
  const shown = options.host === undefined ? listing(inventory, hosts, variablesOf) : variablesOf(hosts[0]!)
  print(escapeJson(JSON.stringify(shown, null, 4)))
}

function chosenHosts(inventory: Inventory, limit?: string): readonly Host[] {
  const { hosts, warnings, noMatch } = inventory.select('all', limit)
  warn(warnings)
  if (noMatch && limit !== undefined) throw new SourceError([noMatch])
  return hosts
}

function oneHost(inventory: Inventory, name: string): Host {
  const host = inventory.host(name)
  if (host) return host
  const hint = suggestion(name, inventory.hosts.keys()) ?? '`play inventory --graph` shows all hosts'
  throw sourceError(`the inventory has no host '${name}'`, undefined, hint)
}

function warn(warnings: readonly Diagnostic[]): void {
  if (warnings.length > 0) process.stderr.write(formatDiagnostics(warnings))
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
