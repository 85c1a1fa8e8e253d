import { Secret } from '../variables/secret.ts'
import { type Location } from './location.ts'
import { sourceError } from './diagnostic.ts'

/**
 * Gives the plain text of vaulted text (`$ANSIBLE_VAULT;1.1;AES256` and its hexadecimal lines). Throws an Error that
 * says why it cannot, without the text.
 */
export type Decrypt = (vaulted: string) => string

/** A value written with `!vault`: decrypted when it is first used, as Ansible does, so that unused ones need no password. */
export class VaultSecret extends Secret {
  readonly #vaulted: string
  readonly #decrypt: Decrypt
  readonly #location: Location
  #plain: string | undefined

  constructor(vaulted: string, decrypt: Decrypt, location: Location) {
    super('')
    this.#vaulted = vaulted
    this.#decrypt = decrypt
    this.#location = location
  }

  override reveal(): string {
    return (this.#plain ??= decryptAt(this.#vaulted, this.#decrypt, this.#location))
  }
}

export function isVaulted(text: string): boolean {
  return (
    text.startsWith('$ANSIBLE_VAULT;') || text.trimStart().startsWith('-----BEGIN AGE ENCRYPTED FILE-----')
  )
}

/** Decrypts, and gives a failure the place of what could not be decrypted. */
export function decryptAt(vaulted: string, decrypt: Decrypt, location: Location): string {
  try {
    return decrypt(vaulted)
  } catch (error) {
    throw sourceError(`cannot decrypt this vault value: ${(error as Error).message}`, location)
  }
}

/** Stands in where no vault password was given. */
export const noPassword: Decrypt = () => {
  throw new Error('no vault password was given (use --vault-password-file or --ask-vault-password)')
}
