import {
  chmodSync,
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { randomBytes } from 'node:crypto'
import { basename, dirname, join } from 'node:path'

/**
 * Replaces a file as a whole: whoever reads it sees the old or the new content, also after a crash. A link stays a
 * link, and the mode stays as it is.
 *
 * @param mode of a file that is new
 */
export function replaceFile(path: string, content: string | Uint8Array, mode = 0o600): void {
  const target = resolveLink(path)
  const beside = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}`)
  const before = statSync(target, { throwIfNoEntry: false })
  try {
    const file = openSync(beside, 'wx', 0o600)
    try {
      const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content
      for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    chmodSync(beside, before ? before.mode & 0o7777 : mode)
    renameSync(beside, target)
  } catch (error) {
    rmSync(beside, { force: true })
    throw error
  }
}

function resolveLink(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
