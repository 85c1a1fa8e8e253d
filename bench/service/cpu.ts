import { readdirSync, readFileSync } from 'node:fs'

/** Seconds of CPU that a process, its children and those that it has waited for have used so far. Linux alone. */
export function cpuOf(pid: number): number {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(timesOf)
    .filter((times) => times?.pid === pid || times?.parent === pid)
    .reduce((sum, times) => sum + (times?.seconds ?? 0), 0)
}

function timesOf(name: string): { pid: number; parent: number; seconds: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
    // The name in brackets may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0)
    return { pid: Number(name), parent: Number(fields[1]), seconds: ticks / 100 }
  } catch {
    return undefined
  }
}
