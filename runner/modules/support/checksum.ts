import { createHash } from 'node:crypto'
import { content } from '../../resources/content.ts'
import { atPath, defineResource, type ResourceKind } from '../../resources/resource.ts'
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

/** The resource that a checksum is read as. */
export function checksumKind(algorithm: ChecksumAlgorithm): ResourceKind<string, string> {
  return KINDS[algorithm]
}

// Only regular files are read: a fifo would block.
const kindOf = (algorithm: ChecksumAlgorithm): ResourceKind<string, string> =>
  defineResource({
    name: algorithm,
    id: (key) => key,
    outdatedBy: atPath((path, key) => path === key),
    read: (keys) =>
      sh`for path in ${keys}; do sum=; [ ! -f "$path" ] || sum=$(${`${algorithm}sum`} < "$path"); echo "\${sum%% *}"; done 2>/dev/null`,
    parse: (answer, keys) => {
      const lines = answer.toString('latin1').split('\n')
      return keys.map((_, index) => lines[index]!)
    },
  })

const KINDS = {
  md5: kindOf('md5'),
  sha1: kindOf('sha1'),
  sha224: kindOf('sha224'),
  sha256: kindOf('sha256'),
  sha384: kindOf('sha384'),
  sha512: kindOf('sha512'),
}
