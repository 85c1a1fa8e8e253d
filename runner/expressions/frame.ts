import type { Origin } from './errors.ts'
import type { Evaluation } from './evaluation.ts'
import type { Item } from './items.ts'

/** A text under evaluation and the offset of the current step in it. */
export interface Spot {
  readonly origin: Origin
  at: number
}

/** Where an evaluation stands: the spot, shared by all frames of one text, and the names set in the text. */
export class Frame {
  readonly evaluation: Evaluation
  readonly spot: Spot
  readonly locals: Locals | undefined

  constructor(evaluation: Evaluation, spot: Spot, locals?: Locals) {
    this.evaluation = evaluation
    this.spot = spot
    this.locals = locals
  }

  get origin(): Origin {
    return this.spot.origin
  }

  set at(offset: number) {
    this.spot.at = offset
  }

  /** A frame of the same text whose new names end with it. */
  inside(parent: Locals | undefined = this.locals): Frame {
    return new Frame(this.evaluation, this.spot, new Locals(parent))
  }
}

/** Names set by statements (`for`, `set`, `macro`), innermost first. */
export class Locals {
  readonly values = new Map<string, Item>()
  readonly parent: Locals | undefined

  constructor(parent?: Locals) {
    this.parent = parent
  }

  get(name: string): Item | undefined {
    const value = this.values.get(name)
    return value === undefined ? this.parent?.get(name) : value
  }
}
