import { sh } from '../transport/shell.ts'
import { atPath, defineResource } from './resource.ts'

export type ChecksumAlgorithm = 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512'

/** A file's checksum in hex, links followed; empty when there is no regular file to read: a fifo would block. */
const checksumBy = (algorithm: ChecksumAlgorithm) =>
  defineResource<string, string>({
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

/** The kinds as which checksums are read. */
export const checksums = {
  md5: checksumBy('md5'),
  sha1: checksumBy('sha1'),
  sha224: checksumBy('sha224'),
  sha256: checksumBy('sha256'),
  sha384: checksumBy('sha384'),
  sha512: checksumBy('sha512'),
}
