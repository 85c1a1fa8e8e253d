import { sh } from '../../transport/shell.ts'
import type { Dict } from '../../variables/value.ts'
import type { Evidence } from './evidence.ts'

export const processorCommands = {
  cpuinfo: sh`grep -E '^(processor|vendor_id|model name|physical id|core id|cpu cores|siblings|Processor|Model|Hardware|cpu)[[:blank:]]*:' /proc/cpuinfo`,
}

export const processorFiles = ['/proc/self/status']

/** `processor` (number, vendor and model of each), sockets, cores and threads. */
export function processorFacts(evidence: Evidence): Dict {
  const processor: string[] = []
  const sockets = new Map<string, number>()
  const coresOf = new Map<string, number>()
  let threads = 0
  let socket = '0'
  for (const line of evidence.output('cpuinfo').split('\n')) {
    const at = line.indexOf(':')
    const [key, value] = [line.slice(0, at).trim(), line.slice(at + 1).trim()]
    if (key === 'processor') threads++
    if (['processor', 'vendor_id', 'model name', 'Processor', 'cpu'].includes(key)) processor.push(value)
    if (key === 'physical id') socket = value
    if (key === 'siblings') sockets.set(socket, Number(value))
    if (key === 'cpu cores') coresOf.set(socket, Number(value))
  }
  const available = cpuCount(
    evidence
      .lines('/proc/self/status')
      .find((line) => line.startsWith('Cpus_allowed_list:'))
      ?.split(/\s+/)[1] ?? '',
  )
  // Processors that do not tell of sockets (ARM) count as one each.
  const count = sockets.size || threads
  const cores = coresOf.values().next().value ?? 1
  const perCore = sockets.size > 0 ? Math.max(1, Math.trunc(sockets.values().next().value! / cores)) : 1
  return {
    processor,
    processor_count: count,
    processor_cores: cores,
    processor_threads_per_core: perCore,
    processor_vcpus: sockets.size > 0 ? perCore * count * cores : threads,
    processor_nproc: available || threads,
  }
}

/** How many are in a list like `0-3,8`. */
function cpuCount(list: string): number {
  return list
    .split(',')
    .filter(Boolean)
    .map((range) => range.split('-').map(Number))
    .reduce((sum, [first = 0, last = first]) => sum + last - first + 1, 0)
}
