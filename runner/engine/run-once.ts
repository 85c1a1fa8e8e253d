import { TaskFailed } from './failures.ts'
import type { OnceResult } from './run.ts'
import { runTask, type TaskContext, type TaskEnd } from './task.ts'

/**
 * `run_once`: the first host of the batch that comes to the task runs it, and what it registers is everybody's.
 *
 * @source https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_strategies.html#running-on-a-single-machine-with-run-once
 */
export async function runOnce(context: TaskContext): Promise<TaskEnd | undefined> {
  const { playRun, host, task, position } = context
  const key = position.join('.')
  if (insideOfOnce(context)) return await runForAll(context)
  await playRun.progress.everyoneAt(position)
  // A host may have come past without it: its role had run there before.
  const first = playRun.batch.find((name) => playRun.progress.isAt(name, position))
  if (playRun.free || (!playRun.once.has(key) && first === host.name)) {
    const running = runTask(context)
    playRun.once.set(key, running.then(shared, asFailure))
    return running
  }
  // The first host sets the promise in the same turn in which it passes the barrier above.
  while (!playRun.once.has(key)) await new Promise((go) => setImmediate(go))
  const result = await playRun.once.get(key)!
  // It may have waited for all of them.
  host.comeToRest()
  const name = task.keywords['register']
  if (typeof name === 'string' && result.registered !== undefined) host.variables.set(name, result.registered)
  for (const [variable, value] of Object.entries(result.variables ?? {})) host.variables.set(variable, value)
  if (result.failed) throw new TaskFailed(task, context.reference, result.registered ?? null, playRun)
  return undefined
}

/**
 * `run_once` of an include: only the first host of the batch includes, and the others wait until it is through. Tasks
 * inside that are to run once, too, do so for all of them.
 */
export async function includeOnce(
  context: TaskContext,
  include: () => Promise<TaskEnd | undefined>,
): Promise<TaskEnd | undefined> {
  const { playRun, host, position } = context
  const key = position.join('.')
  if (playRun.free || insideOfOnce(context)) return await include()
  await playRun.progress.everyoneAt(position)
  const first = playRun.batch.find((name) => playRun.progress.isAt(name, position))
  if (!playRun.once.has(key) && first === host.name) {
    const including = include()
    playRun.once.set(key, including.then(nothing, failureOfAll(context)))
    return await including
  }
  // None of the tasks inside has to wait for this host.
  playRun.progress.advance(host.name, [...position.slice(0, -1), position.at(-1)! + 0.5])
  while (!playRun.once.has(key)) await new Promise((go) => setImmediate(go))
  const { failed, registered } = (await playRun.once.get(key))!
  if (failed) throw new TaskFailed(context.task, context.reference, registered ?? null, playRun)
  return undefined
}

const nothing = (): OnceResult => ({ registered: undefined, variables: undefined, failed: false })

/** Failures of tasks that were run once for all hosts: they are everybody's. */
const failuresOfAll = new WeakSet<TaskFailed>()

const failureOfAll =
  ({ task }: TaskContext) =>
  (error: unknown): OnceResult => {
    const isOfAll = error instanceof TaskFailed && (error.task === task || failuresOfAll.has(error))
    return isOfAll ? asFailure(error) : nothing()
  }

function insideOfOnce({ playRun, position }: TaskContext): boolean {
  return position.some((_, index) => index > 0 && playRun.once.has(position.slice(0, index).join('.')))
}

// The other hosts do not come here: what it leaves is handed to them.
async function runForAll(context: TaskContext): Promise<TaskEnd> {
  const { playRun, host, task } = context
  const end = await runTask(context).catch((error: unknown) => {
    if (error instanceof TaskFailed) failuresOfAll.add(error)
    throw error
  })
  const name = task.keywords['register']
  for (const other of playRun.batch
    .filter((each) => each !== host.name)
    .map((each) => playRun.run.host(each))) {
    if (typeof name === 'string') other.variables.set(name, end.registered)
    for (const [variable, value] of Object.entries(end.variables ?? {})) other.variables.set(variable, value)
  }
  return end
}

function shared({ registered, variables }: TaskEnd): OnceResult {
  return { registered, variables, failed: false }
}

function asFailure(error: unknown): OnceResult {
  return {
    registered: error instanceof TaskFailed ? error.result : undefined,
    variables: undefined,
    failed: true,
  }
}
