import type { LedgerStep } from '../engine/ledger.ts'
import type { Outcome, World } from '../modules/outcome.ts'
import type { Become, Frame } from '../transport/session.ts'
import { SCRATCH } from '../packages/scratch.ts'
import { digestOf } from './digest.ts'
import type { PlannedBecome } from './plan.ts'

/** What would be sent to a host. */
export interface Sent {
  readonly script: string
  readonly payload?: Uint8Array
}

/** What an outcome sends: a change's script, or the first one of a command. Undefined when it sends nothing. */
export async function sentBy(outcome: Outcome): Promise<Sent | undefined> {
  if (outcome.type === 'change') return sent(outcome)
  if (outcome.type !== 'opaque') return undefined
  let first: Frame | undefined
  const enough = new Error('seen enough')
  const stop = (): Promise<never> => Promise.reject(enough)
  const world: World = {
    run: (frame) => {
      first ??= frame
      return stop()
    },
    open: stop,
    reconnect: stop,
    signal: AbortSignal.abort(),
  }
  await outcome.perform(world).catch(() => undefined)
  // A request, for one, goes through a stream: what it does is in its words alone.
  return first ? sent(first) : { script: outcome.what }
}

/** What stands in a plan for the directory that a session has for what it fetches. */
export const SOME_SCRATCH = '/(scratch)'

function sent({ script, payload }: Pick<Frame, 'script' | 'payload'>): Sent {
  return { script: script.text.replaceAll(SCRATCH, SOME_SCRATCH), payload }
}

/** One digest for what is sent, to whom, as which user and in what surroundings. */
export function fingerprint(
  { on, become, environment, timeout }: LedgerStep,
  { script, payload }: Sent,
): string {
  return digestOf({
    on: on.name,
    become: plannedBecome(become) ?? null,
    environment,
    timeout: timeout ?? null,
    script,
    payload: payload ? digestOf(payload) : null,
  })
}

export function plannedBecome(become: Become | undefined): PlannedBecome | undefined {
  if (!become) return undefined
  const { password: _, ...rest } = become
  return rest
}
