import { evaluate } from '../expressions/evaluate.ts'
import type { HostRun } from './host-run.ts'
import type { Position } from './position.ts'
import type { PlayRun } from './run.ts'
import type { Task } from '../source/model.ts'
import { truth } from './truth.ts'
import { scopeOf } from './variables.ts'
import { runStep } from './walk.ts'

/** Gathers a host's facts at the beginning of a play, unless `gather_facts` says no. */
export async function gatherFacts(playRun: PlayRun, host: HostRun, position: Position): Promise<void> {
  if (!isWanted(playRun, host)) return
  await runStep(playRun, host, setupTask(playRun), position, [])
}

// `smart` gathers once in a run, `explicit` only where the play asks for it.
function isWanted(playRun: PlayRun, host: HostRun): boolean {
  const { play, run } = playRun
  const written = play.keywords['gather_facts']
  const said =
    written === undefined || written === null
      ? undefined
      : truth(evaluate(written, scopeOf(playRun, host, play)))
  switch (run.options.gathering) {
    case 'explicit':
      return said === true
    case 'smart':
      return said !== false && host.facts?.['module_setup'] === undefined
    default:
      return said !== false
  }
}

const setupTasks = new WeakMap<object, Task>()

function setupTask({ play }: PlayRun): Task {
  const known = setupTasks.get(play)
  if (known) return known
  const written = ['gather_subset', 'gather_timeout', 'fact_path'].flatMap((name) =>
    Object.hasOwn(play.keywords, name) ? [[name, play.keywords[name]!] as const] : [],
  )
  const task: Task = {
    kind: 'task',
    name: 'Gathering Facts',
    location: play.location,
    file: play.file,
    action: 'setup',
    writtenAction: 'ansible.builtin.setup',
    args: Object.fromEntries(written),
    keywords: { tags: ['always'] },
    handler: false,
    parent: play,
    locate: (keyword) => play.locate(keyword),
    locateArgument: (name) => play.locate(name),
  }
  setupTasks.set(play, task)
  return task
}
