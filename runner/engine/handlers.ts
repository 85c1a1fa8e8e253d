import type { HostRun } from './host-run.ts'
import { HostLost, TaskFailed } from './failures.ts'
import { handlerTasks } from './notify.ts'
import type { Position } from './position.ts'
import type { PlayRun } from './run.ts'
import { runStep } from './walk.ts'

/**
 * Runs the handlers a host owes, in the order of their definition, until none is owed; each once. One that is notified
 * when it has run already, by itself or by one after it, is owed to the next flush: so two that notify each other end.
 */
export async function flushHandlers(playRun: PlayRun, host: HostRun, base: Position): Promise<void> {
  const ran = new Set<object>()
  for (let pass = 0, before = -1; ran.size > before; pass++) {
    before = ran.size
    for (const [index, handler] of handlerTasks(playRun.handlers).entries()) {
      const owed = host.notified.get(handler)
      if (!owed || ran.has(handler)) continue
      ran.add(handler)
      host.notified.delete(handler)
      try {
        await runStep(playRun, host, handler, [...base, pass, index], [], owed.maybe)
        host.handled.add(handler)
      } catch (error) {
        if (error instanceof TaskFailed || error instanceof HostLost) host.failedHandlers.set(handler, owed)
        throw error
      }
    }
    // What belongs to no handler any more is owed to nobody.
    const known = new Set<object>(handlerTasks(playRun.handlers))
    for (const handler of host.notified.keys()) if (!known.has(handler)) host.notified.delete(handler)
  }
}
