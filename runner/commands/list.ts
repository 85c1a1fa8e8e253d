import type { Inventory } from '../inventory/inventory.ts'
import { accumulated, type Node, type Play, roleOf, type Step, type Task } from '../source/model.ts'
import { asList } from '../variables/value.ts'
import type { RunFlags } from './run-flags.ts'

export interface Listing {
  readonly inventory: Inventory
  readonly plays: readonly Play[]
  readonly files: readonly string[]
  readonly limit: string | undefined
}

/** Prints what `--syntax-check`, `--list-hosts`, `--list-tasks` and `--list-tags` ask for; says whether one did. */
export function listRequested(flags: RunFlags, { inventory, plays, files, limit }: Listing): boolean {
  if (flags.syntaxCheck) {
    for (const file of files) console.log(`\nplaybook: ${file}`)
    return true
  }
  if (!flags.listHosts && !flags.listTasks && !flags.listTags) return false
  for (const [index, play] of plays.entries()) {
    const pattern = asList(play.keywords['hosts'] ?? 'all').map(String)
    console.log(
      `\n  play #${index + 1} (${pattern.join(',')}): ${String(play.name ?? pattern.join(','))}\tTAGS: [${tagsOf(play).join(', ')}]`,
    )
    if (flags.listHosts) {
      const { hosts } = inventory.select(pattern, limit)
      console.log(
        `    pattern: [${pattern.map((each) => `'${each}'`).join(', ')}]\n    hosts (${hosts.length}):`,
      )
      for (const host of hosts) console.log(`      ${host.name}`)
    }
    const tasks = tasksOf([...play.preTasks, ...play.roles, ...play.tasks, ...play.postTasks])
    if (flags.listTasks) {
      console.log('    tasks:')
      for (const task of tasks) {
        const role = roleOf(task)?.role.name
        console.log(
          `      ${role === undefined ? '' : `${role} : `}${String(task.name ?? task.action)}\tTAGS: [${tagsOf(task).join(', ')}]`,
        )
      }
    }
    if (flags.listTags) {
      console.log(
        `      TASK TAGS: [${[...new Set(tasks.flatMap((task) => tagsOf(task)))].sort().join(', ')}]`,
      )
    }
  }
  return true
}

function tasksOf(steps: readonly Step[]): Task[] {
  return steps.flatMap((step) =>
    step.kind === 'task'
      ? [step]
      : [...tasksOf(step.block), ...tasksOf(step.rescue), ...tasksOf(step.always)],
  )
}

function tagsOf(node: Node): string[] {
  const tags = accumulated(node, 'tags').flatMap(({ value }) => asList(value).map(String))
  return [...new Set(tags)].sort()
}
