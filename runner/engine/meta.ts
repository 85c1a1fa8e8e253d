import { evaluate } from '../expressions/evaluate.ts'
import { sourceError } from '../source/diagnostic.ts'
import { suggestion } from '../source/nearest.ts'
import { HostEnded, RoleEnded } from './failures.ts'
import { flushHandlers } from './handlers.ts'
import { decide } from './prepare.ts'
import { settle } from './settle.ts'
import type { TaskContext } from './task.ts'
import { scopeOf } from './variables.ts'
import { textOf } from '../variables/text.ts'

type Meta = (context: TaskContext) => Promise<void> | void

/**
 * What `meta` can do.
 *
 * @source https://docs.ansible.com/ansible/latest/collections/ansible/builtin/meta_module.html
 */
const METAS: Record<string, Meta> = {
  noop: () => undefined,
  flush_handlers: ({ playRun, host, position }) => flushHandlers(playRun, host, position),
  end_play: ({ playRun, position }) => {
    playRun.stop ??= { after: position, failed: false }
    throw new HostEnded('stopped')
  },
  end_batch: ({ playRun, position }) => {
    playRun.stop ??= { after: position, failed: false }
    throw new HostEnded('stopped')
  },
  end_host: () => {
    throw new HostEnded('ended')
  },
  end_role: () => {
    throw new RoleEnded()
  },
  clear_facts: ({ host }) => {
    host.facts = undefined
    host.cachedFacts.clear()
    host.variables.clear()
  },
  clear_host_errors: ({ playRun }) => {
    for (const name of playRun.allHosts) {
      const host = playRun.run.hosts.get(name)
      if (host?.lost === 'failed' || host?.lost === 'unreachable') host.lost = undefined
    }
  },
  reset_connection: ({ host }) => host.disconnect(),
  refresh_inventory: ({ playRun }) => playRun.run.refreshInventory(),
}

export async function meta(context: TaskContext): Promise<undefined> {
  const { playRun, host, task, extra } = context
  const scope = scopeOf(playRun, host, task, extra)
  const decision = await settle(context, () => decide(task, scope))
  if (!decision.go) return
  const written = evaluate(task.args['free_form'] ?? null, scope)
  const name = textOf(written)
  const action = Object.hasOwn(METAS, name) ? METAS[name] : undefined
  if (!action)
    throw sourceError(
      `invalid meta action requested: ${name}`,
      task.location,
      suggestion(name, Object.keys(METAS)),
    )
  // What cannot be told is not done: the tasks after it are shown, and the report says that they may not run.
  if (decision.maybe) return
  await action(context)
}
