import type { ResourceKind } from '../resources/resource.ts'
import type { Unknown } from '../variables/unknown.ts'
import type { AnyEffect, State } from './state.ts'

/**
 * What became of many resources at once, told of each only when it is asked for: the thousands of files that a package
 * brings. A state holds layers beside single predictions; the later of them counts.
 */
export interface Layer {
  /**
   * A resource's value above the layer, from what it is below; undefined when the layer leaves it alone.
   *
   * @param below undefined where it was not read yet
   * @throws {Miss} for what must be read to tell
   */
  over<Key, Value>(
    kind: ResourceKind<Key, Value>,
    key: Key,
    below: () => Value | Unknown | undefined,
    state: State,
  ): Value | Unknown | undefined
  /** Names in a directory that the layer may have brought or taken away. */
  names(directory: string): Iterable<string>
}

/** What a change brings with it, in order: single effects, and layers. */
export type Foresight = readonly (readonly AnyEffect[] | Layer)[]

export function isLayer(step: Foresight[number]): step is Layer {
  return 'over' in step
}

/** The layer of a change that may happen or not: whatever it would touch cannot be told. */
export function perhaps(layer: Layer, maybe: Unknown): Layer {
  return {
    over: (kind, key, below, state) =>
      layer.over(kind, key, below, state) === undefined ? undefined : maybe,
    names: (directory) => layer.names(directory),
  }
}
