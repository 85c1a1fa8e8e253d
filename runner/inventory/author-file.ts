import { readFileSync } from 'node:fs'
import { isAbsolute, relative } from 'node:path'
import { sourceError } from '../source/diagnostic.ts'
import { decryptAt, isVaulted, noPassword, type Decrypt } from '../source/vault.ts'
import { parseYaml, type Parsed } from '../source/yaml.ts'

/** What reading needs of a vault (`runner/vault/vault.ts`). */
export interface Vault {
  decrypt: Decrypt
}

/** A file's text, decrypted when it is vaulted as a whole. */
export interface AuthorText {
  readonly text: string
  readonly secret: boolean
}

/** Reads a YAML or JSON file that an author wrote; values of a vaulted file are secrets. */
export function readAuthorFile(path: string, vault?: Vault): Parsed {
  const { text, secret } = readAuthorText(path, vault)
  return parseYaml(text, shownPath(path), { decrypt: vault && ((vaulted) => vault.decrypt(vaulted)), secret })
}

/** Reads a text file that an author wrote. Throws `SourceError` when it cannot be read or decrypted. */
export function readAuthorText(path: string, vault?: Vault): AuthorText {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw sourceError(`${shownPath(path)} cannot be read: ${(error as Error).message}`)
  }
  if (!isVaulted(text)) return { text, secret: false }
  const decrypt: Decrypt = vault ? (vaulted) => vault.decrypt(vaulted) : noPassword
  return { text: decryptAt(text, decrypt, { file: shownPath(path), line: 1, column: 1 }), secret: true }
}

/** A path as people are shown it: relative where it lies below the working directory. */
export function shownPath(path: string): string {
  const below = relative(process.cwd(), path)
  if (below === '') return '.'
  return below.startsWith('..') || isAbsolute(below) ? path : below
}
