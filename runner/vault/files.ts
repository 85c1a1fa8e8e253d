import { whyUnreadable } from '../source/unreadable.ts'
import { readFileSync } from 'node:fs'
import { sourceError } from '../source/diagnostic.ts'
import { isVaulted } from '../source/vault.ts'
import { isAge } from './age.ts'
import { replaceFile } from './replace.ts'

/** What stands for stdin and stdout instead of a file. */
export const STREAM = '-'

/** A file's bytes, or those of stdin. Throws `SourceError` that names the file. */
export async function readInput(path: string): Promise<Buffer> {
  if (path !== STREAM) {
    try {
      return readFileSync(path)
    } catch (error) {
      throw sourceError(`cannot read ${path}: ${whyUnreadable(error)}`)
    }
  }
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** Writes a file as a whole, or to stdout. */
export function writeOutput(path: string, content: string | Uint8Array): void {
  if (path === STREAM) process.stdout.write(content)
  else replaceFile(path, content)
}

/** Whether these bytes are vaulted or age-armored text. */
export function isEncrypted(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 200)).toString('latin1')
  return isVaulted(start) || isAge(start)
}

/** Vaulted text of a file. Throws `SourceError` when it is none. */
export async function readEncrypted(path: string): Promise<string> {
  const bytes = await readInput(path)
  if (!isEncrypted(bytes)) throw sourceError(`${path === STREAM ? 'stdin' : path} is not encrypted`)
  return bytes.toString('latin1')
}
