import { Files } from '../host/files.ts'
import type { AnyEffect, State } from '../host/state.ts'
import { loops } from './loop.ts'
import { lookAt, type Sight } from './look-ahead.ts'
import { packEarly } from './pack.ts'
import { comparePositions, type Position } from './position.ts'
import { type Reader, reportMispredictions, resourcesOf } from './settle.ts'
import type { TaskContext } from './task.ts'
import type { UpcomingTask } from './upcoming.ts'

/**
 * While a change is under way that may touch anything, works out what the coming tasks will have to read after it, and
 * sends that right behind it: nobody waits for a round trip, nor for the working out.
 *
 * @param effects what the change does
 * @returns takes in what was read, once everything else has been forgotten and the change applied. Never rejects: what
 *   could not be read is read by whoever needs it.
 */
export async function readBehind(
  context: TaskContext,
  { host, become, place }: Reader,
  effects: readonly AnyEffect[],
): Promise<() => void> {
  if (host !== context.host) return () => {}
  try {
    const coming = comingAfter(context)
    const end = await nextUpheaval(coming, context)
    const isNear = ({ position }: UpcomingTask) => !end || comparePositions(position, end) <= 0
    const state = host.state.fork()
    state.forgetAll()
    const near = sightOf(state)
    await lookAt(coming.filter(isNear), context, near)
    const far = sightOf(state)
    await lookAt(
      coming.filter((each) => !isNear(each)),
      context,
      far,
    )
    const wanted = [...near.wanted, ...far.wanted.filter(({ resource }) => resource.kind.early)]
    const takeIn = await host.readBehind(resourcesOf(wanted, become, state), effects, become, place)
    return () => reportMispredictions(takeIn(), context)
  } catch {
    return () => {}
  }
}

/** The task at hand may have more rounds to go. */
function comingAfter({ playRun, position, task }: TaskContext): UpcomingTask[] {
  const coming = [...playRun.upcoming.from(position)]
  return coming[0]?.task === task && !loops(task) ? coming.slice(1) : coming
}

/**
 * Where what is read now will probably be forgotten again, as far as can be told from what was known so far. What is
 * large and will be sent on the way there is packed meanwhile.
 */
async function nextUpheaval(
  coming: readonly UpcomingTask[],
  context: TaskContext,
): Promise<Position | undefined> {
  let first: Position | undefined
  const state = context.host.state.fork()
  await lookAt(coming, context, {
    ...sightOf(state),
    onChange: ({ position }, change) => {
      state.foretell(change.after)
      if (change.sideEffects) first ??= position
      if (change.packable && !context.playRun.run.options.check) packEarly(change)
    },
    onDear: ({ position }) => {
      first ??= position
    },
  })
  return first
}

function sightOf(state: State): Sight {
  return { state, files: new Files(state), wanted: [], tasks: new Map() }
}
