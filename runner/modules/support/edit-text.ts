import { fileEffects } from '../../host/files.ts'
import { Unknown } from '../../variables/unknown.ts'
import type { Dict } from '../../variables/value.ts'
import type { Planning } from '../module.ts'
import { failed, type Outcome, undecided } from '../outcome.ts'
import { type WantedAttributes, wantedAttributes } from './attributes.ts'
import { hostPath } from './host-path.ts'
import { placeFile } from './place-file.ts'
import { unlessUnknown } from './unless-unknown.ts'

export interface TextEdit extends WantedAttributes {
  readonly path: string
  /** Make the file when it is missing. */
  readonly create: boolean
  readonly backup: boolean
  readonly validate?: string
}

/**
 * Plans an edit of a text file on the host. Bytes that are no UTF-8 come through unharmed, because the text is handled
 * as Latin-1 when it is none.
 *
 * @param edit the new text from the old one, null for a missing file; or a message why it cannot be done
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
  if (bytes === null && !given.create) return failed(`Path ${path} does not exist !`, { rc: 257 })
  const encoding = bytes === null || isUtf8(bytes) ? 'utf8' : 'latin1'
  const edited = edit(bytes === null ? null : bytes.toString(encoding))
  if ('error' in edited) return failed(edited.error)
  if (edited.text === null) return { type: 'unchanged', result: edited.result }
  return placeFile(
    {
      path,
      bytes: Buffer.from(edited.text, encoding),
      attributes: given,
      follow: true,
      validate: given.validate,
      backup: given.backup,
      result: edited.result,
    },
    planning,
  )
}

function isUtf8(bytes: Buffer): boolean {
  return bytes.equals(Buffer.from(bytes.toString('utf8'), 'utf8'))
}
