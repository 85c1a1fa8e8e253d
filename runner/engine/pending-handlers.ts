import { basename } from 'node:path'
import type { PendingHandler } from '../resources/pending-handlers.ts'
import { roleOf, type Task } from '../source/model.ts'
import { becomeOf } from './become.ts'
import type { TaskReference } from './events.ts'
import type { HostRun } from './host-run.ts'
import { handlerName, handlerTasks } from './notify.ts'
import type { Position } from './position.ts'
import type { PlayRun } from './run.ts'
import { Unreachable } from '../transport/session.ts'
import { taskTagsSelected } from './task-tags.ts'
import { evaluate } from '../expressions/evaluate.ts'
import { Secret } from '../variables/secret.ts'
import { scopeOf } from './variables.ts'

/**
 * Handlers that were notified by a run which failed before they ran are kept in a journal on the host and run with those
 * that come after the play's tasks the next time. They are told apart by the names of playbook, play, role and handler;
 * nothing but these names is kept, and what stands in a journal only selects among the handlers that the playbook has now.
 */

/** Notifies what an earlier run owes. Whether tags keep a handler for another run is its own tags' matter. */
export async function recallHandlers(playRun: PlayRun, host: HostRun, position: Position): Promise<void> {
  const handlers = handlerTasks(playRun.handlers)
  const [first] = handlers
  if (!first) return
  const { journal } = host
  // Nearly always it came with the first frame; a play of nothing but commands has none.
  if (journal.entries === undefined && host.reached) {
    const become = becomeOf(first, scopeOf(playRun, host, first), playRun.run.options)
    await host
      .session(become)
      .then((session) => journal.read(session, become))
      .catch(() => undefined)
  }
  for (const entry of ownEntries(playRun, host)) {
    const handler = handlerOf(entry, playRun, host)
    const owed = handler && host.notified.get(handler)
    if (!handler || host.handled.has(handler) || (owed && !owed.maybe)) continue
    if (!taskTagsSelected(handler, scopeOf(playRun, host, handler), playRun.run.options.tags)) continue
    const by = earlier(handler, entry)
    host.notified.set(handler, { by })
    const name = handlerName(handler, playRun, host) ?? ''
    playRun.order.add(position, { type: 'notified', handler: name, host: host.name, by, earlier: true })
  }
}

/**
 * Puts the journal right at the end of a play: what was owed and has run is taken out, what the host did not come to
 * is put in, what the play has no handler for any more is told and forgotten. Asks nothing of a host that owes nothing.
 */
export async function keepHandlers(playRun: PlayRun, host: HostRun, failed: boolean): Promise<void> {
  const { run } = playRun
  if (run.options.check) return
  const owed = failed || host.lost === 'unreachable' ? owedOf(playRun, host) : []
  if (owed.length === 0 && ownEntries(playRun, host).length === 0) return
  const { journal } = host
  const before = journal.entries ?? []
  const become = journal.become ?? becomeFor(playRun, host)
  let added: readonly PendingHandler[] = owed
  let gone: readonly PendingHandler[] = []
  try {
    if (host.lost === 'unreachable') throw new Unreachable('the host cannot be reached')
    const written = await host.lastly(become, (session) =>
      journal.update(session, become, (known) => {
        const { kept, forgotten } = sorted(known, playRun, host, failed)
        gone = forgotten
        added = owed.filter((entry) => !kept.some((each) => isSame(each, entry)))
        return added.length === 0 && kept.length === known.length ? known : [...kept, ...added]
      }),
    )
    if (written === true) tell(playRun, host, 'kept for the next run', added)
    else if (written === false && run.signal.aborted) tell(playRun, host, LOST, added)
    if (written !== false)
      tell(playRun, host, 'owed by an earlier run and not in the play any more, so forgotten', gone)
  } catch {
    // A host that cannot be asked any more keeps what it has.
    journal.entries = before
    tell(playRun, host, LOST, owed)
  }
}

const LOST = 'owed and cannot be kept on the host: see to it that it is run'

/** What the journal says that this play owes this host. */
function ownEntries(playRun: PlayRun, host: HostRun): PendingHandler[] {
  return ownOf(host.journal.entries ?? [], playRun, host)
}

function ownOf(entries: readonly PendingHandler[], { play, name }: PlayRun, host: HostRun): PendingHandler[] {
  const playbook = basename(play.file)
  return entries.filter(
    (entry) => entry.host === host.name && entry.playbook === playbook && entry.play === name,
  )
}

/** Of what stands in the journal, what stays in it, and what nobody can run any more. */
function sorted(known: readonly PendingHandler[], playRun: PlayRun, host: HostRun, failed: boolean) {
  const { tags, startAtTask } = playRun.run.options
  // One of a role that was not included this time may come again when the play comes to its end.
  const isPart = failed || startAtTask !== undefined || tags.only.length > 0 || tags.skip.length > 0
  const own = new Set(ownOf(known, playRun, host))
  const forgotten = isPart ? [] : [...own].filter((entry) => !handlerOf(entry, playRun, host))
  const isDone = (entry: PendingHandler) => {
    const handler = own.has(entry) && handlerOf(entry, playRun, host)
    return handler && host.handled.has(handler)
  }
  return { kept: known.filter((entry) => !forgotten.includes(entry) && !isDone(entry)), forgotten }
}

function handlerOf(entry: PendingHandler, playRun: PlayRun, host: HostRun): Task | undefined {
  return handlerTasks(playRun.handlers).find(
    (task) => handlerName(task, playRun, host) === entry.handler && roleOf(task)?.role.name === entry.role,
  )
}

/** What was notified and has not run, or failed. */
function owedOf(playRun: PlayRun, host: HostRun): PendingHandler[] {
  const { play, name } = playRun
  return [...host.notified, ...host.failedHandlers].flatMap(([task, { by }]) => {
    const handler = handlerName(task as Task, playRun, host)
    const entry = {
      host: host.name,
      playbook: basename(play.file),
      play: name,
      role: roleOf(task as Task)?.role.name,
      handler: handler ?? '',
      by: `${by.location.file}:${by.location.line}`,
    }
    return handler === undefined || isSecret(task as Task, playRun, host) ? [] : [entry]
  })
}

// A name that holds a secret is not written anywhere.
function isSecret(handler: Task, playRun: PlayRun, host: HostRun): boolean {
  const { name = null } = handler
  return evaluate(name, scopeOf(playRun, host, handler)) instanceof Secret
}

function becomeFor(playRun: PlayRun, host: HostRun) {
  const [handler] = [...host.notified.keys(), ...host.failedHandlers.keys()] as Task[]
  return handler && becomeOf(handler, scopeOf(playRun, host, handler), playRun.run.options)
}

function isSame(one: PendingHandler, other: PendingHandler): boolean {
  return (['host', 'playbook', 'play', 'role', 'handler'] as const).every((name) => one[name] === other[name])
}

function earlier(handler: Task, { by }: PendingHandler): TaskReference {
  return { id: '', name: by, action: '', handler: false, location: handler.location }
}

function tell({ order }: PlayRun, host: HostRun, what: string, entries: readonly PendingHandler[]): void {
  for (const { role, handler } of entries) {
    const text = `[${host.name}]: handler '${role === undefined ? '' : `${role} : `}${handler}' is ${what}`
    order.add(host.position, { type: 'message', severity: 'warning', text })
  }
}
