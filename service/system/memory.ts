import { readFileSync } from 'node:fs'

/** Bytes, and the share used in percent. */
export interface Memory {
  total: number
  available: number
  used: number
  percent: number
}

/** Parses `/proc/meminfo`. `available` is the kernel's own estimate of what programs can still get. */
export function parseMemory(meminfo: string): Memory {
  const total = kibibytes(meminfo, 'MemTotal')
  const available = kibibytes(meminfo, 'MemAvailable')
  const used = total - available
  return { total, available, used, percent: total === 0 ? 0 : Math.round((1000 * used) / total) / 10 }
}

function kibibytes(meminfo: string, name: string): number {
  return 1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(meminfo)?.[1] ?? 0)
}

export function readMemory(): Memory {
  return parseMemory(readFileSync('/proc/meminfo', 'utf8'))
}
