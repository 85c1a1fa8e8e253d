import { evaluate } from '../expressions/evaluate.ts'
import { sourceError } from '../source/diagnostic.ts'
import { suggestion } from '../source/nearest.ts'
import { forgetFacts } from './fact-cache.ts'
import { HostEnded, RoleEnded } from './failures.ts'
import { flushHandlers } from './handlers.ts'
import { decide } from './prepare.ts'
import { settle } from './settle.ts'
import type { TaskContext } from './task.ts'
import { scopeOf } from './variables.ts'
import { textOf } from '../variables/text.ts'

type Meta = (context: TaskContext) => Promise<void> | void

/**
 * What `meta` can do, and what is said of it.
 *
 * @source https://docs.ansible.com/ansible/latest/collections/ansible/builtin/meta_module.html
 */
const METAS: Record<string, { readonly does: Meta; readonly says?: (host: string) => string }> = {
  noop: { does: () => undefined, says: () => 'noop' },
  flush_handlers: {
    does: ({ playRun, host, position }) => flushHandlers(playRun, host, position),
    says: (host) => `triggered running handlers for ${host}`,
  },
  end_play: { does: (context) => stopEverybody(context, true), says: () => 'ending play' },
  end_batch: { does: (context) => stopEverybody(context, false), says: () => 'ending batch' },
  end_host: {
    does: () => {
      throw new HostEnded('ended')
    },
    says: (host) => `ending play for ${host}`,
  },
  end_role: {
    does: () => {
      throw new RoleEnded()
    },
    says: (host) => `ending role for ${host}`,
  },
  clear_facts: {
    does: ({ host, playRun }) => {
      host.facts = undefined
      host.cachedFacts.clear()
      const { factCache, check } = playRun.run.options
      if (factCache && !check) forgetFacts(host.name, factCache)
    },
    says: () => 'facts cleared',
  },
  clear_host_errors: { does: clearErrors, says: () => 'cleared host errors' },
  // What a new connection would find different, a dry run has not done.
  reset_connection: {
    does: ({ host, playRun }) => (playRun.run.options.check ? undefined : host.disconnect()),
    says: () => 'reset connection',
  },
  refresh_inventory: {
    does: ({ playRun }) => playRun.run.refreshInventory(),
    says: () => 'inventory successfully refreshed',
  },
}

export async function meta(context: TaskContext): Promise<undefined> {
  const { playRun, host, task, extra, position, reference } = context
  const scope = scopeOf(playRun, host, task, extra)
  const decision = await settle(context, () => decide(task, scope))
  const written = evaluate(task.args['free_form'] ?? null, scope)
  const name = textOf(written)
  const action = Object.hasOwn(METAS, name) ? METAS[name] : undefined
  if (!action)
    throw sourceError(
      `invalid meta action requested: ${name}`,
      task.location,
      suggestion(name, Object.keys(METAS)),
    )
  const say = (text: string, skipped = false) =>
    playRun.order.add(position, { type: 'meta', task: reference, host: host.name, text, skipped }, reference)
  if (!decision.go) {
    say(`${name} conditional evaluated to False, continuing execution for ${host.name}`, true)
    return
  }
  // What cannot be told is not done: the tasks after it are shown, and the report says that they may not run.
  if (decision.maybe) return
  // What looks at all hosts, or changes them all, comes when all are there.
  if (!playRun.free && (name === 'clear_host_errors' || name === 'refresh_inventory'))
    await playRun.progress.everyoneAt(position)
  if (action.says) say(action.says(host.name))
  await action.does(context)
}

function stopEverybody({ playRun, position }: TaskContext, play: boolean): never {
  playRun.stop ??= { after: position, failed: false, play }
  throw new HostEnded('stopped')
}

function clearErrors({ playRun, position }: TaskContext): void {
  for (const name of playRun.allHosts) {
    const host = playRun.run.hosts.get(name)
    if (!host) continue
    if (host.lost === 'failed' || host.lost === 'unreachable') host.lost = undefined
    host.cleared++
    playRun.order.add(position, { type: 'cleared', host: name })
  }
}
