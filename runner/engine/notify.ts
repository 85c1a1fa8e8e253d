import { evaluate } from '../expressions/evaluate.ts'
import { sourceError } from '../source/diagnostic.ts'
import { nearest } from '../source/nearest.ts'
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
    const handlers = handlersNamed(textOf(name), playRun, host)
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
      host.notified.set(handler, { by: reference, maybe })
      playRun.order.add(
        position,
        { type: 'notified', handler: handlerName(handler, playRun, host), host: host.name, by: reference },
        reference,
      )
    }
  }
}

/** Every handler of the play in the order in which they run, blocks taken apart. */
export function handlerTasks(steps: readonly Step[]): Task[] {
  return steps.flatMap((step) => (step.kind === 'task' ? [step] : handlerTasks(step.block)))
}

// Of handlers with the same name the first of the last list of handlers counts (a role's, then the play's own); every
// listener to a topic does.
function handlersNamed(name: string, playRun: PlayRun, host: HostRun): Task[] {
  const tasks = handlerTasks(playRun.handlers)
  const isNamed = (task: Task) => {
    const own = handlerName(task, playRun, host)
    const role = roleOf(task)?.role.name
    return own === name || (role !== undefined && `${role} : ${own}` === name)
  }
  const named = lists(playRun.handlers)
    .map((list) => handlerTasks(list).find(isNamed))
    .findLast((found) => found !== undefined)
  const listeners = tasks.filter((task) => topics(task).includes(name))
  return [...new Set(named ? [named, ...listeners] : listeners)]
}

/** The handlers of each role, which stand in a block, and those of the play. */
function lists(steps: readonly Step[]): Step[][] {
  const own = steps.filter((step) => step.kind === 'task' || !step.role)
  return [...steps.filter((step) => step.kind === 'block' && step.role).map((step) => [step]), own]
}

function handlerName(task: Task, playRun: PlayRun, host: HostRun): string {
  if (task.name === undefined) return task.action
  if (typeof task.name === 'string') return task.name
  try {
    return textOf(evaluate(task.name, scopeOf(playRun, host, task)))
  } catch {
    return task.name.source
  }
}

function topics(task: Task): Value[] {
  const listen = task.keywords['listen']
  if (listen === undefined) return []
  return Array.isArray(listen) ? listen : [listen]
}

function unknownHandler(name: string, { playRun, host, task }: TaskContext) {
  const tasks = handlerTasks(playRun.handlers)
  const known = tasks.flatMap((each) => [handlerName(each, playRun, host), ...topics(each).map(String)])
  const near = nearest(name, known)
  return sourceError(
    `The requested handler '${name}' was not found in either the main handlers list nor in the listening handlers list`,
    task.locate('notify'),
    near === undefined ? 'define it under `handlers:` of the play or the role' : `did you mean '${near}'?`,
  )
}
