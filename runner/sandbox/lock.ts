import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from './paths.ts'
import { hasProgram } from './process.ts'
import { SandboxError } from './types.ts'

/** Where util-linux's `flock` is missing (macOS), Perl has the same system call. */
const perl = 'use Fcntl ":flock"; open F, ">>", shift; flock F, LOCK_EX; $| = 1; print "locked\\n"; <STDIN>'

/**
 * Runs `work` while no other process holds the lock of that name. The kernel holds the lock for a child that lives as
 * long as we do, so that no crash leaves it locked.
 */
export async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const folder = join(cacheFolder(), 'locks')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const [command, ...rest] = await holderOf(join(folder, name))
  // in a session of its own, it is not ended by the Ctrl-C that ends the work it protects
  const holder = spawn(command!, rest, { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
  const gone = once(holder, 'close')
  const [locked] = await Promise.race([once(holder.stdout, 'data'), gone])
  if (!(locked instanceof Buffer)) throw new SandboxError(`${command} could not lock ${join(folder, name)}`)
  try {
    return await work()
  } finally {
    holder.stdin.end()
    await gone
  }
}

async function holderOf(file: string) {
  if (await hasProgram('flock')) return ['flock', '--exclusive', file, 'sh', '-c', 'echo locked; exec cat']
  return ['perl', '-e', perl, file]
}
