import type { evaluate as Evaluate } from '../expressions/evaluate.ts'
import { LazyDict } from '../variables/lazy.ts'
import { dictLayer, Scope, type Layer } from '../variables/scope.ts'
import type { Host } from './host.ts'
import type { Inventory } from './inventory.ts'
import { inventoryMagic } from './magic.ts'

/**
 * The scope of a host outside of any play: what the inventory says of it, below `above` (extra variables), with the
 * inventory's magic variables and `hostvars`.
 */
export function hostScope(
  inventory: Inventory,
  host: Host,
  layersFor: (host: Host) => readonly Layer[],
  evaluate: typeof Evaluate,
  above: readonly Layer[] = [],
): Scope {
  const directory = process.cwd()
  const scopeOf = (of: Host): Scope =>
    new Scope([inventoryMagic(inventory, of), hostvars, ...above, ...layersFor(of)], {
      playbookDir: directory,
      searchPath: () => [directory],
    })
  const variablesOf = (of: Host): LazyDict => {
    const scope = scopeOf(of)
    const names = (): string[] => scope.names().filter((name) => name !== 'hostvars')
    return new LazyDict((name) => {
      const value = name === 'hostvars' ? undefined : scope.get(name)
      return value === undefined ? undefined : evaluate(value, scope)
    }, names)
  }
  const all = new LazyDict(
    (name) => {
      const of = inventory.host(name)
      return of && variablesOf(of)
    },
    () => [...inventory.hosts.keys()],
  )
  const hostvars = dictLayer('magic variables', { hostvars: all })
  return scopeOf(host)
}
