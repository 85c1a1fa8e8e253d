import { isDict, own } from '../../variables/value.ts'
import { aheadOf } from '../ahead.ts'
import type { Block, Play, Step, Task } from '../model.ts'

/** A task of a play, wherever it stands. */
export interface Visit {
  readonly task: Task
  readonly play: Play
  /** The includes that brought it, outermost first. */
  readonly includes: readonly Task[]
}

/** Every task of a play with those of roles, handlers and, as far as they are known, includes. */
export function* visitTasks(play: Play): Generator<Visit> {
  for (const section of sectionsOf(play)) yield* visitSteps(section, play, [])
}

/** The lists of steps that a play is made of. */
export function sectionsOf(play: Play): (readonly Step[])[] {
  return [play.preTasks, play.roles, play.tasks, play.postTasks, play.handlers]
}

/** Every block of a play, those of includes too. */
export function* visitBlocks(play: Play): Generator<Block> {
  for (const section of sectionsOf(play)) yield* blocksIn(section)
}

/** The variables that a task's loop sets while it runs. */
export function loopVariables(task: Task): string[] {
  const loops = Object.keys(task.keywords).some(
    (keyword) => keyword === 'loop' || keyword.startsWith('with_'),
  )
  if (!loops) return []
  const control = own(task.keywords, 'loop_control')
  const text = (name: string) =>
    isDict(control) && typeof own(control, name) === 'string' ? [own(control, name) as string] : []
  return [...(text('loop_var').length > 0 ? text('loop_var') : ['item']), ...text('index_var')]
}

function* visitSteps(steps: readonly Step[], play: Play, includes: readonly Task[]): Generator<Visit> {
  for (const step of steps) {
    if (step.kind === 'block') {
      yield* visitSteps([...step.block, ...step.rescue, ...step.always], play, includes)
      continue
    }
    yield { task: step, play, includes }
    const ahead = aheadOf(step)
    if (ahead) yield* visitSteps([...ahead.steps, ...ahead.handlers], play, [...includes, step])
  }
}

function* blocksIn(steps: readonly Step[]): Generator<Block> {
  for (const step of steps) {
    if (step.kind === 'block') {
      yield step
      yield* blocksIn([...step.block, ...step.rescue, ...step.always])
    } else {
      const ahead = aheadOf(step)
      if (ahead) yield* blocksIn([...ahead.steps, ...ahead.handlers])
    }
  }
}
