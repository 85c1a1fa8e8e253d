import { checksums } from './checksum.ts'
import { content } from './content.ts'
import { digest } from './digest.ts'
import { path } from './path.ts'

const NAMES = new Set([path, content, digest, ...Object.values(checksums)].map(({ name }) => name))

/** Whether a kind of resource tells of one file, and is read by its path. */
export function isFileKind(name: string): boolean {
  return NAMES.has(name)
}
