import { sourceError } from '../source/diagnostic.ts'
import type { Location } from '../source/location.ts'
import { Template } from '../variables/template.ts'
import type { Value } from '../variables/value.ts'
import { ancestors, depth, Group, withDescendants } from './group.ts'
import { GroupNames } from './group-names.ts'
import { Host, type InventorySource } from './host.ts'
import { selectHosts, type Pattern, type Selection } from './pattern.ts'

/** Names that mean this machine when the inventory does not say otherwise. */
const LOCALHOST = ['localhost', '127.0.0.1', '::1']

/**
 * Hosts and groups with the relations between them. Sources fill it; `reconcile` then puts every group below `all` and
 * every lone host into `ungrouped`. The rules are those of Ansible's inventory guide.
 */
export class Inventory {
  readonly hosts = new Map<string, Host>()
  readonly groups = new Map<string, Group>()
  /** The `-i` arguments that are files or directories: `group_vars` and `host_vars` are looked for beside them. */
  readonly directories: string[] = []
  /** All `-i` arguments, files and directories by their full paths. */
  readonly sources: string[] = []
  readonly #names: GroupNames
  /** What tasks added while the run goes on, to be done again when the sources are read anew. */
  readonly additions: ((inventory: Inventory) => void)[] = []
  #localhost: Host | undefined
  #ordered = new Map<Host, readonly Group[]>()
  #members = new Map<Group, readonly Host[]>()
  #generation = 0

  constructor(names = new GroupNames()) {
    this.#names = names
    this.addChild(this.addGroup('all'), this.addGroup('ungrouped'))
  }

  /** Grows with every change of hosts, groups or their relations: what was derived from an older one is stale. */
  get generation(): number {
    return this.#generation
  }

