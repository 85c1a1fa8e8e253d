import type { HostRun } from './host-run.ts'
import { handlerTasks } from './notify.ts'
import type { Position } from './position.ts'
import type { PlayRun } from './run.ts'
import { runStep } from './walk.ts'

/** Runs the handlers a host owes, in the order of their definition, until none is owed. */
export async function flushHandlers(playRun: PlayRun, host: HostRun, base: Position): Promise<void> {
  for (let pass = 0; host.notified.size > 0; pass++) {
    for (const [index, handler] of handlerTasks(playRun.handlers).entries()) {
      const owed = host.notified.get(handler)
      if (!owed) continue
      host.notified.delete(handler)
      await runStep(playRun, host, handler, [...base, pass, index], [], owed.maybe)
    }
    // What is still owed now was notified by a handler, or belongs to no handler any more.
    const known = new Set<object>(handlerTasks(playRun.handlers))
    for (const handler of host.notified.keys()) if (!known.has(handler)) host.notified.delete(handler)
  }
}
