import { ageIdentities, countRecipients, decryptAge, encryptAge, isAge, recipientsOf } from './age.ts'
import { open, parseEnvelope, saltOf, seal, type Envelope } from './format.ts'

/** A password, or a file of age identities, under the name (vault id) that it was given by. */
export interface VaultPassword {
  readonly id: string
  readonly password: Uint8Array
}

/**
 * The passwords of a run and what can be done with them. What was encrypted for an id is tried with that id's
 * passwords first, then with the others in the order in which they were given, as Ansible does.
 */
export class Vault {
  readonly #passwords: readonly VaultPassword[]

  constructor(passwords: readonly VaultPassword[]) {
    this.#passwords = passwords
  }

  get ids(): string[] {
    return [...new Set(this.#passwords.map(({ id }) => id))]
  }

  /** The plain text of vaulted or age-armored text. Throws an Error that says why not, without any of the text. */
  readonly decrypt = (text: string): string => {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.decryptBytes(text))
    } catch (error) {
      throw error instanceof TypeError ? new Error('what it holds is no UTF-8 text') : error
    }
  }

  /** As `decrypt`, for what may be no text. */
  decryptBytes(text: string): Buffer {
    if (this.#passwords.length === 0) {
      throw new Error(
        'no vault password was given (use --vault-password-file, --vault-id or --ask-vault-password)',
      )
    }
    return isAge(text) ? this.#openAge(text) : this.#open(parseEnvelope(text)).plain
  }

  /** Vaulted text, by the password of the given id or the only one there is. Throws an Error when there is none. */
  encrypt(plain: string | Uint8Array, id?: string): string {
    const chosen = this.#choose(id)
    const bytes = typeof plain === 'string' ? Buffer.from(plain, 'utf8') : plain
    return seal(bytes, chosen.password, chosen.id)
  }

  /** The id for which `encrypt` encrypts. */
  idFor(id?: string): string {
    return this.#choose(id).id
  }

  /** As `encrypt`, but the same bytes always become the same text. */
  encryptSame(plain: string, id?: string): string {
    const { password, id: label } = this.#choose(id)
    const bytes = Buffer.from(plain, 'utf8')
    return seal(bytes, password, label, saltOf(bytes, password))
  }

  /**
   * How to encrypt again what was encrypted before: with the password and vault id that open it, or for one's own age
   * identities. Throws an Error where that would shut somebody out.
   */
  async encrypterLike(vaulted: string): Promise<(plain: Uint8Array) => Promise<string>> {
    if (!isAge(vaulted)) {
      const envelope = parseEnvelope(vaulted)
      const { password } = this.#open(envelope)
      return async (plain) => seal(plain, password, envelope.label)
    }
    const own = await recipientsOf(this.#passwords.flatMap(({ password }) => ageIdentities(password)))
    if ((await countRecipients(vaulted)) > 1 || own.length !== 1) {
      throw new Error('whom it was encrypted for cannot be read from it: name all of them with --recipient')
    }
    return async (plain) => encryptAge(plain, own)
  }

  #open(envelope: Envelope): { plain: Buffer; password: Uint8Array } {
    const usable = this.#phrases()
    const matching = usable.filter(({ id }) => id === (envelope.label ?? 'default'))
    for (const { password } of [...matching, ...usable.filter((one) => !matching.includes(one))]) {
      const plain = open(envelope, password)
      if (plain) return { plain, password }
    }
    const label = envelope.label === undefined ? '' : ` for the vault id '${envelope.label}'`
    throw new Error(
      `it was encrypted${label}, and no password that was given opens it (${this.ids.join(', ')})`,
    )
  }

  #openAge(text: string): Buffer {
    const identities = this.#passwords.flatMap(({ password }) => ageIdentities(password))
    const phrases = this.#phrases().map(({ password }) => Buffer.from(password).toString('utf8'))
    return decryptAge(text, identities, phrases)
  }

  /** What is a password and no file of age identities. */
  #phrases(): VaultPassword[] {
    return this.#passwords.filter(({ password }) => ageIdentities(password).length === 0)
  }

  #choose(id?: string): VaultPassword {
    const usable = this.#phrases()
    const found = id === undefined ? usable : usable.filter((password) => password.id === id)
    const names = [...new Set(usable.map((password) => password.id))]
    if (found.length === 0) {
      const wanted =
        id === undefined ? 'no vault password was given' : `no password was given for the vault id '${id}'`
      throw new Error(names.length === 0 ? wanted : `${wanted}, only for ${names.join(', ')}`)
    }
    if (id === undefined && names.length > 1) {
      throw new Error(`there are several vault ids (${names.join(', ')}): choose one with --encrypt-vault-id`)
    }
    return found[0]!
  }
}
