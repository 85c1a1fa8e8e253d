import type { Dict } from '../../variables/value.ts'
import type { Evidence } from './evidence.ts'

export const memoryFiles = ['/proc/meminfo', '/proc/uptime', '/proc/loadavg']

/** Memory in MiB, and how long the host has been up. */
export function memoryFacts(evidence: Evidence): Dict {
  const kilobytes = new Map(
    evidence.lines('/proc/meminfo').flatMap((line) => {
      const match = /^(\w+):\s+(\d+)/.exec(line)
      return match ? [[match[1]!, Number(match[2])] as const] : []
    }),
  )
  const mb = (name: string) => Math.trunc((kilobytes.get(name) ?? 0) / 1024)
  const total = mb('MemTotal')
  const free = mb('MemFree')
  const unused = Math.trunc(
    ((kilobytes.get('MemFree') ?? 0) + (kilobytes.get('Cached') ?? 0) + (kilobytes.get('Buffers') ?? 0)) /
      1024,
  )
  return {
    memtotal_mb: total,
    memfree_mb: free,
    swaptotal_mb: mb('SwapTotal'),
    swapfree_mb: mb('SwapFree'),
    memory_mb: {
      real: { total, free, used: total - free },
      nocache: { free: unused, used: total - unused },
      swap: {
        total: mb('SwapTotal'),
        free: mb('SwapFree'),
        used: mb('SwapTotal') - mb('SwapFree'),
        cached: mb('SwapCached'),
      },
    },
    uptime_seconds: Math.trunc(Number(evidence.first('/proc/uptime').split(' ')[0] || 0)),
  }
}

/** `{ '1m', '5m', '15m' }` */
export function loadAverage(evidence: Evidence): Dict {
  const [one, five, fifteen] = evidence.first('/proc/loadavg').split(' ').map(Number)
  return { loadavg: { '1m': one ?? 0, '5m': five ?? 0, '15m': fifteen ?? 0 } }
}
