import { Unknown } from '../../variables/unknown.ts'
import type { Planning } from '../module.ts'
import { failed, type Outcome } from '../outcome.ts'
import { type CopyPlacement, placeCopy } from './place-copy.ts'
import { placeFile } from './place-file.ts'
import { unlessUnknown } from './unless-unknown.ts'

/**
 * Plans that a file is a copy of another one of the host, its bytes not brought here, whatever is known of the other.
 *
 * @param from its path, links followed
 */
export function placeHostFile(
  placement: Omit<CopyPlacement, 'from' | 'digest' | 'size'>,
  from: string,
  planning: Planning,
): Outcome {
  const { files } = planning
  const { status } = files.stat(from)
  if (status.type !== 'file') return failed(`${from} is no file`)
  const digest = unlessUnknown(() => files.digest(from))
  if (digest instanceof Unknown) return placeFile({ ...placement, bytes: digest }, planning)
  if (digest === null) return failed(`Permission denied: ${from} cannot be read`)
  if (status.size instanceof Unknown) {
    return placeFile({ ...placement, bytes: unlessUnknown(() => files.read(from)!) }, planning)
  }
  return placeCopy({ ...placement, from, digest, size: status.size }, planning)
}
