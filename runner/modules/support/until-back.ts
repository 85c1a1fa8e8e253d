import { setTimeout as sleep } from 'node:timers/promises'
import { authoredScript } from '../../transport/shell.ts'
import type { ModuleResult, World } from '../outcome.ts'

export interface RebootWaits {
  /** Seconds, all of them. */
  readonly reboot_timeout: number
  readonly pre_reboot_delay: number
  readonly post_reboot_delay: number
  readonly test_command: string
  readonly boot_time_command: string
}

/** Milliseconds since some moment, and a way to let some pass. */
export interface Clock {
  now(): number
  sleep(milliseconds: number, signal: AbortSignal): Promise<unknown>
}

const REAL: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
}

/**
 * Waits until a host has booted anew and is ready, connecting again and again.
 *
 * @param before what `boot_time_command` printed before
 */
export async function waitUntilBack(
  world: World,
  before: string,
  given: RebootWaits,
  clock: Clock = REAL,
): Promise<ModuleResult> {
  const began = clock.now()
  const elapsed = () => Math.round((clock.now() - began) / 1000)
  const pause = (seconds: number) => clock.sleep(seconds * 1000, world.signal)
  await pause(given.pre_reboot_delay + 1)
  let trouble = 'it did not go down'
  for (
    let wait = 1;
    elapsed() < given.pre_reboot_delay + given.reboot_timeout;
    wait = Math.min(wait * 1.5, 10)
  ) {
    await pause(wait)
    try {
      await world.reconnect()
      const boot = await world.run({ script: authoredScript(given.boot_time_command) })
      if (boot.stdout.toString('utf8') === before) continue
      const test = await world.run({ script: authoredScript(given.test_command) })
      trouble = `'${given.test_command}' ended with status ${test.status}`
      if (test.status !== 0) continue
      await pause(given.post_reboot_delay)
      return { rebooted: true, elapsed: elapsed() }
    } catch (error) {
      if (world.signal.aborted) throw error
      trouble = error instanceof Error ? error.message : String(error)
    }
  }
  return {
    failed: true,
    rebooted: true,
    elapsed: elapsed(),
    msg: `Timed out waiting for the host to come back (timeout=${given.reboot_timeout}): ${trouble}`,
  }
}
