import { truth } from './truth.ts'
import { type Dict, isDict, own, type Value } from '../variables/value.ts'
import { type ControlResult, runControlTask } from './control-task.ts'
import { mergeDicts } from '../variables/merge-dicts.ts'
import type { Run } from './run.ts'
import type { TaskContext, TaskEnd } from './task.ts'

/** What `set_stats` has collected in a run: for all hosts together, and by host. */
export interface CustomStats {
  readonly run: Dict
  readonly hosts: Readonly<Record<string, Dict>>
}

const collected = new WeakMap<Run, { run: Dict; hosts: Map<string, Dict> }>()

/**
 * `set_stats`: values that are shown with the recap.
 *
 * @source https://docs.ansible.com/ansible/latest/collections/ansible/builtin/set_stats_module.html
 */
export async function setStats(context: TaskContext): Promise<TaskEnd> {
  return runControlTask(context, (args) => {
    const data = own(args, 'data') ?? {}
    if (!isDict(data)) return failure(`The 'data' option needs to be a dictionary/hash`)
    const wrong = Object.keys(data).find((name) => !/^[A-Za-z_]\w*$/.test(name))
    if (wrong !== undefined)
      return failure(
        `The variable name '${wrong}' is not valid. Variables must start with a letter or underscore character, and contain only letters, numbers and underscores.`,
      )
    const perHost = truth(own(args, 'per_host') ?? false)
    const aggregate = truth(own(args, 'aggregate') ?? true)
    collect(context, data, perHost, aggregate)
    return { changed: false, result: { ansible_stats: { data, per_host: perHost, aggregate } } }
  })
}

/** What a run's tasks have set; undefined when that is nothing. */
export function customStats(run: Run): CustomStats | undefined {
  const stats = collected.get(run)
  return stats && { run: stats.run, hosts: Object.fromEntries(stats.hosts) }
}

function statsOf(run: Run): { run: Dict; hosts: Map<string, Dict> } {
  const known = collected.get(run) ?? { run: {}, hosts: new Map<string, Dict>() }
  collected.set(run, known)
  return known
}

function collect({ playRun, host }: TaskContext, data: Dict, perHost: boolean, aggregate: boolean): void {
  const stats = statsOf(playRun.run)
  const before = perHost ? (stats.hosts.get(host.name) ?? {}) : stats.run
  const after = Object.fromEntries([
    ...Object.entries(before),
    ...Object.entries(data).map(([name, value]): [string, Value] => {
      const known = own(before, name)
      return [name, aggregate && known !== undefined ? sum(known, value) : value]
    }),
  ])
  if (perHost) stats.hosts.set(host.name, after)
  else stats.run = after
}

/** Numbers add up, texts and lists are joined, dictionaries merged; of other things the later counts. */
function sum(before: Value, value: Value): Value {
  if (typeof before === 'number' && typeof value === 'number') return before + value
  if (typeof before === 'string' && typeof value === 'string') return before + value
  if (Array.isArray(before) && Array.isArray(value)) return [...before, ...value]
  if (isDict(before) && isDict(value)) return mergeDicts(before, value)
  return value
}

function failure(msg: string): ControlResult {
  return { changed: false, failed: true, result: { msg } }
}
