import type { Step, Task } from '../source/model.ts'
import type { Layer } from '../variables/scope.ts'
import { comparePositions, type Position } from './position.ts'

/** A task that will probably run. */
export interface UpcomingTask {
  readonly task: Task
  readonly position: Position
  readonly extra: readonly Layer[]
}

/** The tasks of a play in the order in which they will run, as far as that is known by now. */
export class Upcoming {
  readonly #tasks: UpcomingTask[] = []

  /** Adds the steps that stand at a position, static ones when the play begins, included ones when they are loaded. */
  add(steps: readonly Step[], base: Position, extra: readonly Layer[] = []): void {
    this.#tasks.push(...flatten(steps, base, extra))
    this.#tasks.sort((a, b) => comparePositions(a.position, b.position))
  }

  /** The task at a position, which may have more to read than it has said so far, and those after it. */
  *from(position: Position): Generator<UpcomingTask> {
    let low = 0
    let high = this.#tasks.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (comparePositions(this.#tasks[middle]!.position, position) >= 0) high = middle
      else low = middle + 1
    }
    for (let index = low; index < this.#tasks.length; index++) yield this.#tasks[index]!
  }
}

function flatten(steps: readonly Step[], base: Position, extra: readonly Layer[]): UpcomingTask[] {
  return steps.flatMap((step, index) => {
    const position = [...base, index]
    if (step.kind === 'task') return [{ task: step, position, extra }]
    return [...flatten(step.block, [...position, 0], extra), ...flatten(step.always, [...position, 2], extra)]
  })
}
