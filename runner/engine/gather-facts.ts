import { evaluate } from '../expressions/evaluate.ts'
import { textOf } from '../variables/text.ts'
import { asList } from '../variables/value.ts'
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
  const [first, ...others] = modulesOf(playRun, host).map((name) => factsTask(playRun, name))
  if (first) await runStep(playRun, host, first, position, [])
  for (const [index, task] of others.entries())
    await runStep(playRun, host, task, [...position, index + 1], [])
}

/**
 * The modules that gather facts: `setup`, unless a variable or a setting names others.
 *
 * @source https://docs.ansible.com/ansible/latest/collections/ansible/builtin/gather_facts_module.html
 */
function modulesOf(playRun: PlayRun, host: HostRun): string[] {
  const scope = scopeOf(playRun, host, playRun.play)
  const written = scope.get('ansible_facts_modules')
  const value = written === undefined ? playRun.run.options.factsModules : evaluate(written, scope)
  const names = (typeof value === 'string' ? value.split(',') : asList(value)).map((name) =>
    textOf(name).trim(),
  )
  return [
    ...new Set(
      names.map((name) => (/^(smart|ansible\.(builtin|legacy)\.setup)$/.test(name) ? 'setup' : name)),
    ),
  ]
}

function factsTask(playRun: PlayRun, name: string): Task {
  const setup = setupTask(playRun)
  return name === 'setup' ? setup : playRun.run.loader.action({ ...setup, args: {} }, name)
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
