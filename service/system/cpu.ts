import { readFileSync } from 'node:fs'

export interface CpuTimes {
  /** Jiffies since boot in which a CPU did something. */
  busy: number
  total: number
  /** CPUs online. */
  count: number
}

/** Parses `/proc/stat`. Waiting for I/O counts as idle; guest time is already part of user time. */
export function parseCpuTimes(stat: string): CpuTimes {
  const lines = stat.split('\n')
  const fields = (lines[0] ?? '').trim().split(/\s+/).slice(1, 9).map(Number)
  const total = fields.reduce((sum, value) => sum + value, 0)
  const idle = (fields[3] ?? 0) + (fields[4] ?? 0)
  return { busy: total - idle, total, count: lines.filter((line) => /^cpu\d/.test(line)).length }
}

/** Share of all CPUs' time that was busy between two readings, 0 to 100. */
export function cpuPercent(before: CpuTimes, after: CpuTimes): number {
  const elapsed = after.total - before.total
  if (elapsed <= 0) return 0
  const percent = (100 * (after.busy - before.busy)) / elapsed
  return Math.round(Math.min(100, Math.max(0, percent)) * 10) / 10
}

export function readCpuTimes(): CpuTimes {
  return parseCpuTimes(readFileSync('/proc/stat', 'utf8'))
}
