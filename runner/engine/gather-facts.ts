import type { HostRun } from './host-run.ts'
import type { Position } from './position.ts'
import type { PlayRun } from './run.ts'
import type { Task } from '../source/model.ts'
import { truth } from './truth.ts'
import { runStep } from './walk.ts'

/** Gathers a host's facts at the beginning of a play, unless `gather_facts` says no. */
export async function gatherFacts(playRun: PlayRun, host: HostRun, position: Position): Promise<void> {
  const { play } = playRun
  const wanted = play.keywords['gather_facts']
  if (wanted !== undefined && !truth(wanted)) return
  if (host.facts && wanted === undefined) return
  await runStep(playRun, host, setupTask(playRun), position, [])
}

const setupTasks = new WeakMap<object, Task>()

function setupTask({ play }: PlayRun): Task {
  const known = setupTasks.get(play)
  if (known) return known
  const subset = play.keywords['gather_subset']
  const task: Task = {
    kind: 'task',
    name: 'Gathering Facts',
    location: play.location,
    file: play.file,
    action: 'setup',
    writtenAction: 'ansible.builtin.setup',
    args: subset === undefined ? {} : { gather_subset: subset },
    keywords: { tags: ['always'] },
    handler: false,
    parent: play,
    locate: (keyword) => play.locate(keyword),
    locateArgument: () => play.locate('gather_facts'),
  }
  setupTasks.set(play, task)
  return task
}
