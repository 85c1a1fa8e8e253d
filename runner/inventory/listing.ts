import type { Scope } from '../variables/scope.ts'
import type { Dict, Value } from '../variables/value.ts'
import type { Group } from './group.ts'
import type { Host } from './host.ts'
import type { Inventory } from './inventory.ts'

/** What the inventory knows by itself, which is not worth repeating for every host. */
const MAGIC = new Set([
  'inventory_hostname',
  'inventory_hostname_short',
  'inventory_file',
  'inventory_dir',
  'group_names',
  'groups',
  'hostvars',
])

/**
 * A host's variables with their templates evaluated. One that needs what only a run knows (a fact, a registered
 * result) is given as it was written.
 */
export function hostVariables(scope: Scope, evaluate: (value: Value, scope: Scope) => Value): Dict {
  const names = scope.names().filter((name) => !MAGIC.has(name))
  return Object.fromEntries(
    names.map((name) => {
      const value = scope.get(name)!
      try {
        return [name, evaluate(value, scope)]
      } catch {
        return [name, value]
      }
    }),
  )
}

/**
 * `play inventory --list`: the same JSON as `ansible-inventory --list`, groups and hosts sorted by name, and as an
 * inventory script gives it; the members of a group keep their order.
 */
export function listing(inventory: Inventory, hosts: readonly Host[], variables: (host: Host) => Dict): Dict {
  const shown = new Set(hosts)
  const hostvars = hosts.map((host): [string, Dict] => [host.name, variables(host)]).filter(isFilled)
  const groups = [...inventory.groups.values()].map((group): [string, Dict] => {
    const children = names(group.children)
    // What stands directly below `all` is in another group too, if only in `ungrouped`.
    const members = group.name === 'all' ? [] : names([...group.hosts].filter((host) => shown.has(host)))
    return [
      group.name,
      { ...(children.length > 0 && { children }), ...(members.length > 0 && { hosts: members }) },
    ]
  })
  return fromSorted([['_meta', { hostvars: fromSorted(hostvars) }], ...groups.filter(isFilled)])
}

function isFilled([, entry]: [string, Dict]): boolean {
  return Object.keys(entry).length > 0
}

function fromSorted(entries: readonly [string, Dict][]): Dict {
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function names(named: Iterable<{ readonly name: string }>): string[] {
  return Array.from(named, ({ name }) => name)
}

/**
 * `play inventory --graph`: groups and hosts as a tree, one line each; those directly below `all` only where they are
 * besides.
 */
export function graph(group: Group, hosts: ReadonlySet<Host>, depth = 0): string[] {
  const members = group.name === 'all' ? [] : [...group.hosts].filter((host) => hosts.has(host))
  return [
    branch(`@${group.name}:`, depth),
    ...[...group.children].flatMap((child) => graph(child, hosts, depth + 1)),
    ...members.map(({ name }) => branch(name, depth + 1)),
  ]
}

function branch(text: string, depth: number): string {
  return depth === 0 ? text : `${'  |'.repeat(depth)}--${text}`
}
