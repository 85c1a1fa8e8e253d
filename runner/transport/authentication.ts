import { readFile } from 'node:fs/promises'
import type { ParsedKey } from 'ssh2'

/** What may be offered to a host to prove who one is. */
export interface Credentials {
  readonly user: string
  readonly password?: string
  /** Named by the user; failing to use it is worth a word. */
  readonly privateKeyFile?: string
  readonly privateKeyPassphrase?: string
  /** Tried if they exist. */
  readonly identityFiles: readonly string[]
  readonly agent?: string
  /** Asks for the passphrase of a key file; undefined when there is none to be had. */
  readonly askPassphrase?: (file: string) => Promise<string | undefined>
}

interface Attempt {
  readonly method: 'publickey' | 'agent' | 'password' | 'keyboard-interactive'
  readonly label: string
  /** The argument for ssh2; undefined if there is nothing to offer. */
  readonly prepare: () => Promise<object | undefined>
}

/**
 * Offers credentials in order: the key named, the password given, the agent's keys, the usual key files. What the
 * host does not accept is left out. `tried` and `problems` are for the error message.
 */
export class Authentication {
  readonly tried: string[] = []
  readonly problems: string[] = []
  /** Methods the host would have accepted, once it has said. */
  accepted: readonly string[] = []
  readonly user: string
  readonly #attempts: Attempt[]
  readonly #parseKey: (data: Buffer, passphrase?: string) => ParsedKey | Error

  constructor(credentials: Credentials, parseKey: (data: Buffer, passphrase?: string) => ParsedKey | Error) {
    this.user = credentials.user
    this.#parseKey = parseKey
    this.#attempts = this.#plan(credentials)
  }

  /** For ssh2's `authHandler`. The methods left are null at first: then the first attempt is made without asking. */
  readonly handler = (
    left: readonly string[] | null,
    _partial: boolean | null,
    next: (method: object | false) => void,
  ): void => {
    if (left) this.accepted = left
    void this.#answer(left, next)
  }

  async #answer(left: readonly string[] | null, next: (method: object | false) => void): Promise<void> {
    let method: object | false = false
    try {
      method = await this.#next(left)
    } catch (error) {
      this.problems.push((error as Error).message)
    }
    next(method)
  }

  async #next(left: readonly string[] | null): Promise<object | false> {
    for (;;) {
      const index = this.#attempts.findIndex(
        ({ method }) => !left || left.includes(method === 'agent' ? 'publickey' : method),
      )
      const [attempt] = index < 0 ? [] : this.#attempts.splice(index, 1)
      if (!attempt) {
        if (left || this.tried.length > 0) return false
        // Nothing to offer: some hosts want nothing; the others say what they want.
        this.tried.push('none')
        return { type: 'none', username: this.user }
      }
      const offer = await attempt.prepare()
      if (!offer) continue
      this.tried.push(attempt.label)
      return { username: this.user, ...offer }
    }
  }

  #plan(credentials: Credentials): Attempt[] {
    const { password, privateKeyFile, agent, identityFiles } = credentials
    const attempts: Attempt[] = []
    if (privateKeyFile !== undefined) attempts.push(this.#keyFile(privateKeyFile, credentials, true))
    if (password !== undefined) attempts.push(...this.#password(password))
    if (agent !== undefined) {
      attempts.push({ method: 'agent', label: 'the agent', prepare: async () => ({ type: 'agent', agent }) })
    }
    for (const file of identityFiles) {
      if (file !== privateKeyFile) attempts.push(this.#keyFile(file, credentials, false))
    }
    return attempts
  }

  #password(password: string): Attempt[] {
    const prompt = (
      _name: string,
      _instructions: string,
      _language: string,
      prompts: readonly { echo?: boolean }[],
      finish: (answers: string[]) => void,
    ): void => finish(prompts.map(({ echo }) => (echo ? '' : password)))
    return [
      { method: 'password', label: 'the password', prepare: async () => ({ type: 'password', password }) },
      {
        method: 'keyboard-interactive',
        label: 'the password (keyboard-interactive)',
        prepare: async () => ({ type: 'keyboard-interactive', prompt }),
      },
    ]
  }

  #keyFile(file: string, credentials: Credentials, named: boolean): Attempt {
    const prepare = async (): Promise<object | undefined> => {
      const key = await this.#loadKey(file, credentials, named)
      return key && { type: 'publickey', key }
    }
    return { method: 'publickey', label: file, prepare }
  }

  async #loadKey(file: string, credentials: Credentials, named: boolean): Promise<ParsedKey | undefined> {
    let data
    try {
      data = await readFile(file)
    } catch (error) {
      if (named) this.problems.push(`cannot read the private key ${file}: ${(error as Error).message}`)
      return undefined
    }
    let key = this.#parseKey(data, named ? credentials.privateKeyPassphrase : undefined)
    if (key instanceof Error && isEncrypted(key)) {
      // The agent may hold it; asking comes only after that for keys nobody named.
      const passphrase = named || !credentials.agent ? await credentials.askPassphrase?.(file) : undefined
      if (passphrase !== undefined) key = this.#parseKey(data, passphrase)
    }
    if (Array.isArray(key)) key = key[0] as ParsedKey
    if (!(key instanceof Error)) return key
    const problem = isEncrypted(key) ? 'it is encrypted and there is no passphrase for it' : key.message
    this.problems.push(`cannot use the private key ${file}: ${problem}`)
    return undefined
  }
}

function isEncrypted(error: Error): boolean {
  return /encrypted.*no passphrase/i.test(error.message)
}
