import { type Ledger, type LedgerStep, NotPlanned } from '../engine/ledger.ts'
import type { AnyEffect } from '../host/state.ts'
import type { Change, ModuleResult, Opaque, Outcome } from '../modules/outcome.ts'
import { findKind } from '../resources/table.ts'
import { authoredScript, type Script } from '../transport/shell.ts'
import { decode } from './codec.ts'
import { essence } from './essence.ts'
import { fingerprint, sentBy, SOME_SCRATCH } from './fingerprint.ts'
import type { Plan, PlannedStep } from './plan.ts'
import { stepKey } from './recorder.ts'

/** Holds a real run to a plan: what is not in it is not done, and what is in it is done as it stands there. */
export class Follower implements Ledger {
  readonly #plan: Plan
  readonly #steps = new Map<string, Map<string, PlannedStep>>()
  readonly #reached = new Set<PlannedStep>()

  constructor(plan: Plan) {
    this.#plan = plan
    for (const [host, { steps }] of Object.entries(plan.hosts))
      this.#steps.set(host, new Map(steps.map((step) => [stepKey(step.id, step.item), step])))
  }

  async enter(step: LedgerStep, outcome: Outcome): Promise<Outcome> {
    const planned = this.#planned(step)
    if (planned) this.#reached.add(planned)
    if (planned?.type === 'own' || planned?.type === 'open') return outcome
    const sent = await sentBy(outcome)
    if (!sent) return outcome
    if (!planned) throw new NotPlanned(`the plan has no step for this task on ${step.host.name}`)
    if (planned.digest === fingerprint(step, sent)) return outcome
    const outdated = this.#outdated(planned, step)
    if (outdated.length > 0) throw new NotPlanned(departed(planned, outdated))
    // The host is as it was, so only the clock, chance or something on this side makes the difference: what was
    // planned is what counts.
    if (planned.type === 'nothing')
      return { type: 'unchanged', result: ('result' in outcome && outcome.result) || {} }
    return asPlanned(planned, outcome)
  }

  /** Steps of hosts that were to be taken and were not come to. */
  missed(host: string): PlannedStep[] {
    return [...(this.#steps.get(host)?.values() ?? [])].filter(
      (step) => (step.type === 'change' || step.type === 'opaque') && !this.#reached.has(step),
    )
  }

  #planned({ host, task, item }: LedgerStep): PlannedStep | undefined {
    const steps = this.#steps.get(host.name)
    const own = steps?.get(stepKey(task.id, item)) ?? steps?.get(task.id)
    if (own) return own
    // What an open include brings, or what runs for a loop that was open, is as open as itself.
    for (let id = task.id; id.includes('.');) {
      id = id.slice(0, id.lastIndexOf('.'))
      const around = steps?.get(id)
      if (around?.type === 'open') return around
    }
    return undefined
  }

  /** What the step went by that is not so any more. */
  #outdated({ reads, builds }: PlannedStep, { on }: LedgerStep): string[] {
    const known = this.#plan.hosts[on.name]?.preconditions ?? []
    const changed = known.flatMap((precondition) => {
      const kind = findKind(precondition.kind)
      const key: unknown = decode(precondition.key)
      const id = kind && `${kind.name} ${kind.id(key)}`
      if (!kind || id === undefined || !reads.includes(id)) return []
      const digests = essence(kind.name, on.state.peek(kind, key) ?? null, precondition.exact)
      const same = Object.entries(precondition.digests).every(([part, digest]) => digests[part] === digest)
      return same ? [] : [id]
    })
    return changed.length === 0 && builds ? ['what earlier steps have made of the host'] : changed
  }
}

function departed({ type }: PlannedStep, outdated: readonly string[]): string {
  const wanted =
    type === 'nothing'
      ? 'the plan has nothing to do here, and by now there is'
      : 'what there is to do here is not what was planned'
  return `${wanted}: the plan went by ${outdated.join(', ')}. Nothing was done; plan again`
}

function asPlanned(planned: PlannedStep, outcome: Outcome): Change | Opaque {
  const script = authoredScript(planned.script ?? '')
  const payload = payloadOf(planned)
  if (outcome.type === 'opaque' && planned.type === 'opaque') return opaqueAsPlanned(outcome, script, payload)
  if (outcome.type !== 'change' || planned.type !== 'change')
    throw new NotPlanned('what there is to do here is not what was planned. Nothing was done; plan again')
  if (script.text.includes(SOME_SCRATCH))
    throw new NotPlanned('what is fetched here is not what was planned. Nothing was done; plan again')
  return {
    ...outcome,
    script,
    payload,
    after: effectsOf(planned),
    result: decode(planned.result) as ModuleResult,
  }
}

function opaqueAsPlanned(outcome: Opaque, script: Script, payload: Uint8Array | undefined): Opaque {
  return {
    ...outcome,
    perform: (world) => {
      let first = true
      return outcome.perform({
        ...world,
        run: (frame) => {
          const planned = first ? { ...frame, script, payload } : frame
          first = false
          return world.run(planned)
        },
      })
    },
  }
}

function payloadOf({ payload, name }: PlannedStep): Uint8Array | undefined {
  if (!payload) return undefined
  if (payload.bytes !== undefined) return Buffer.from(payload.bytes, 'base64')
  throw new NotPlanned(
    `the plan holds only the digest of the ${payload.size} bytes that ${name} sends, and the author’s files give others by now. Nothing was done; plan again`,
  )
}

function effectsOf({ after }: PlannedStep): AnyEffect[] {
  const effects = (after ?? []) as { kind: string; key: unknown; value: unknown }[]
  return effects.flatMap(({ kind: name, key, value }) => {
    const kind = findKind(name)
    return kind ? [{ resource: { kind, key: decode(key) }, value: decode(value) }] : []
  })
}
