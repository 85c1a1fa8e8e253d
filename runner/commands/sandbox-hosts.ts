import { evaluate } from '../expressions/evaluate.ts'
import { loadInventory } from '../inventory/load.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { InventoryVariables } from '../inventory/variables.ts'
import type { SandboxHost, SandboxSpec } from '../sandbox/index.ts'
import { Scope } from '../variables/scope.ts'
import { type Dict, isDict, own } from '../variables/value.ts'

/** The sandbox machines that the inventory of this directory wants. */
export async function sandboxSpecs(names?: string[]): Promise<SandboxSpec[]> {
  const { inventory } = await loadInventory([])
  const specs = sandboxSpecsOf(inventory, [...inventory.hosts.keys()], process.cwd())
  return names ? specs.filter(({ name }) => names.includes(name)) : specs
}

/** Of these hosts, those with `sandbox:` and without an address of their own. */
export function sandboxSpecsOf(
  inventory: Inventory,
  names: readonly string[],
  playbookDirectory: string,
): SandboxSpec[] {
  const variables = new InventoryVariables(inventory, { playbookDirectory })
  return names.flatMap((name) => {
    const host = inventory.host(name)
    if (!host) return []
    const scope = new Scope(variables.layersFor(host), {
      playbookDir: playbookDirectory,
      searchPath: () => [],
    })
    const written = scope.get('sandbox')
    if (written === undefined || scope.get('ansible_host') !== undefined) return []
    const wanted = evaluate(written, scope)
    if (wanted === false || wanted === null) return []
    const suite = isDict(wanted) ? own(wanted, 'suite') : undefined
    return [suite === 'bookworm' || suite === 'trixie' ? { name, suite } : { name }]
  })
}

/** How to reach a sandbox machine, in connection variables; undefined while it does not run. */
export async function sandboxVariables(name: string): Promise<Dict | undefined> {
  const { find } = await import('../sandbox/index.ts')
  const host = await find(name)
  return host && connectionVariables(host)
}

export function connectionVariables({ address, port, user, privateKeyFile }: SandboxHost): Dict {
  return {
    ansible_host: address,
    ansible_port: port,
    ansible_user: user,
    ansible_ssh_private_key_file: privateKeyFile,
  }
}
