import { evaluate } from '../expressions/evaluate.ts'
import { SourceError } from '../source/diagnostic.ts'
import { nearest } from '../source/nearest.ts'
import { formatLocation } from '../source/location.ts'
import { inherited, roleOf, type Step, type Task } from '../source/model.ts'
import type { Unknown } from '../variables/unknown.ts'
import type { Value } from '../variables/value.ts'
import type { HostRun } from './host-run.ts'
import type { PlayRun } from './run.ts'
import type { TaskContext } from './task.ts'
import { scopeOf } from './variables.ts'
import { textOf } from '../variables/text.ts'

/** Marks the handlers that a changed task notifies as owed; `maybe` when it cannot be told whether it will change. */
export function notify(context: TaskContext, maybe?: Unknown): void {
  const { playRun, host, task, reference, position, extra } = context
  const written = inherited(task, 'notify')
  if (written === undefined) return
  const names = evaluate(written.value, scopeOf(playRun, host, task, extra))
  for (const name of Array.isArray(names) ? names : [names]) {
    const handlers = handlersNamed(textOf(name), context)
    if (handlers.length === 0) {
      const problem = unknownHandler(textOf(name), context)
      if (playRun.run.options.missingHandlerFails) throw problem
      const [diagnostic] = problem.diagnostics
      const text = diagnostic!.message
      playRun.order.add(position, { type: 'message', severity: 'warning', text, diagnostic }, reference)
    }
    for (const handler of handlers) {
      const owed = host.notified.get(handler)
      if (owed && (maybe || !owed.maybe)) continue
      if (!owed) replaceEarlier(handler, host)
      host.notified.set(handler, { by: reference, maybe })
      playRun.order.add(
        position,
        {
          type: 'notified',
          handler: handlerName(handler, playRun, host) ?? String(handler.name),
          host: host.name,
          by: reference,
        },
        reference,
      )
    }
  }
}

// A role that is included again brings its handlers again: they are owed once, as the last inclusion has them.
function replaceEarlier(handler: Task, { notified }: HostRun): void {
  const place = formatLocation(handler.location)
  for (const [other, owed] of notified)
    if (!owed.maybe && formatLocation(other.location) === place) notified.delete(other)
}

/** Every handler of the play in the order in which they run, blocks taken apart. */
export function handlerTasks(steps: readonly Step[]): Task[] {
  return steps.flatMap((step) => (step.kind === 'task' ? [step] : handlerTasks(step.block)))
}

/**
 * Of handlers with the same name the first of the list that was loaded last counts (those of the roles come in their
 * order, then the play's own, then those of roles that were included); every listener to a topic does, of those with
 * the same name again one.
 */
function handlersNamed(name: string, context: TaskContext): Task[] {
  const { playRun, host } = context
  const tasks = lists(playRun.handlers).toReversed().flat()
  const isNamed = (task: Task) => {
    if (task.name === undefined) return false
    const own = handlerName(task, playRun, host)
    if (own === undefined) warnOfUnusable(task, context)
    return own !== undefined && addresses(task, own).includes(name)
  }
  const named = tasks.find(isNamed)
  const seen = new Set<string>()
  const listeners = tasks.filter((task) => {
    if (!listensTo(task, name)) return false
    const own = task.name === undefined ? undefined : handlerName(task, playRun, host)
    if (own === undefined) return true
    const known = seen.has(own)
    seen.add(own)
    return !known
  })
  return [...new Set(named ? [named, ...listeners] : listeners)]
}

/** The handlers of each role, which stand in a block, and those of the play, as they were loaded. */
function lists(steps: readonly Step[]): Task[][] {
  const found: Task[][] = []
  let own: Task[] | undefined
  for (const step of steps) {
    if (step.kind === 'block' && step.role) {
      own = undefined
      found.push(handlerTasks([step]))
    } else {
      if (own === undefined) found.push((own = []))
      own.push(...handlerTasks([step]))
    }
  }
  return found
}

/** A handler's name; undefined when it needs what is not known. */
export function handlerName(task: Task, playRun: PlayRun, host: HostRun): string | undefined {
  if (task.name === undefined) return task.action
  if (typeof task.name === 'string') return task.name
  try {
    return textOf(evaluate(task.name, scopeOf(playRun, host, task)))
  } catch (error) {
    if (error instanceof SourceError) return undefined
    throw error
  }
}

const warned = new WeakMap<PlayRun, Set<Task>>()

function warnOfUnusable(handler: Task, { playRun, position, reference }: TaskContext): void {
  const known = warned.get(playRun) ?? new Set()
  warned.set(playRun, known)
  if (known.has(handler) || topics(handler).length > 0) return
  known.add(handler)
  const text = `Handler '${String(handler.name)}' is unusable: its name cannot be evaluated, and it listens to no topic`
  const diagnostic = { severity: 'warning', message: text, location: handler.location } as const
  playRun.order.add(position, { type: 'message', severity: 'warning', text, diagnostic }, reference)
}

/** A name or a topic, and the same with the role before it, with and without the role's collection. */
function addresses(task: Task, name: string): string[] {
  const role = roleOf(task)?.role.name
  if (role === undefined) return [name]
  return [name, `${role} : ${name}`, `${role.split('.').at(-1)} : ${name}`]
}

function listensTo(task: Task, name: string): boolean {
  return topics(task).some((topic) => addresses(task, textOf(topic)).includes(name))
}

function topics(task: Task): Value[] {
  const listen = task.keywords['listen']
  if (listen === undefined) return []
  return Array.isArray(listen) ? listen : [listen]
}

function unknownHandler(name: string, { playRun, host, task }: TaskContext): SourceError {
  const tasks = handlerTasks(playRun.handlers)
  const known = tasks.flatMap((each) => [
    handlerName(each, playRun, host) ?? String(each.name),
    ...topics(each).map(String),
  ])
  const near = nearest(name, known)
  const message = `The requested handler '${name}' was not found in either the main handlers list nor in the listening handlers list`
  const hint =
    near === undefined ? 'define it under `handlers:` of the play or the role' : `did you mean '${near}'?`
  return new SourceError([
    { severity: 'error', message, location: task.locate('notify'), hint, ansible: message },
  ])
}
