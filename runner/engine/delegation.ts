import { SourceError } from '../source/diagnostic.ts'
import { inherited, type Task } from '../source/model.ts'
import { NotYet } from '../variables/not-yet.ts'
import { Template } from '../variables/template.ts'
import { textOf } from '../variables/text.ts'
import { machineOf } from './connect.ts'
import type { HostRun } from './host-run.ts'
import type { PlayRun } from './run.ts'
import { scopeOf } from './variables.ts'

/**
 * Whether a task may change another host of the batch than the one that runs it. Who has come past such a task waits
 * for the others, so that it does not look at its machine before they have done with it.
 */
export function reachesOthers(playRun: PlayRun, host: HostRun, task: Task): boolean {
  const { batch, free, run } = playRun
  const written = inherited(task, 'delegate_to')?.value
  if (written === undefined || written === null || free || batch.length < 2) return false
  if (written instanceof Template) return true
  const name = textOf(written)
  if (batch.includes(name)) return true
  const there = run.host(name)
  return batch.some((each) => each !== host.name && mayBeOne(playRun, run.host(each), there))
}

/** What was read of the same machine under other names is as good as not read: something was done there. */
export function outdateOthers(playRun: PlayRun, on: HostRun): void {
  for (const other of playRun.run.hosts.values())
    if (other !== on && mayBeOne(playRun, other, on)) other.forgetAll()
}

/** The hosts of the run that are the same machine for certain. */
export function twinsOf(playRun: PlayRun, on: HostRun): HostRun[] {
  const here = machine(playRun, on)
  if (here === undefined) return []
  return [...playRun.run.hosts.values()].filter((other) => other !== on && machine(playRun, other) === here)
}

// Of one whose address cannot be told yet, anything may be true.
function mayBeOne(playRun: PlayRun, one: HostRun, other: HostRun): boolean {
  const [here, there] = [machine(playRun, one), machine(playRun, other)]
  return here === undefined || there === undefined || here === there
}

const machines = new WeakMap<PlayRun, Map<HostRun, string>>()

function machine(playRun: PlayRun, host: HostRun): string | undefined {
  const known = machines.get(playRun) ?? new Map<HostRun, string>()
  machines.set(playRun, known)
  const found = known.get(host) ?? find(playRun, host)
  if (found !== undefined) known.set(host, found)
  return found
}

function find(playRun: PlayRun, host: HostRun): string | undefined {
  const { play, run } = playRun
  try {
    return machineOf(scopeOf(playRun, host, play), play, run.options.defaults)
  } catch (error) {
    // Whoever connects there says what is wrong.
    if (error instanceof SourceError) return host.name
    if (error instanceof NotYet) return undefined
    throw error
  }
}
