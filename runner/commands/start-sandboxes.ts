import type { Inventory } from '../inventory/inventory.ts'
import type { SandboxHost } from '../sandbox/index.ts'
import { sandboxSpecsOf } from './sandbox-hosts.ts'

/**
 * Boots the sandboxes among the selected hosts that do not run yet. Those of the other hosts stay as they are; where they
 * run, plays know their addresses (`hostvars`) and can delegate to them.
 */
export async function startSandboxes(
  inventory: Inventory,
  selected: readonly string[],
  directory: string,
): Promise<Map<string, SandboxHost>> {
  const specs = sandboxSpecsOf(inventory, selected, directory)
  const left = [...inventory.hosts.keys()].filter((name) => !selected.includes(name))
  const others = sandboxSpecsOf(inventory, left, directory)
  if (specs.length === 0 && others.length === 0) return new Map()
  const { find, up } = await import('../sandbox/index.ts')
  const hosts = await up(specs, { progress: (message) => process.stderr.write(`sandbox: ${message}\n`) })
  const found = await Promise.all(others.map(({ name }) => find(name)))
  return new Map([...hosts, ...found.filter((host) => host !== undefined)].map((host) => [host.name, host]))
}
