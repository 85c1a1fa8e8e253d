import type { Location } from '../source/location.ts'
import { mergeDicts } from './merge-dicts.ts'
import { isDict, type Value } from './value.ts'

/** Where a variable's value came from and what it is. */
export interface Origin {
  /** The layer's name: `role defaults`, `group_vars/web`, `extra vars`. */
  readonly layer: string
  readonly value: Value
  readonly location?: Location
}

/** One level of Ansible's variable precedence. */
export interface Layer {
  readonly name: string
  get(variable: string): Value | undefined
  names(): Iterable<string>
  locate?(variable: string): Location | undefined
}

/** What the evaluator needs besides variables: where lookups and templates find the author's files. */
export interface Surroundings {
  readonly playbookDir: string
  /** Only a guess at a coming task: lookups that run programs, write files or reach out must throw instead. */
  readonly speculative?: boolean
  /** Directories to search, nearest first, for a `files`, `templates`, `vars` or `tasks` file of the running task; `.`: those themselves. */
  searchPath(kind: 'files' | 'templates' | 'vars' | 'tasks' | '.'): string[]
  /** Which of these the running task's own files are in. @default files */
  readonly ownKind?: 'files' | 'templates' | 'vars'
  /** The plain text of a vaulted file. Throws an Error that says why not. */
  decrypt?(vaulted: string): string
}

/**
 * The variables that are visible at one place of a play, for one host. Values may hold templates; the evaluator
 * evaluates them in this same scope when they are used (Ansible's lazy semantics).
 */
export class Scope {
  /** Highest precedence first. */
  readonly layers: readonly Layer[]
  readonly surroundings: Surroundings

  constructor(layers: readonly Layer[], surroundings: Surroundings) {
    this.layers = layers
    this.surroundings = surroundings
  }

  /** The value of highest precedence, unevaluated; undefined when no layer has the name. */
  get(variable: string): Value | undefined {
    let found: Value | undefined
    for (const layer of this.layers) {
      const value = layer.get(variable)
      if (value === undefined) continue
      if (found === undefined) found = value
      else if (isDict(found) && isDict(value)) found = mergeDicts(value, found)
      else return found
      if (!merging || !isDict(found)) return found
    }
    return found
  }

  /** Every layer's value for a name, highest precedence first. */
  origins(variable: string): Origin[] {
    return this.layers.flatMap((layer) => {
      const value = layer.get(variable)
      return value === undefined ? [] : [{ layer: layer.name, value, location: layer.locate?.(variable) }]
    })
  }

  names(): string[] {
    return [...new Set(this.layers.flatMap((layer) => [...layer.names()]))].sort()
  }

  /** The same scope under more layers, the first of them the highest. */
  under(...layers: Layer[]): Scope {
    return new Scope([...layers, ...this.layers], this.surroundings)
  }
}

let merging = false

/**
 * Whether a variable that several layers have as dictionaries is all of them in one (`ANSIBLE_HASH_BEHAVIOUR=merge`),
 * rather than that of the highest layer.
 */
export function mergeHashes(merge: boolean): void {
  merging = merge
}

/** A layer over a plain dictionary. */
export function dictLayer(
  name: string,
  values: Readonly<Record<string, Value>>,
  locate?: (variable: string) => Location | undefined,
): Layer {
  return {
    name,
    get: (variable) => (Object.hasOwn(values, variable) ? values[variable] : undefined),
    names: () => Object.keys(values),
    locate,
  }
}
