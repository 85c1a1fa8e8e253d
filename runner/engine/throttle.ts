import type { Scope } from '../variables/scope.ts'
import { Limiter } from './limiter.ts'
import type { PlayRun } from './run.ts'
import { settingOf } from './setting.ts'
import type { TaskContext } from './task.ts'

const limiters = new WeakMap<PlayRun, Map<string, Limiter>>()

/**
 * `throttle`: so many hosts at most do this task at the same time.
 *
 * @source https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_strategies.html#restricting-execution-with-throttle
 */
export async function throttled<Result>(
  { playRun, task, position }: TaskContext,
  scope: Scope,
  work: () => Promise<Result>,
): Promise<Result> {
  const most = Number(settingOf(task, 'throttle', scope) ?? 0)
  if (!(most > 0)) return await work()
  const known = limiters.get(playRun) ?? new Map<string, Limiter>()
  limiters.set(playRun, known)
  const key = position.join('.')
  const limiter = known.get(key) ?? new Limiter(most)
  known.set(key, limiter)
  return await limiter.run(work)
}
