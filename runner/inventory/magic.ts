import { dirname } from 'node:path'
import { dictLayer, type Layer } from '../variables/scope.ts'
import type { Dict, Value } from '../variables/value.ts'
import type { Host } from './host.ts'
import type { Inventory } from './inventory.ts'

/**
 * What the inventory itself tells every task of a host: `inventory_hostname`, `inventory_hostname_short`,
 * `inventory_file`, `inventory_dir`, `group_names` and `groups`. Names of hosts and groups are data.
 */
export function inventoryMagic(inventory: Inventory, host: Host): Layer {
  const file = host.source?.file
  const values: Dict = {
    inventory_hostname: host.name,
    inventory_hostname_short: host.name.split('.')[0]!,
    group_names: inventory.groupNames(host),
    groups: groupsDict(inventory),
    ...(host.implicit ? {} : { inventory_file: file ?? null, inventory_dir: file ? dirname(file) : null }),
  }
  return dictLayer('magic variables', values)
}

const cache = new WeakMap<Inventory, { generation: number; groups: Dict }>()

/** `groups`: every group's hosts by name, made anew only when the inventory has changed. */
export function groupsDict(inventory: Inventory): Dict {
  const before = cache.get(inventory)
  if (before?.generation === inventory.generation) return before.groups
  const entries = [...inventory.groups.values()].map((group): [string, Value] => [
    group.name,
    inventory.hostsOf(group).map(({ name }) => name),
  ])
  const groups = Object.fromEntries(entries)
  cache.set(inventory, { generation: inventory.generation, groups })
  return groups
}
