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
  const name = task.keywords['register']
  if (typeof name === 'string' && result.registered !== undefined) host.variables.set(name, result.registered)
  for (const [variable, value] of Object.entries(result.variables ?? {})) host.variables.set(variable, value)
  if (result.failed) throw new TaskFailed(task, context.reference, result.registered ?? null, playRun)
  return undefined
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
