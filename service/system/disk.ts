import type { StatsFs } from 'node:fs'
import { statfs } from 'node:fs/promises'

/** Bytes, and the share used in percent as `df` shows it. */
export interface Disk {
  total: number
  used: number
  free: number
  percent: number
}

/** What `df` computes: the blocks kept for root are neither used nor free for anyone else. */
export function diskOf(stats: Pick<StatsFs, 'bsize' | 'blocks' | 'bfree' | 'bavail'>): Disk {
  const total = stats.blocks * stats.bsize
  const used = (stats.blocks - stats.bfree) * stats.bsize
  const free = stats.bavail * stats.bsize
  return {
    total,
    used,
    free,
    percent: used + free === 0 ? 0 : Math.round((1000 * used) / (used + free)) / 10,
  }
}

export async function readDisk(path: string): Promise<Disk> {
  return diskOf(await statfs(path))
}
