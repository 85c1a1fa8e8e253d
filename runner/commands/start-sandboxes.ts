import type { Inventory } from '../inventory/inventory.ts'
import type { SandboxHost } from '../sandbox/index.ts'
import { sandboxSpecsOf } from './sandbox-hosts.ts'

/** Boots the sandboxes among the selected hosts that do not run yet. */
export async function startSandboxes(
  inventory: Inventory,
  selected: readonly string[],
  directory: string,
): Promise<Map<string, SandboxHost>> {
  const specs = sandboxSpecsOf(inventory, selected, directory)
  if (specs.length === 0) return new Map()
  const { up } = await import('../sandbox/index.ts')
  const hosts = await up(specs, { progress: (message) => process.stderr.write(`sandbox: ${message}\n`) })
  return new Map(hosts.map((host) => [host.name, host]))
}
