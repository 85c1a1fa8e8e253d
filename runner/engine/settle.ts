import { wayTo } from '../host/files.ts'
import { Miss } from '../host/misses.ts'
import type { State } from '../host/state.ts'
import { path } from '../resources/path.ts'
import type { AnyResource } from '../resources/resource.ts'
import type { Become } from '../transport/session.ts'
import { OthersBehind } from './host-variables.ts'
import type { HostRun, Misprediction, Place } from './host-run.ts'
import { lookAhead, type Wanted } from './look-ahead.ts'
import type { TaskContext } from './task.ts'

/**
 * Runs a pure computation until it has all it needs: what it misses is read (with what coming tasks will miss, in one
 * frame), and where it looks at hosts that are behind, they are waited for.
 */
export async function settle<Result>(
  context: TaskContext,
  compute: () => Result,
  on: Reader = context,
): Promise<Result> {
  for (;;) {
    try {
      return compute()
    } catch (error) {
      if (error instanceof Miss) await readMissing(context, error, on)
      else if (error instanceof OthersBehind) await context.playRun.progress.everyoneAt(context.position)
      else throw error
    }
  }
}

/** Whose state is read, and as which user: the task's host, or the one it is delegated to. */
export interface Reader {
  readonly host: HostRun
  readonly become?: Become | undefined
  readonly place?: Place | undefined
}

async function readMissing(context: TaskContext, miss: Miss, { host, become, place }: Reader): Promise<void> {
  const { playRun } = context
  const mispredictions = await playRun.run.limiter.run(async () => {
    // Whatever becomes of it, `read` is told. Meanwhile the coming tasks are planned.
    host.connection(place).catch(() => undefined)
    const ahead = host === context.host ? await lookAhead(context) : []
    const wanted = [...withWays(miss.resources, host.state), ...resourcesOf(ahead, become, host.state)]
    return await host.read(wanted, become, place)
  })
  reportMispredictions(mispredictions, context, host)
}

/** Tells what the host did not bear out. */
export function reportMispredictions(
  found: readonly Misprediction[],
  { playRun, position, reference, host: own }: TaskContext,
  host = own,
): void {
  for (const each of found)
    playRun.order.add(position, { type: 'mispredicted', host: host.name, ...each }, reference)
}

/** What can be read as a user of what is wanted. */
export function resourcesOf(
  wanted: readonly Wanted[],
  become: Become | undefined,
  state: State,
): AnyResource[] {
  const theirs = wanted.filter((each) => each.become?.user === become?.user)
  return withWays(
    theirs.map((each) => each.resource),
    state,
  )
}

// Who hints at a path does not think of the directories above it; they would be missed one after the other.
function withWays(resources: readonly AnyResource[], state: State): AnyResource[] {
  return resources.flatMap((each) =>
    each.kind === path
      ? wayTo(each.key as string).filter(
          ({ kind, key }, index, way) => index === way.length - 1 || !state.observed(kind, key),
        )
      : each,
  )
}
