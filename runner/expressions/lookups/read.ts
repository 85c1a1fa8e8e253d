import { readFileSync } from 'node:fs'
import { Secret } from '../../variables/secret.ts'
import { findFile } from '../findFile.ts'
import type { Frame } from '../frame.ts'
import { Failure } from '../items.ts'

/** The text of one of the author's files; secret when it comes out of a vault. @throws Failure */
export function readText(name: string, frame: Frame, encoding = 'utf-8'): string | Secret {
  return decrypted(name, readPath(findFile(name, 'files', frame), encoding), frame)
}

export function readPath(path: string, encoding = 'utf-8'): string {
  try {
    const bytes = readFileSync(path)
    return encoding === 'utf-8' ? bytes.toString('utf8') : new TextDecoder(encoding).decode(bytes)
  } catch (error) {
    throw new Failure(`'${path}' cannot be read: ${(error as Error).message}`)
  }
}

export function decrypted(name: string, content: string, frame: Frame): string | Secret {
  if (!content.startsWith('$ANSIBLE_VAULT;')) return content
  const { surroundings } = frame.evaluation.scope
  if (surroundings.decrypt === undefined)
    throw new Failure(`'${name}' is vaulted, and there is no vault password here`)
  try {
    return new Secret(surroundings.decrypt(content))
  } catch (error) {
    throw new Failure(`'${name}' cannot be opened: ${(error as Error).message}`)
  }
}
