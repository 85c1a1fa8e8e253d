import { wayTo } from '../host/files.ts'
import { Miss } from '../host/misses.ts'
import { path } from '../resources/path.ts'
import type { AnyResource } from '../resources/resource.ts'
import type { Become } from '../transport/session.ts'
import { OthersBehind } from './host-variables.ts'
import type { HostRun, Place } from './host-run.ts'
import { lookAhead } from './look-ahead.ts'
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
  const { playRun, position, reference } = context
  const mispredictions = await playRun.run.limiter.run(async () => {
    // Whatever becomes of it, `read` is told. Meanwhile the coming tasks are planned.
    host.connection(place).catch(() => undefined)
    const ahead = host === context.host ? await lookAhead(context) : []
    const wanted = [
      ...miss.resources,
      ...ahead.filter((each) => each.become?.user === become?.user).map((each) => each.resource),
    ].flatMap((each) => (each.kind === path ? unseen(wayTo(each.key as string), host) : each))
    return await host.read(wanted, become, place)
  })
  for (const each of mispredictions) {
    playRun.order.add(position, { type: 'mispredicted', host: host.name, ...each }, reference)
  }
}

// Who hints at a path does not think of the directories above it; they would be missed one after the other.
function unseen(resources: readonly AnyResource[], { state }: HostRun): AnyResource[] {
  return resources.filter(
    ({ kind, key }, index) => index === resources.length - 1 || !state.observed(kind, key),
  )
}
