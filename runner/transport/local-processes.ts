import type { ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

const children = new Set<ChildProcess>()

/** Remembers a process that a session on this machine has started, until it ends. */
export function trackLocal(child: ChildProcess): void {
  children.add(child)
  child.once('close', () => children.delete(child))
}

/**
 * Kills what sessions on this machine are running, with all descendants, at once and without waiting: for a program
 * that is about to leave. Sessions have process groups of their own, so Ctrl-C does not reach them.
 *
 * @returns the processes that could not be killed, because they are another user's
 */
export function killLocal(): number[] {
  const roots = [...children].flatMap(({ pid }) => pid ?? [])
  const left: number[] = []
  for (const process_ of withDescendants(roots)) {
    try {
      process.kill(process_, 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EPERM') left.push(process_)
    }
  }
  return left
}

function withDescendants(roots: readonly number[]): Set<number> {
  const parents = parentsByProcess()
  const found = new Set(roots)
  for (let before = -1; before !== found.size;) {
    before = found.size
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid)
  }
  return found
}

function parentsByProcess(): Map<number, number> {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1')
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
    } catch {
      // It has ended meanwhile.
    }
  }
  return parents
}
