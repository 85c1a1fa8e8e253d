import { evaluate } from '../expressions/evaluate.ts'
import { LazyDict } from '../variables/lazy.ts'
import { NotYet } from '../variables/not-yet.ts'
import type { HostRun } from './host-run.ts'
import { comparePositions } from './position.ts'
import type { PlayRun } from './run.ts'
import { scopeOf } from './variables.ts'

/** Thrown where a host looks at another that has not come as far; the engine waits for all of them and tries again. */
export class OthersBehind extends NotYet {
  override readonly name = 'OthersBehind'
}

/** `hostvars`: every host's variables, evaluated where they are used, in the scope of the host they belong to. */
export function hostVariables(playRun: PlayRun, asking: HostRun): LazyDict {
  const { run } = playRun
  return new LazyDict(
    (name) => {
      if (!run.inventory.host(name)) return undefined
      const host = run.host(name)
      if (host !== asking) waitForOthers(playRun, host, asking)
      const scope = scopeOf(playRun, host, playRun.play)
      return new LazyDict(
        (variable) => {
          const value = scope.get(variable)
          return value === undefined ? undefined : evaluate(value, scope)
        },
        () => scope.names().filter((variable) => variable !== 'hostvars' && variable !== 'vars'),
      )
    },
    () => [...run.inventory.hosts.keys()],
  )
}

/**
 * Makes a host wait where what it is about to see depends on how far the other hosts of its batch have come.
 *
 * @throws {OthersBehind}
 */
export function waitForOthers(
  { batch, free, progress }: PlayRun,
  looked: HostRun | undefined,
  asking: HostRun,
): void {
  if (free || (looked && (looked.lost !== undefined || !batch.includes(looked.name)))) return
  if (progress.least !== undefined && comparePositions(progress.least, asking.position) < 0)
    throw new OthersBehind()
}
