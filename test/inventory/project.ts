import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { groupsDict } from '../../runner/inventory/magic.ts'
import type { Inventory } from '../../runner/inventory/inventory.ts'
import { loadInventory } from '../../runner/inventory/load.ts'
import { InventoryVariables, type InventoryVariablesOptions } from '../../runner/inventory/variables.ts'
import { SourceError } from '../../runner/source/diagnostic.ts'
import type { Value } from '../../runner/variables/value.ts'

/** Files by path; those that begin with `#!` are executable. */
export type Tree = Readonly<Record<string, string>>

/** Writes files into a new directory that goes with the test, and gives its path. */
export function project(tree: Tree): string {
  const directory = mkdtempSync(join(tmpdir(), 'inventory-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  for (const [name, content] of Object.entries(tree)) {
    const path = join(directory, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    if (content.startsWith('#!')) chmodSync(path, 0o755)
  }
  return directory
}

/** The inventory of one file of that name. */
export async function inventoryOf(content: string, name = 'inventory.yml'): Promise<Inventory> {
  return (await loadInventory([join(project({ [name]: content }), name)])).inventory
}

/** Every group's hosts, empty groups and `all` left out. */
export function members(inventory: Inventory): Record<string, Value> {
  const filled = Object.entries(groupsDict(inventory)).filter(
    ([name, hosts]) => name !== 'all' && (hosts as []).length,
  )
  return Object.fromEntries(filled)
}

/** A host's variables as they are before evaluation, by precedence. */
export function variables(
  inventory: Inventory,
  name: string,
  options: InventoryVariablesOptions = {},
): Record<string, Value> {
  const layers = new InventoryVariables(inventory, options).layersFor(inventory.host(name)!)
  const entries = layers
    .toReversed()
    .flatMap((layer) => [...layer.names()].map((key) => [key, layer.get(key)!] as const))
  return Object.fromEntries(new Map(entries))
}

/** What is wrong, as `line:column message (hint)`. */
export async function mistakes(loading: Promise<unknown>): Promise<string[]> {
  try {
    await loading
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    return error.diagnostics.map(({ location, message, hint }) => {
      const place = location ? `${location.line}:${location.column} ` : ''
      return `${place}${message}${hint === undefined ? '' : ` (${hint})`}`
    })
  }
  return []
}
