import { posix } from 'node:path'
import { fileEffects } from '../../host/files.ts'
import { Unknown } from '../../variables/unknown.ts'
import type { Dict } from '../../variables/value.ts'
import type { Planning } from '../module.ts'
import { failed, type Outcome, undecided, unchanged } from '../outcome.ts'
import { type WantedAttributes, wantedAttributes } from './attributes.ts'
import { hostPath } from './host-path.ts'
import { makeDirectory } from './make-directory.ts'
import { placeFile } from './place-file.ts'
import { sequence } from './sequence.ts'
import { unlessUnknown } from './unless-unknown.ts'

export interface TextEdit extends WantedAttributes {
  readonly path: string
  /** Make the file when it is missing. */
  readonly create: boolean
  readonly backup: boolean
  readonly validate?: string
  /** What the message about a missing file calls it. @default Path */
  readonly noun?: string
}

/**
 * Plans an edit of a text file on the host. A file that is made gets the directories above it too. Bytes that are no UTF-8 come through unharmed, because the text is handled
 * as Latin-1 when it is none.
 *
 * @param edit the new text from the old one, null for a missing file: null when it is fine as it is; or a message why it cannot be done
 */
export function editText(
  given: TextEdit,
  planning: Planning,
  edit: (before: string | null) => { text: string | null; result: Dict } | { error: string },
): Outcome {
  const path = hostPath(given.path, planning)
  const { path: real, status } = planning.files.stat(path)
  if (status.type === 'directory') return failed(`Path ${path} is a directory !`, { rc: 256 })
  const bytes = unlessUnknown(() => planning.files.read(path))
  // What will be in it cannot be told, but it will be there.
  if (bytes instanceof Unknown && status.type === 'file') {
    const after = wantedAttributes(status, given, planning)
    return undecided(bytes.because, fileEffects(real, bytes, after))
  }
  if (bytes instanceof Unknown) return undecided(bytes.because)
  if (bytes === null && !given.create)
    return failed(`${given.noun ?? 'Path'} ${path} does not exist !`, { rc: 257 })
  const encoding = bytes === null || isUtf8(bytes) ? 'utf8' : 'latin1'
  const edited = edit(bytes === null ? null : bytes.toString(encoding))
  if ('error' in edited) return failed(edited.error)
  // The text may be as it should be and the attributes not.
  const wanted = edited.text === null ? bytes : Buffer.from(edited.text, encoding)
  if (wanted === null) return unchanged(edited.result)
  const placement = {
    path,
    bytes: wanted,
    attributes: given,
    follow: true,
    validate: edited.text === null ? undefined : given.validate,
    backup: given.backup,
    result: edited.result,
  }
  const directory = posix.dirname(real)
  return sequence(
    planning,
    [
      ...(bytes === null && planning.files.stat(directory).status.type === 'absent'
        ? [(inside: Planning) => makeDirectory(directory, {}, inside)]
        : []),
      (inside) => placeFile(placement, inside),
    ],
    (results) => results.at(-1)!,
  )
}

function isUtf8(bytes: Buffer): boolean {
  return bytes.equals(Buffer.from(bytes.toString('utf8'), 'utf8'))
}
