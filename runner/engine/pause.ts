import { setTimeout as sleep } from 'node:timers/promises'
import { HostEnded } from './failures.ts'

/** Waits between two tries. @throws {HostEnded} when the run is interrupted meanwhile */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal })
  } catch {
    throw new HostEnded('stopped')
  }
}
