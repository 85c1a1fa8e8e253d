import { stillPlay, emptyPlay } from '../engine/still-play.ts'
import { scopeOf } from '../engine/variables.ts'
import { evaluate } from '../expressions/evaluate.ts'
import { escapeJson, escapeLine } from '../reports/escape.ts'
import { sourceError } from '../source/diagnostic.ts'
import { formatLocation } from '../source/location.ts'
import type { Play } from '../source/model.ts'
import { suggestion } from '../source/nearest.ts'
import type { Origin, Scope } from '../variables/scope.ts'
import { Template } from '../variables/template.ts'
import type { Value } from '../variables/value.ts'
import type { VaultOptions } from '../vault/options.ts'
import { type PreparedRun, prepareRun } from './prepare-run.ts'
import { NO_FLAGS } from './run-flags.ts'

/** The options of `play vars`, as commander gives them. */
export interface VarsFlags extends Omit<VaultOptions, 'vaultId' | 'vaultPasswordFile'> {
  readonly playbook?: string[]
  readonly inventory?: string[]
  readonly extraVars?: string[]
  readonly vaultId?: string[]
  readonly vaultPasswordFile?: string[]
  readonly json: boolean
}

interface Explained {
  readonly name: string
  readonly value: Value | undefined
  /** Why it cannot be told before a run. */
  readonly problem?: string
  /** The one that counts, then those it overrides. */
  readonly origins: readonly Origin[]
}

/** `play vars`: prints a host's variables, where each was written, and what it overrides. */
export async function showVars(host: string, name: string | undefined, flags: VarsFlags): Promise<void> {
  const prepared = await prepareRun(host, flags.playbook ?? [], { ...NO_FLAGS, ...flags }, false)
  const plays = prepared.plays.length > 0 ? playsOf(host, prepared) : [emptyPlay(process.cwd())]
  if (plays.length === 0) throw sourceError(`no play of ${flags.playbook!.join(', ')} comes to ${host}`)
  for (const [index, play] of plays.entries()) {
    if (plays.length > 1 && !flags.json) {
      const title = play.name === undefined ? formatLocation(play.location) : shownSource(play.name)
      print(`${index > 0 ? '\n' : ''}PLAY [${escapeLine(title)}]\n`)
    }
    const scope = await scopeIn(play, host, prepared)
    for (const variable of name === undefined ? namesIn(scope) : [known(name, scope)]) {
      const explained = explain(variable, scope)
      print(flags.json ? jsonLine(host, play, explained) : shown(explained))
    }
  }
}

function playsOf(host: string, { inventory, plays }: PreparedRun): Play[] {
  return plays.filter((play) => {
    const pattern = play.keywords['hosts']
    if (typeof pattern !== 'string' && !Array.isArray(pattern)) return true
    const written = Array.isArray(pattern) ? pattern.map(String) : pattern
    return inventory.select(written).hosts.some((each) => each.name === host)
  })
}

async function scopeIn(play: Play, name: string, { run }: PreparedRun): Promise<Scope> {
  run.enter(play)
  const host = run.host(name)
  return scopeOf(await stillPlay(run, play, [name]), host, play)
}

/** All but what describes the run itself. */
function namesIn({ layers }: Scope): string[] {
  return [...new Set(layers.slice(1).flatMap((layer) => [...layer.names()]))].sort()
}

function known(name: string, scope: Scope): string {
  if (scope.get(name) !== undefined) return name
  const hint = suggestion(name, scope.names()) ?? 'a variable of a play or role needs `-p PLAYBOOK`'
  throw sourceError(`no variable '${name}'`, undefined, hint)
}

function explain(name: string, scope: Scope): Explained {
  const origins = scope.origins(name)
  try {
    return { name, origins, value: evaluate(origins[0]!.value, scope) }
  } catch (error) {
    return {
      name,
      origins,
      value: undefined,
      problem: error instanceof Error ? error.message : String(error),
    }
  }
}

function shown({ name, value, problem, origins }: Explained): string {
  const [first, ...overridden] = origins
  const lines = [
    `${escapeLine(name)}: ${value === undefined ? shownValue(first!.value) : shownValue(value)}`,
    `    ${place(first!)}`,
    ...(problem === undefined ? [] : [`    cannot be told here: ${escapeLine(problem)}`]),
    ...(problem === undefined && first!.value instanceof Template
      ? [`    written as ${shownValue(first!.value)}`]
      : []),
    ...overridden.map((origin) => `    overrides ${shownValue(origin.value)} of ${place(origin)}`),
  ]
  return `${lines.join('\n')}\n`
}

function place({ layer, location }: Origin): string {
  return escapeLine(location ? `${formatLocation(location)} (${layer})` : layer)
}

/** As JSON, in which secrets are masks and templates their source. */
function shownValue(value: Value): string {
  return escapeJson(JSON.stringify(plain(value)) ?? 'null')
}

function jsonLine(host: string, play: Play, { name, value, problem, origins }: Explained): string {
  const [from, ...overrides] = origins.map((origin) => ({
    layer: origin.layer,
    location: origin.location,
    value: plain(origin.value),
  }))
  const line = {
    v: 1,
    type: 'variable',
    host,
    play: play.name === undefined ? undefined : shownSource(play.name),
    name,
    value: value === undefined ? undefined : plain(value),
    problem,
    from,
    overrides,
  }
  return `${escapeJson(JSON.stringify(line))}\n`
}

// What is lazy is only listed when somebody asks for it by name, and may hold what cannot be told.
function plain(value: Value): unknown {
  try {
    return JSON.parse(
      JSON.stringify(value, (_, each: unknown) => (typeof each === 'symbol' ? String(each) : each)),
    )
  } catch (error) {
    return `(${error instanceof Error ? error.message : String(error)})`
  }
}

function shownSource(name: string | Template): string {
  return typeof name === 'string' ? name : name.source
}

function print(text: string): void {
  process.stdout.write(text)
}
