import { createHash } from 'node:crypto'
import { type ChecksumAlgorithm, checksums } from '../../resources/checksum.ts'
import { content } from '../../resources/content.ts'
import { Unknown } from '../../variables/unknown.ts'
import type { Planning } from '../module.ts'

/** A file's checksum in hex, from its predicted content where a change has touched it. */
export function checksum({ state }: Planning, path: string, algorithm: ChecksumAlgorithm): string {
  const predicted = state.predicted(content, path)
  if (predicted instanceof Buffer) return createHash(algorithm).update(predicted).digest('hex')
  if (predicted instanceof Unknown) return state.read(content, path) as never
  return state.read(checksums[algorithm], path)
}
