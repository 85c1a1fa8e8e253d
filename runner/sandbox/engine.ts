import type { HostRecord } from './record.ts'
import type { EngineName, Progress, Suite } from './types.ts'

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
  /** Why it cannot be used here, or undefined when it can. */
  obstacle(): Promise<string | undefined>
  /** Has a suite's bare root file system ready, and names it as a machine's record keeps it (`base`). */
  prepare(suite: Suite, progress: Progress): Promise<string>
  /** Joins a project's machines with each other and with the world; nothing to do when they are joined. */
  raiseNetwork(project: string, network: string): Promise<void>
  /** `last` when no other project on this machine has machines. */
  removeNetwork(project: string, last: boolean): Promise<void>
  /** Starts a machine that does not run, from its base or from what is left of it. */
  start(machine: Machine): Promise<void>
  /** Cheap enough for every run of the program. */
  isRunning(machine: Machine): Promise<boolean>
  /** Waits until systemd inside has finished booting. */
  booted(machine: Machine): Promise<void>
  /** Boots a running machine anew, orderly, and returns when the old boot has ended. */
  reboot(machine: Machine): Promise<void>
  /** Ends a machine at once, as if unplugged. Its file system stays. */
  stop(machine: Machine): Promise<void>
  /** Removes a stopped machine's file system. */
  erase(machine: Machine): Promise<void>
  /** Gives a machine without a file system the files that another has now. */
  copy(from: Machine, to: Machine): Promise<void>
  /** Removes the bases that `prepare` made, but for those named. */
  purge(keep: string[]): Promise<void>
}
