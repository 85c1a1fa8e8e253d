import { addHosts, groupHost } from './inventory-actions.ts'
import { includeVars } from './include-vars.ts'
import { includeRole, includeTasks } from './includes.ts'
import { meta } from './meta.ts'
import { setStats } from './set-stats.ts'
import { validateArguments } from './validate-arguments.ts'
import type { TaskContext, TaskEnd } from './task.ts'

/** Tasks that act on the run itself and not on a host. */
const ACTIONS: Record<string, (context: TaskContext) => Promise<TaskEnd | undefined>> = {
  meta,
  include_tasks: includeTasks,
  include_role: includeRole,
  include_vars: includeVars,
  add_host: addHosts,
  group_by: groupHost,
  set_stats: setStats,
  validate_argument_spec: validateArguments,
}

export function isAction(name: string): boolean {
  return Object.hasOwn(ACTIONS, name)
}

export function runAction(context: TaskContext): Promise<TaskEnd | undefined> {
  return ACTIONS[context.task.action]!(context)
}
