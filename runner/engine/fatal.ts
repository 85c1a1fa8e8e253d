import { inherited, type Step } from '../source/model.ts'
import { FailedWithOthers } from './failures.ts'
import type { HostRun } from './host-run.ts'
import { comparePositions, type Position } from './position.ts'
import type { PlayRun } from './run.ts'

/**
 * A failure that is everybody's (`any_errors_fatal`): each host of the batch fails where it is when it comes past the
 * position, and goes on in the `rescue` around that place if there is one.
 *
 * @source https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_error_handling.html#aborting-on-the-first-error-any-errors-fatal
 */
export interface FatalFailure {
  readonly position: Position
  /** Hosts that have failed of it. */
  readonly felt: Set<string>
}

/** A host has failed at a position, and all others are to fail with it. */
export function failEverybody({ fatal }: PlayRun, host: HostRun, position: Position): void {
  const same = fatal.find((each) => comparePositions(each.position, position) === 0)
  if (same) same.felt.add(host.name)
  else fatal.push({ position, felt: new Set([host.name]) })
}

/** @throws {FailedWithOthers} when another host's failure is this one's too */
export function failWithOthers({ fatal }: PlayRun, host: HostRun, position: Position): void {
  for (const each of fatal) {
    if (each.felt.has(host.name) || comparePositions(each.position, position) >= 0) continue
    each.felt.add(host.name)
    throw new FailedWithOthers()
  }
}

/** Whether a failure in one of these steps may be everybody's: then hosts keep step, so that nobody is ahead of it. */
export function mayBeFatal(steps: readonly Step[]): boolean {
  return steps.some(
    (step) =>
      inherited(step, 'any_errors_fatal') !== undefined ||
      (step.kind === 'block' && mayBeFatal([...step.block, ...step.rescue, ...step.always])),
  )
}
