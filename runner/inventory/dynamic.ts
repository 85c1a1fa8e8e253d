import { isDeepStrictEqual } from 'node:util'
import type { Layer } from '../variables/scope.ts'
import type { Value } from '../variables/value.ts'
import type { Host, InventorySource } from './host.ts'
import type { Inventory } from './inventory.ts'
import { loadInventory, type LoadedInventory } from './load.ts'
import type { Decrypter } from './text-file.ts'

export interface AddedHost {
  readonly name: string
  readonly groups?: readonly string[]
  readonly variables?: Readonly<Record<string, Value>>
}

const ADD_HOST: InventorySource = { name: 'add_host' }

/**
 * What the module `add_host` does: makes a host, its groups and its variables known for the rest of the run.
 * Says whether anything is new.
 */
export function addHost(inventory: Inventory, added: AddedHost): { host: Host; changed: boolean } {
  const result = applyHost(inventory, added)
  if (result.changed) inventory.additions.push((fresh) => applyHost(fresh, added))
  return result
}

/** What the module `group_by` does: puts a host into a group, below the given parents. Says whether anything is new. */
export function groupBy(
  inventory: Inventory,
  host: Host,
  key: string,
  parents: readonly string[] = ['all'],
): boolean {
  const changed = applyGroup(inventory, host, key, parents)
  if (changed) {
    inventory.additions.push((fresh) => {
      const same = fresh.host(host.name)
      if (same) applyGroup(fresh, same, key, parents)
    })
  }
  return changed
}

/**
 * What `meta: refresh_inventory` does: reads the sources anew into the same inventory; what tasks have added stays.
 * Throws `SourceError` and leaves the inventory as it was when a source is wrong now.
 */
export async function refreshInventory(
  inventory: Inventory,
  sources: readonly string[],
  vault?: Decrypter,
  extraVars?: Layer,
): Promise<LoadedInventory['warnings']> {
  const { inventory: fresh, warnings } = await loadInventory(sources, vault, extraVars)
  inventory.adopt(fresh)
  return warnings
}

function applyHost(inventory: Inventory, added: AddedHost): { host: Host; changed: boolean } {
  let changed = !inventory.hosts.has(added.name)
  const host = inventory.addHost(added.name, ADD_HOST)
  inventory.addMember(inventory.addGroup('all'), host)
  for (const [name, value] of Object.entries(added.variables ?? {})) {
    const now = host.sets.findLast((set) => set.variables.has(name))?.variables.get(name)?.value
    if (now !== undefined && isDeepStrictEqual(now, value)) continue
    inventory.setVariable(host, name, value, ADD_HOST)
    changed = true
  }
  for (const name of added.groups ?? []) {
    if (!inventory.groups.has(name)) changed = true
    if (inventory.addMember(inventory.addGroup(name), host)) changed = true
  }
  if (changed) inventory.reconcile()
  return { host, changed }
}

function applyGroup(inventory: Inventory, host: Host, key: string, parents: readonly string[]): boolean {
  let changed = !inventory.groups.has(key)
  const group = inventory.addGroup(key)
  for (const name of parents) {
    if (!inventory.groups.has(name)) changed = true
    const parent = inventory.addGroup(name)
    if (parent.children.has(group)) continue
    inventory.addChild(parent, group)
    changed = true
  }
  if (inventory.addMember(group, host)) changed = true
  if (changed) inventory.reconcile()
  return changed
}
