import { readFileSync } from 'node:fs'
import { sourceError } from '../source/diagnostic.ts'
import { displayPath } from '../source/files.ts'
import { whyUnreadable } from '../source/unreadable.ts'
import { isAge } from '../vault/age.ts'
import { decryptAt, isVaulted, noPassword, type Decrypt } from '../source/vault.ts'

/** What reading files needs of a vault: `runner/vault/vault.ts` has the real one. */
export interface Decrypter {
  readonly decrypt: Decrypt
}

/** A file's text, decrypted when it is vaulted or age-encrypted as a whole. Throws `SourceError` when it cannot be read or decrypted. */
export function readText(path: string, vault?: Decrypter): { text: string; secret: boolean } {
  const start = { file: displayPath(path), line: 1, column: 1 }
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
  } catch (error) {
    const why = error instanceof TypeError ? 'it is not UTF-8 text' : whyUnreadable(error)
    throw sourceError(`cannot read the file: ${why}`, start)
  }
  if (!isVaulted(text) && !isAge(text)) return { text, secret: false }
  return { text: decryptAt(text, vault?.decrypt ?? noPassword, start), secret: true }
}
