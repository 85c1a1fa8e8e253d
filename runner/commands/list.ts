import type { Inventory } from '../inventory/inventory.ts'
import { type Node, type Play, roleOf, type Step, type Task } from '../source/model.ts'
import { tagsOf, taskTagsSelected } from '../engine/task-tags.ts'
import { dictLayer, type Layer, Scope } from '../variables/scope.ts'
import { asList, isDict } from '../variables/value.ts'
import type { RunFlags } from './run-flags.ts'

export interface Listing {
  readonly inventory: Inventory
  readonly plays: readonly Play[]
  readonly files: readonly string[]
  readonly limit: string | undefined
  readonly extraVars: Layer
}

/** Prints what `--syntax-check`, `--list-hosts`, `--list-tasks` and `--list-tags` ask for; says whether one did. */
export function listRequested(
  flags: RunFlags,
  { inventory, plays, files, limit, extraVars }: Listing,
): boolean {
  if (flags.syntaxCheck) {
    for (const file of files) console.log(`\nplaybook: ${file}`)
    return true
  }
  if (!flags.listHosts && !flags.listTasks && !flags.listTags) return false
  for (const [index, play] of plays.entries()) {
    const scope = scopeOf(play, extraVars)
    const pattern = asList(play.keywords['hosts'] ?? 'all').map(String)
    console.log(
      `\n  play #${index + 1} (${pattern.join(',')}): ${String(play.name ?? pattern.join(','))}\tTAGS: [${listedTags(play, scope).join(', ')}]`,
    )
    if (flags.listHosts) {
      const { hosts } = inventory.select(pattern, limit)
      console.log(
        `    pattern: [${pattern.map((each) => `'${each}'`).join(', ')}]\n    hosts (${hosts.length}):`,
      )
      for (const host of hosts) console.log(`      ${host.name}`)
    }
    const selection = { only: flags.tags ?? [], skip: flags.skipTags ?? [] }
    const tasks = tasksOf([...play.preTasks, ...play.roles, ...play.tasks, ...play.postTasks]).filter(
      (task) => taskTagsSelected(task, scope, selection),
    )
    if (flags.listTasks) {
      console.log('    tasks:')
      for (const task of tasks) {
        const role = roleOf(task)?.role.name
        console.log(
          `      ${role === undefined ? '' : `${role} : `}${String(task.name ?? task.action)}\tTAGS: [${listedTags(task, scope).join(', ')}]`,
        )
      }
    }
    if (flags.listTags) {
      console.log(
        `      TASK TAGS: [${[...new Set(tasks.flatMap((task) => listedTags(task, scope)))].sort().join(', ')}]`,
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

function listedTags(node: Node, scope: Scope): string[] {
  return [...new Set(tagsOf(node, scope))].sort()
}

// Without a host, what the play itself and the command line say is all there is.
function scopeOf(play: Play, extraVars: Layer): Scope {
  const written = play.keywords['vars']
  const vars = written !== undefined && isDict(written) ? written : {}
  return new Scope([extraVars, dictLayer('play vars', vars)], {
    playbookDir: play.directory,
    searchPath: () => [play.directory],
  })
}
