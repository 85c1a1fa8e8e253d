import { joinScripts, sh } from '../../transport/shell.ts'
import type { Planning } from '../module.ts'
import { type Change, change, type ModuleResult, type Outcome, unchanged } from '../outcome.ts'

/**
 * Plans several steps as one task: each sees the state as the steps before it leave it, and what changes is sent as one
 * script. The first step that fails or cannot be told decides.
 *
 * @param result what the task returns, from the results of its steps
 */
export function sequence(
  planning: Planning,
  steps: Iterable<(planning: Planning) => Outcome>,
  result: (results: ModuleResult[]) => ModuleResult = (results) =>
    Object.assign({}, ...results) as ModuleResult,
): Outcome {
  const state = planning.state.fork({ outdates: false })
  const changes: Change[] = []
  const results: ModuleResult[] = []
  for (const step of steps) {
    const outcome = step(planning.against(state))
    if (outcome.type !== 'unchanged' && outcome.type !== 'change') return outcome
    results.push(outcome.result)
    if (outcome.type === 'change') {
      changes.push(outcome)
      state.apply(outcome.after)
    }
  }
  return changes.length === 0 ? unchanged(result(results)) : change(together(changes, result(results)))
}

// Each step reads its own part of the payload.
function together(changes: readonly Change[], result: ModuleResult): Omit<Change, 'type'> {
  const foresights = changes.flatMap(({ foresee }) => (foresee ? [foresee] : []))
  const finishes = changes.flatMap(({ finish }) => (finish ? [finish] : []))
  const payloads = changes.flatMap(({ payload }) => (payload ? [payload] : []))
  return {
    diff: changes.flatMap(({ diff }) => diff),
    script:
      changes.length === 1
        ? changes[0]!.script
        : joinScripts(
            changes.map(
              ({ script }) => sh`( ${script}
) || exit`,
            ),
          ),
    packable: changes.length === 1 && changes[0]!.packable === true,
    payload: payloads.length > 0 ? Buffer.concat(payloads) : undefined,
    after: changes.flatMap(({ after }) => after),
    foresee: foresights.length === 0 ? undefined : (state) => foresights.flatMap((foresee) => foresee(state)),
    sideEffects: changes.some(({ sideEffects }) => sideEffects),
    trials: changes.flatMap(({ trials = [] }) => trials),
    result,
    ...(finishes.length === 0
      ? {}
      : {
          finish: (answer) => Object.assign({}, ...finishes.map((finish) => finish(answer))) as ModuleResult,
        }),
  }
}
