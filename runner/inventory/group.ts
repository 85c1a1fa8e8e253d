import type { Location } from '../source/location.ts'
import type { Host, VariableSet } from './host.ts'

/** A group of the inventory, with what it names directly. */
export class Group {
  readonly name: string
  readonly location?: Location
  /** `ansible_group_priority`: among groups of one depth the higher wins, then the later name. */
  priority = 1
  readonly parents = new Set<Group>()
  readonly children = new Set<Group>()
  readonly hosts = new Set<Host>()
  /** In the order in which sources were read: later ones win. */
  readonly sets: VariableSet[] = []

  constructor(name: string, location?: Location) {
    this.name = name
    this.location = location
  }

  toString(): string {
    return this.name
  }
}

/** Every group above this one, without itself. */
export function ancestors(group: Group): Set<Group> {
  const found = new Set<Group>()
  const visit = (at: Group): void => {
    for (const parent of at.parents) {
      if (found.has(parent)) continue
      found.add(parent)
      visit(parent)
    }
  }
  visit(group)
  return found
}

/** Itself and every group below, level by level, each once. */
export function withDescendants(group: Group): Group[] {
  const found = new Set([group])
  for (const at of found) {
    for (const child of at.children) found.add(child)
  }
  return [...found]
}

/** The longest way down from the top: the deeper group's variables win. */
export function depth(group: Group, known = new Map<Group, number>()): number {
  const before = known.get(group)
  if (before !== undefined) return before
  const result =
    group.parents.size === 0 ? 0 : 1 + Math.max(...[...group.parents].map((parent) => depth(parent, known)))
  known.set(group, result)
  return result
}
