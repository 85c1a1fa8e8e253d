import { Files } from '../host/files.ts'
import type { AnyEffect, State } from '../host/state.ts'
import { loops } from './loop.ts'
import type { HostRun } from './host-run.ts'
import { lookAt, type Sight, type Wanted } from './look-ahead.ts'
import { handlerTasks } from './notify.ts'
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
    const end = await nextUpheaval(coming, context, effects)
    const isNear = ({ position }: UpcomingTask) => !end || comparePositions(position, end) <= 0
    const state = host.state.fork()
    state.forgetAll()
    const near = sightOf(state)
    await lookAt(coming.filter(isNear), context, near)
    const far = coming.filter((each) => !isNear(each))
    const wanted = [...near.wanted, ...(await earlyOf(far, context, state))]
    const takeIn = await host.readBehind(resourcesOf(wanted, become, state), effects, become, place)
    return () => reportMispredictions(takeIn(), context)
  } catch {
    return () => {}
  }
}

/** The task at hand may have more rounds to go; a handler comes before those that are owed after it. */
function comingAfter({ playRun, host, position, task }: TaskContext): UpcomingTask[] {
  const coming = [...playRun.upcoming.from(position)]
  if (task.handler) {
    const handlers = handlerTasks(playRun.handlers)
    const owed = handlers.flatMap((each, index): UpcomingTask[] =>
      (each === task && loops(task)) || (index > position.at(-1)! && host.notified.has(each))
        ? [{ task: each, position: [...position.slice(0, -1), index], extra: [] }]
        : [],
    )
    return [...owed, ...coming]
  }
  return coming[0]?.task === task && !loops(task) ? coming.slice(1) : coming
}

/**
 * Where what is read now will probably be forgotten again, as far as can be told from what was known so far. The first
 * time on a host, what is large and will be sent is packed meanwhile.
 */
async function nextUpheaval(
  coming: readonly UpcomingTask[],
  context: TaskContext,
  effects: readonly AnyEffect[],
): Promise<Position | undefined> {
  const { host, playRun } = context
  const isDry = playRun.run.options.check
  const isFirst = !early.has(host) && !isDry
  let end: Position | undefined
  const state = host.state.fork()
  state.foretell(effects)
  const sight: Sight = {
    ...sightOf(state),
    onChange: ({ position }, change) => {
      state.foretell(change.after)
      if (change.sideEffects) end ??= position
      if (change.packable && !isDry) packEarly(change)
    },
    onBreak: ({ position }) => {
      end ??= position
    },
  }
  await lookAt(isFirst ? coming : untilTrue(coming, () => end !== undefined), context, sight)
  return end
}

function* untilTrue<Item>(items: Iterable<Item>, isOver: () => boolean): Generator<Item> {
  for (const item of items) {
    if (isOver()) return
    yield item
  }
}

/** What the tasks of a host want early, where nothing is known. It hardly changes, so each is asked once. */
const early = new WeakMap<HostRun, Map<UpcomingTask, readonly Wanted[]>>()

async function earlyOf(
  tasks: readonly UpcomingTask[],
  context: TaskContext,
  state: State,
): Promise<Wanted[]> {
  const { host } = context
  const known = early.get(host) ?? new Map<UpcomingTask, readonly Wanted[]>()
  early.set(host, known)
  for (const task of tasks) {
    if (known.has(task)) continue
    const sight = sightOf(state)
    await lookAt([task], context, sight)
    known.set(
      task,
      sight.wanted.filter(({ resource }) => resource.kind.early),
    )
  }
  return tasks.flatMap((task) => known.get(task)!)
}

function sightOf(state: State): Sight {
  return { state, files: new Files(state), wanted: [], tasks: new Map() }
}
