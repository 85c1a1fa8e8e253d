import { cpuPercent, readCpuTimes } from './cpu.ts'
import type { CpuTimes } from './cpu.ts'
import { readDisk } from './disk.ts'
import type { Disk } from './disk.ts'
import { readMemory } from './memory.ts'
import type { Memory } from './memory.ts'

export interface SystemMetrics {
  cpu: { percent: number; count: number }
  memory: Memory
  disk: Disk
}

/** Keeps a CPU reading of a moment ago, so that a percentage is of the last seconds and not since boot. */
export class SystemSampler {
  readonly #diskPath: string
  readonly #timer: NodeJS.Timeout
  #before: CpuTimes
  #latest: CpuTimes

  constructor(diskPath: string, intervalMs = 2000) {
    this.#diskPath = diskPath
    this.#before = readCpuTimes()
    this.#latest = this.#before
    this.#timer = setInterval(() => this.#tick(), intervalMs).unref()
  }

  async read(): Promise<SystemMetrics> {
    return { cpu: this.cpu(), memory: readMemory(), disk: await readDisk(this.#diskPath) }
  }

  cpu(): { percent: number; count: number } {
    const now = readCpuTimes()
    return { percent: cpuPercent(this.#before, now), count: now.count }
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #tick(): void {
    this.#before = this.#latest
    this.#latest = readCpuTimes()
  }
}
