import type { Location } from '../source/location.ts'
import type { Value } from '../variables/value.ts'
import type { Group } from './group.ts'

/** Where hosts, groups and variables come from: one inventory file or script, a list of hosts, or a task. */
export interface InventorySource {
  /** As shown to people: `inventory.yml`, `add_host`. */
  readonly name: string
  /** Absolute path, for `inventory_file` and `inventory_dir`; a list of hosts and a task have none. */
  readonly file?: string
}

/** A variable as an inventory source gives it. */
export interface InventoryVariable {
  readonly value: Value
  readonly location?: Location
}

/** The variables that one inventory source gives to one host or group. */
export interface VariableSet {
  readonly source: InventorySource
  readonly variables: Map<string, InventoryVariable>
}

/** A host of the inventory. Its name is data: it may come from a script. */
export class Host {
  readonly name: string
  /** Where it was first mentioned. */
  readonly source?: InventorySource
  readonly location?: Location
  /** `localhost` that nobody wrote down: reached without a connection, member of no group. */
  readonly implicit: boolean
  /** The groups that name it directly, in the order in which they did. */
  readonly groups = new Set<Group>()
  /** In the order in which sources were read: later ones win. */
  readonly sets: VariableSet[] = []

  constructor(name: string, source?: InventorySource, location?: Location, implicit = false) {
    this.name = name
    this.source = source
    this.location = location
    this.implicit = implicit
  }

  toString(): string {
    return this.name
  }
}
