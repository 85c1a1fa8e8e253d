import type { HostRecord } from './record.ts'
import type { Progress } from './types.ts'

export type EngineName = 'nspawn' | 'docker' | 'podman'

/** A machine as an engine sees it. */
export interface Machine {
  project: string
  /** The project's network, `10.213.7`. */
  network: string
  /** The machine's own folder, with `seed/` in it. */
  folder: string
  record: HostRecord
  progress: Progress
}

/** A way to have machines. All but `isRunning` may take seconds. */
export interface Engine {
  name: EngineName
  /** Starts a machine that does not run, made anew or from what is left of it. Gives a handle to keep in its record. */
  start(machine: Machine): Promise<unknown>
  /** Cheap enough for every run of the program. */
  isRunning(machine: Machine): Promise<boolean>
  /** Waits until systemd inside has finished booting. */
  booted(machine: Machine): Promise<void>
  /** Ends a machine at once, as if unplugged. Its file system stays. */
  stop(machine: Machine): Promise<void>
  /** Removes a stopped machine's file system. */
  erase(machine: Machine): Promise<void>
  /** Boots a running machine anew, orderly, and returns when the old boot has ended. */
  reboot(machine: Machine): Promise<void>
  /** Gives a machine that does not exist yet the current files of another. */
  copy(from: Machine, to: Machine): Promise<void>
  raiseNetwork(project: string, network: string): Promise<void>
  /** `last` when no other project on this machine has machines. */
  removeNetwork(project: string, last: boolean): Promise<void>
}
