import { addHost, groupBy } from '../inventory/dynamic.ts'
import { sourceError } from '../source/diagnostic.ts'
import { type Dict, own } from '../variables/value.ts'
import { runControlTask } from './control-task.ts'
import type { TaskContext, TaskEnd } from './task.ts'
import { textOf } from '../variables/text.ts'

/** `add_host`: a new host, or new variables and groups for one, for the plays to come. */
export async function addHosts(context: TaskContext): Promise<TaskEnd> {
  return runControlTask(context, (args) => {
    const written = own(args, 'name') ?? own(args, 'hostname') ?? own(args, 'host')
    if (typeof written !== 'string' || written === '')
      throw sourceError('add_host needs a name', context.task.location)
    const { name, port } = withPort(written)
    const groups = listOf(own(args, 'groups') ?? own(args, 'groupname') ?? own(args, 'group') ?? [])
    const variables: Dict = Object.fromEntries([
      ...(port === undefined ? [] : [['ansible_ssh_port', port] as const]),
      ...Object.entries(args).filter(
        ([key]) => !['name', 'hostname', 'host', 'groups', 'groupname', 'group'].includes(key),
      ),
    ])
    const { changed } = addHost(context.playRun.run.inventory, { name, groups, variables })
    return { changed, result: { add_host: { host_name: name, groups, host_vars: variables } } }
  })
}

/** `host:port`, or `[address]:port`; of an address alone, its colons are no port. */
function withPort(written: string): { name: string; port?: number } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d+)$/.exec(written) ?? []
  return port === undefined ? { name: written } : { name: bracketed ?? plain!, port: Number(port) }
}

/** `group_by`: puts the host into a group named by a value. */
export async function groupHost(context: TaskContext): Promise<TaskEnd> {
  return runControlTask(context, (args) => {
    const { inventory } = context.playRun.run
    const key = textOf(own(args, 'key') ?? '').replaceAll(' ', '-')
    const parents = listOf(own(args, 'parents') ?? 'all')
    const changed = groupBy(inventory, inventory.host(context.host.name)!, key, parents)
    return { changed, result: { add_group: key, parent_groups: parents } }
  })
}

function listOf(value: unknown): string[] {
  const items: unknown[] = Array.isArray(value) ? value : textOf(value).split(',')
  return items.map((each) => textOf(each).trim()).filter(Boolean)
}
