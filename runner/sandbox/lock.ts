import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from './paths.ts'

/**
 * Runs `work` while no other process holds the lock of that name. The kernel holds the lock for a child that lives as
 * long as we do, so that no crash leaves it locked.
 */
export async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const folder = join(cacheFolder(), 'locks')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, name)
  const holder = spawn('flock', ['--exclusive', file, 'sh', '-c', 'echo locked; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const gone = once(holder, 'close')
  const outcome = await Promise.race([once(holder.stdout, 'data'), gone])
  if (outcome[0] instanceof Buffer === false) throw new Error(`Could not lock ${file}`)
  try {
    return await work()
  } finally {
    holder.stdin.end()
    await gone
  }
}
