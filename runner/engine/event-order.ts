import type { Event, TaskReference } from './events.ts'
import { comparePositions, type Position } from './position.ts'

interface Held {
  readonly position: Position
  readonly task: TaskReference | undefined
  readonly event: Event
}

/**
 * Lets events out in the order of the tasks, whichever host ran ahead: an event is held until no host is before its
 * task. With one host nothing is ever held.
 */
export class EventOrder {
  readonly #emit: (event: Event) => void
  #held: Held[] = []
  #least: Position | undefined = []
  #shown: string | undefined

  constructor(emit: (event: Event) => void) {
    this.#emit = emit
  }

  add(position: Position, event: Event, task?: TaskReference): void {
    const held = { position, event, task }
    // Whatever is held stands behind the hindmost host, and so behind this.
    if (this.#free(position)) this.#release(held)
    else this.#held.push(held)
  }

  /** The hindmost host has moved to `least`, or, when undefined, all have finished. */
  advance(least: Position | undefined): void {
    this.#least = least
    if (this.#held.length > 0) this.#flush()
  }

  #free(position: Position): boolean {
    return this.#least === undefined || comparePositions(position, this.#least) <= 0
  }

  #flush(): void {
    const ready = this.#held.filter(({ position }) => this.#free(position))
    if (ready.length === 0) return
    this.#held = this.#held.filter(({ position }) => !this.#free(position))
    // Sorting is stable: what one host said of one task stays in its order.
    ready.sort((a, b) => comparePositions(a.position, b.position))
    for (const held of ready) this.#release(held)
  }

  #release({ task, event }: Held): void {
    if (task && task.id !== this.#shown) {
      this.#shown = task.id
      this.#emit({ type: 'task', task })
    }
    this.#emit(event)
  }
}
