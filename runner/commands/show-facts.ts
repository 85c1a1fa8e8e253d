import { becomeOf } from '../engine/become.ts'
import { TaskPlanning } from '../engine/planning.ts'
import { emptyPlay, stillPlay } from '../engine/still-play.ts'
import { scopeOf } from '../engine/variables.ts'
import { Miss } from '../host/misses.ts'
import setup from '../modules/setup.ts'
import type { Outcome } from '../modules/outcome.ts'
import { fnmatch } from '../host/fnmatch.ts'
import { escapeJson } from '../reports/escape.ts'
import { suggestion } from '../source/nearest.ts'
import { BecomeFailed, Unreachable } from '../transport/session.ts'
import { type Dict, isDict, own, type Value } from '../variables/value.ts'
import { EXIT, UserError } from './fatal.ts'
import { type PreparedRun, prepareRun } from './prepare-run.ts'
import { NO_FLAGS, type RunFlags } from './run-flags.ts'

/** The options of `play facts`, as commander gives them. */
export type FactsFlags = Partial<RunFlags>

/** `play facts`: connects to a host and prints its facts. Throws `UserError` when it cannot be reached. */
export async function showFacts(host: string, names: readonly string[], flags: FactsFlags): Promise<void> {
  const prepared = await prepareRun(host, [], { ...NO_FLAGS, ...flags }, true)
  try {
    const facts = await gather(host, prepared)
    process.stdout.write(`${escapeJson(JSON.stringify(chosen(facts, names), null, 2))}\n`)
  } catch (error) {
    if (error instanceof Unreachable || error instanceof BecomeFailed)
      throw new UserError(
        `${host}: ${[error.message, hintOf(error)].filter(Boolean).join('; ')}`,
        EXIT.unreadable,
      )
    throw error
  } finally {
    await prepared.run.host(host).disconnect()
  }
}

async function gather(name: string, { run }: PreparedRun): Promise<Dict> {
  const play = emptyPlay(process.cwd())
  run.enter(play)
  const host = run.host(name)
  const scope = scopeOf(await stillPlay(run, play, [name]), host, play)
  host.place = { scope, node: play }
  const become = becomeOf(play, scope, run.options)
  const planning = new TaskPlanning({
    state: host.state,
    files: host.files,
    user: become?.user ?? '',
    scope,
    location: play.location,
    environment: {},
    announce: (secret) => run.redactor.add(secret),
  })
  for (;;) {
    try {
      return factsOf(
        setup.plan(
          {
            gather_subset: ['all'],
            filter: [],
            fact_path: '/etc/ansible/facts.d',
            gather_timeout: 10,
            parallel: [],
          },
          planning,
        ),
      )
    } catch (error) {
      if (!(error instanceof Miss)) throw error
      await host.read(error.resources, become)
    }
  }
}

function factsOf(outcome: Outcome): Dict {
  if (outcome.type === 'unchanged' && outcome.facts) {
    const { gather_subset: _, module_setup: __, ...facts } = outcome.facts
    return facts
  }
  throw new Error('the facts could not be gathered')
}

/** The facts named, under their names; all of them when none is. One name alone gives its value. */
function chosen(facts: Dict, names: readonly string[]): Value {
  if (names.length === 0) return sorted(facts)
  if (names.length === 1 && !/[*?[]/.test(names[0]!)) return factAt(facts, names[0]!)
  return Object.fromEntries(
    names.flatMap((name) =>
      /[*?[]/.test(name)
        ? Object.entries(sorted(facts)).filter(([each]) => fnmatch(each, plainName(name)))
        : [[name, factAt(facts, name)] as const],
    ),
  )
}

function factAt(facts: Dict, name: string): Value {
  let value: Value = facts
  for (const part of plainName(name).split('.')) {
    const inside: Value | undefined = isDict(value) ? own(value, part) : undefined
    if (inside === undefined)
      throw new UserError(
        `there is no fact '${name}'; ${suggestion(part, isDict(value) ? Object.keys(value) : []) ?? '`play facts HOST` shows all'}`,
      )
    value = inside
  }
  return value
}

function plainName(name: string): string {
  return name.replace(/^ansible_(?:facts\.)?/, '')
}

function sorted(facts: Dict): Dict {
  return Object.fromEntries(Object.entries(facts).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function hintOf(error: Error): string | undefined {
  return error instanceof Unreachable ? error.hint : undefined
}