  get #all(): Group {
    return this.groups.get('all')!
  }

  get #ungrouped(): Group {
    return this.groups.get('ungrouped')!
  }

  addGroup(written: string, location?: Location): Group {
    const name = this.#names.of(written)
    let group = this.groups.get(name)
    if (group) return group
    if (name === '') throw sourceError('a group needs a name', location)
    group = new Group(name, location)
    this.groups.set(name, group)
    this.#changed()
    return group
  }

  addHost(name: string, source?: InventorySource, location?: Location): Host {
    let host = this.hosts.get(name)
    if (host) return host
    if (name === '') throw sourceError('a host needs a name', location)
    host = new Host(name, source, location)
    this.hosts.set(name, host)
    if (LOCALHOST.includes(name)) this.#localhost ??= host
    this.#changed()
    return host
  }

  /** Puts a group below another. Throws `SourceError` when that would make it its own ancestor. */
  addChild(parent: Group, child: Group, location?: Location): void {
    if (parent.children.has(child)) return
    if (parent === child || ancestors(parent).has(child)) {
      const way = parent === child ? child.name : pathDown(child, parent).join(' → ')
      throw sourceError(
        `group '${child.name}' cannot be a child of '${parent.name}': it would contain itself (${way} → ${child.name})`,
        location,
        'groups may share children, but not in a circle; remove one of these relations',
      )
    }
    parent.children.add(child)
    child.parents.add(parent)
    this.#changed()
  }

  /** Makes a host a direct member of a group; says whether it was not one yet. */
  addMember(group: Group, host: Host): boolean {
    if (group.hosts.has(host)) return false
    group.hosts.add(host)
    host.groups.add(group)
    this.#changed()
    return true
  }

  /** Sets a variable of a host or a group, beside what other sources say of it. */
  setVariable(
    of: Host | Group,
    name: string,
    value: Value,
    source: InventorySource,
    location?: Location,
  ): void {
    if (of instanceof Group && name === 'ansible_group_priority') {
      of.priority = readPriority(value, location)
      this.#changed()
      return
    }
    let set = of.sets.at(-1)
    if (set?.source !== source) {
      set = { source, variables: new Map() }
      of.sets.push(set)
    }
    set.variables.set(name, { value, location })
    this.#generation += 1
  }

  /** Restores what holds of every inventory: all groups are below `all`, a host in no other group is in `ungrouped`. */
  reconcile(): void {
    for (const group of this.groups.values()) {
      if (group !== this.#all && group.parents.size === 0) this.addChild(this.#all, group)
    }
    for (const host of this.hosts.values()) {
      const grouped = [...host.groups].some((group) => group !== this.#all && group !== this.#ungrouped)
      if (!grouped) {
        this.addMember(this.#ungrouped, host)
      } else if (this.#ungrouped.hosts.delete(host)) {
        host.groups.delete(this.#ungrouped)
        this.#changed()
      }
    }
  }

  /** Takes over what the sources say now, and adds again what tasks have added. */
  adopt(fresh: Inventory): void {
    this.hosts.clear()
    this.groups.clear()
    for (const [name, group] of fresh.groups) this.groups.set(name, group)
    for (const [name, host] of fresh.hosts) this.hosts.set(name, host)
    this.#localhost = LOCALHOST.map((name) => fresh.hosts.get(name)).find((host) => host !== undefined)
    this.#changed()
    for (const add of this.additions) add(this)
  }

  /** Every group a host is in, `all` first: those nearer the top, of lower priority and earlier name before others. */
  groupsOf(host: Host): readonly Group[] {
    const before = this.#ordered.get(host)
    if (before) return before
    const groups = new Set<Group>(host.implicit ? [] : [this.#all])
    for (const group of host.groups) {
      groups.add(group)
      for (const ancestor of ancestors(group)) groups.add(ancestor)
    }
    const depths = new Map<Group, number>()
    const ordered = [...groups].sort(
      (a, b) => depth(a, depths) - depth(b, depths) || a.priority - b.priority || compare(a.name, b.name),
    )
    this.#ordered.set(host, ordered)
    return ordered
  }

  /** `group_names`: the groups a host is in, without `all`, sorted. */
  groupNames(host: Host): string[] {
    return this.groupsOf(host)
      .filter((group) => group !== this.#all)
      .map(({ name }) => name)
      .sort(compare)
  }

  /** The hosts of a group and of all groups below it, in the order of the inventory. */
  hostsOf(group: Group): readonly Host[] {
    const before = this.#members.get(group)
    if (before) return before
    const hosts = [...new Set(withDescendants(group).flatMap((member) => [...member.hosts]))]
    this.#members.set(group, hosts)
    return hosts
  }

  /** The hosts that a pattern names and that `limit`, if given, names too: see `selectHosts`. */
  select(pattern: Pattern, limit?: Pattern): Selection {
    return selectHosts(this, pattern, limit)
  }

  /** The host of that name; for a name of this machine that nobody wrote down, the implicit `localhost`. */
  host(name: string): Host | undefined {
    const host = this.hosts.get(name)
    if (host || !LOCALHOST.includes(name)) return host
    if (!this.#localhost) {
      const source = { name: 'implicit localhost' }
      this.#localhost = new Host(name, source, undefined, true)
      this.setVariable(this.#localhost, 'ansible_connection', 'local', source)
      const python = new Template('{{ ansible_playbook_python }}', { file: source.name, line: 1, column: 1 })
      this.setVariable(this.#localhost, 'ansible_python_interpreter', python, source)
    }
    return this.#localhost
  }

  #changed(): void {
    this.#generation += 1
    this.#ordered = new Map()
    this.#members = new Map()
  }
}

function readPriority(value: Value, location?: Location): number {
  const priority = typeof value === 'string' && /^-?\d+$/.test(value.trim()) ? Number(value) : value
  if (typeof priority === 'number' && Number.isInteger(priority)) return priority
  throw sourceError('ansible_group_priority must be a whole number', location)
}

function pathDown(from: Group, to: Group): string[] {
  for (const child of from.children) {
    if (child === to) return [from.name, to.name]
    const rest = pathDown(child, to)
    if (rest.length > 0) return [from.name, ...rest]
  }
  return []
}

/** By code units, as everything that Ansible sorts by name. */
function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
