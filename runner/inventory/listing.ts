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

/** `play inventory --list`: the same JSON as `ansible-inventory --list`, and as an inventory script gives. */
export function listing(inventory: Inventory, hosts: readonly Host[], variables: (host: Host) => Dict): Dict {
  const shown = new Set(hosts)
  const hostvars = Object.fromEntries(hosts.map((host) => [host.name, variables(host)]))
  const groups = [...inventory.groups.values()].map((group): [string, Value] => {
    const children = [...group.children].map(({ name }) => name)
    const members = [...group.hosts].filter((host) => shown.has(host)).map(({ name }) => name)
    const entry = { ...(children.length > 0 && { children }), ...(members.length > 0 && { hosts: members }) }
    return [group.name, entry]
  })
  const filled = groups.filter(([, entry]) => Object.keys(entry as Dict).length > 0)
  return Object.fromEntries([['_meta', { hostvars }] as [string, Value], ...filled])
}

/**
 * `play inventory --graph`: groups and hosts as a tree, one line each. What stands directly below `all` is in another
 * group too, if only in `ungrouped`.
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
