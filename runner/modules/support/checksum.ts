import { createHash } from 'node:crypto'
import { content } from '../../resources/content.ts'
import { defineResource, type ResourceKind } from '../../resources/resource.ts'
import { sh } from '../../transport/shell.ts'
import { Unknown } from '../../variables/unknown.ts'
import type { Planning } from '../module.ts'

export type ChecksumAlgorithm = 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512'

/** A file's checksum in hex, from its predicted content where a change has touched it. */
export function checksum({ state }: Planning, path: string, algorithm: ChecksumAlgorithm): string {
  const predicted = state.predicted(content, path)
  if (predicted instanceof Buffer) return createHash(algorithm).update(predicted).digest('hex')
  if (predicted instanceof Unknown) return state.read(content, path) as never
  return state.read(KINDS[algorithm], path)
}

const checksumKind = (algorithm: ChecksumAlgorithm): ResourceKind<string, string> =>
  defineResource({
    name: algorithm,
    id: (key) => key,
    read: (keys) =>
      sh`for path in ${keys}; do sum=$(${`${algorithm}sum`} < "$path"); echo "\${sum%% *}"; done 2>/dev/null`,
    parse: (answer, keys) => {
      const lines = answer.toString('latin1').split('\n')
      return keys.map((_, index) => lines[index]!)
    },
  })

const KINDS = {
  md5: checksumKind('md5'),
  sha1: checksumKind('sha1'),
  sha224: checksumKind('sha224'),
  sha256: checksumKind('sha256'),
  sha384: checksumKind('sha384'),
  sha512: checksumKind('sha512'),
}
