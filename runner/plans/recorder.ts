import type { Event } from '../engine/events.ts'
import type { HostRun } from '../engine/host-run.ts'
import type { Ledger, LedgerStep } from '../engine/ledger.ts'
import type { Outcome } from '../modules/outcome.ts'
import { path } from '../resources/path.ts'
import { type AnyResource, resourceId } from '../resources/resource.ts'
import { formatLocation } from '../source/location.ts'
import { encode } from './codec.ts'
import { digestOf } from './digest.ts'
import { essence, isFixed, passing } from './essence.ts'
import { fingerprint, plannedBecome, sentBy, type Sent } from './fingerprint.ts'
import type { HostPlan, Payload, PlannedStep, Precondition } from './plan.ts'

/** Bytes of a payload that are written into a plan, at most. */
const MOST_BYTES = 256 * 1024

interface Record {
  readonly steps: Map<string, PlannedStep>
}

/** Writes down, during a dry run, what a plan holds of every host. */
export class Recorder implements Ledger {
  readonly #hosts = new Map<string, Record>()
  readonly #preconditions = new Map<HostRun, Map<string, Precondition>>()

  async enter(step: LedgerStep, outcome: Outcome): Promise<Outcome> {
    const reads = this.#require(step)
    const sent = await sentBy(outcome)
    this.#write(step.host.name, stepOf(step, outcome, sent, reads))
    return outcome
  }

  /** A task whose end nobody could tell, for reasons that no step shows: its loop, its condition. */
  event(event: Event): void {
    if (event.type !== 'result' || event.status !== 'unknown' || event.item !== undefined) return
    const { steps } = this.#record(event.host)
    const known = [...steps.values()].some(({ id }) => id === event.task.id)
    if (known) return
    const { id, name, location } = event.task
    this.#write(event.host, { id, name, place: formatLocation(location), type: 'open', reads: [] })
  }

  /** What was planned for each host, by name. */
  async plans(): Promise<{ [host: string]: HostPlan }> {
    const hosts = new Map([...this.#preconditions.keys()].map((host) => [host.name, host]))
    const names = [...new Set([...hosts.keys(), ...this.#hosts.keys()])].sort()
    const plans = names.map(async (name): Promise<[string, HostPlan]> => {
      const host = hosts.get(name)
      const preconditions = host ? this.#preconditions.get(host)! : new Map<string, Precondition>()
      return [
        name,
        {
          hostKey: host?.reached ? (await host.connection()).hostKey : undefined,
          preconditions: [...preconditions]
            .toSorted(([a], [b]) => (a < b ? -1 : 1))
            .map(([, each]) => (each.kind === 'facts' ? usedFacts(each, host!) : each)),
          steps: [...this.#record(name).steps.values()],
        },
      ]
    })
    return Object.fromEntries(await Promise.all(plans))
  }

  #record(host: string): Record {
    const known = this.#hosts.get(host)
    if (known) return known
    const record = { steps: new Map<string, PlannedStep>() }
    this.#hosts.set(host, record)
    return record
  }

  #write(host: string, step: PlannedStep): void {
    const { steps } = this.#record(host)
    const key = stepKey(step.id, step.item)
    if (!steps.has(key)) steps.set(key, step)
  }

  /** Notes what the step has read of the host it acts on. */
  #require({ on, become, task, reads }: LedgerStep): string[] {
    let known = this.#preconditions.get(on)
    if (!known) {
      this.#preconditions.set(on, (known = new Map()))
      // Of all that is found out about a host only what is asked for counts.
      on.factsUsed ??= new Set()
    }
    const paths = [...reads.observed.values()].flatMap(({ kind, key }) =>
      kind === path ? [String(key)] : [],
    )
    for (const [id, resource] of reads.observed) {
      if (isFixed(resource.kind.name)) continue
      // Size and times count of what was looked at, not of the directories on the way to it.
      const exact = task.action === 'stat' && !paths.some((each) => each.startsWith(`${resource.key}/`))
      if (known.has(id) && (known.get(id)!.exact || !exact)) continue
      known.set(id, {
        ...preconditionOf(resource, on.state.observed(resource.kind, resource.key) ?? null, exact),
        become: plannedBecome(become),
      })
    }
    return [...reads.observed.keys()].sort()
  }
}

/** Which execution of a task it is. */
export function stepKey(id: string, item: number | undefined): string {
  return item === undefined ? id : `${id}[${item}]`
}

function usedFacts(precondition: Precondition, { factsUsed }: HostRun): Precondition {
  if (!factsUsed || factsUsed.has('*')) return precondition
  const digests = Object.entries(precondition.digests).filter(([name]) => factsUsed.has(name))
  return { ...precondition, digests: Object.fromEntries(digests) }
}

function preconditionOf({ kind, key }: AnyResource, value: unknown, exact: boolean): Precondition {
  return {
    kind: kind.name,
    key: encode(key),
    digests: essence(kind.name, value, exact),
    was: value === null || passing(kind.name) ? undefined : kind.describe?.(value),
    exact: exact || undefined,
  }
}

function stepOf(
  step: LedgerStep,
  outcome: Outcome,
  sent: Sent | undefined,
  reads: readonly string[],
): PlannedStep {
  const { host, on, task, item, become, environment, timeout, maybe, predict } = step
  const base = {
    id: task.id,
    item,
    name: task.name,
    place: formatLocation(task.location),
    reads,
    builds: step.reads.predicted || undefined,
  }
  if (!predict) return { ...base, type: 'own' }
  if (maybe || outcome.type === 'undecided' || isOpen(outcome)) return { ...base, type: 'open' }
  if (!sent) return { ...base, type: 'nothing' }
  return {
    ...base,
    type: outcome.type === 'opaque' ? 'opaque' : 'change',
    on: on === host ? undefined : on.name,
    become: plannedBecome(become),
    environment: Object.keys(environment).length > 0 ? environment : undefined,
    timeout,
    script: sent.script,
    payload: sent.payload && payloadOf(sent.payload),
    after: 'after' in outcome && outcome.after ? effectsOf(outcome.after) : undefined,
    result: outcome.type === 'change' ? encode(outcome.result) : undefined,
    digest: fingerprint(step, sent),
  }
}

// That a file will be there is certain, what will be in it is not.
function isOpen(outcome: Outcome): boolean {
  return outcome.type === 'change' && outcome.diff.some(({ unknown }) => unknown !== undefined)
}

function payloadOf(bytes: Uint8Array): Payload {
  return {
    sha256: digestOf(bytes),
    size: bytes.length,
    bytes: bytes.length <= MOST_BYTES ? Buffer.from(bytes).toString('base64') : undefined,
  }
}

function effectsOf(effects: readonly { resource: AnyResource; value: unknown }[]): unknown {
  return effects.map(({ resource, value }) => ({
    resource: resourceId(resource),
    kind: resource.kind.name,
    key: encode(resource.key),
    value: large(value) ? { $digest: digestOf(value) } : encode(value),
  }))
}

function large(value: unknown): boolean {
  return value instanceof Uint8Array && value.length > MOST_BYTES
}
