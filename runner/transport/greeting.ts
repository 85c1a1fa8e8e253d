import { asksForPassword } from './become.ts'
import type { Become } from './session.ts'

/**
 * What is said before a session's shell is up: whatever the login shell's start files print, sudo's lecture, the
 * question for a password, and at last the token: `TOKEN pid` on standard output, `TOKEN up` on standard error.
 * Pure: fed with chunks, it tells what to do.
 */
export class Greeting {
  readonly token: string
  readonly prompt: string
  readonly #become: Become | undefined
  #stdout = Buffer.alloc(0)
  #stderr = Buffer.alloc(0)
  #asked = 0

  constructor(token: string, become: Become | undefined, prompt: string) {
    this.token = token
    this.prompt = prompt
    this.#become = become
  }

  /** The shell's process id and what follows, once the greeting is complete. */
  readStdout(chunk: Buffer): { pid: number; rest: Buffer } | undefined {
    this.#stdout = Buffer.concat([this.#stdout, chunk])
    const greeted = this.#afterToken(this.#stdout)
    return greeted && { pid: Number(greeted.word), rest: greeted.rest }
  }

  /**
   * Whether the password is to be sent now (a second question means that it was wrong), or, once the greeting is
   * complete, what follows.
   */
  readStderr(
    chunk: Buffer,
  ): 'send password' | 'wrong password' | 'password missing' | { rest: Buffer } | undefined {
    this.#stderr = Buffer.concat([this.#stderr, chunk])
    const greeted = this.#afterToken(this.#stderr)
    if (greeted) return { rest: greeted.rest }
    if (!this.#become || !asksForPassword(this.#become.method, this.#stderr.toString(), this.prompt))
      return undefined
    this.#stderr = Buffer.alloc(0)
    if (this.#become.password === undefined) return 'password missing'
    return this.#asked++ === 0 ? 'send password' : 'wrong password'
  }

  /** What was printed so far, for an error message. */
  get said(): string {
    const texts = [this.#stderr, this.#stdout].map((bytes) =>
      bytes.toString().replaceAll(this.prompt, '').trim(),
    )
    return texts
      .filter((text) => text !== '')
      .join('\n')
      .slice(-2000)
  }

  #afterToken(bytes: Buffer): { word: string; rest: Buffer } | undefined {
    const start = bytes.indexOf(`${this.token} `)
    const end = start < 0 ? -1 : bytes.indexOf(0x0a, start)
    if (end < 0) return undefined
    const word = bytes.toString('latin1', start + this.token.length + 1, end)
    return { word, rest: bytes.subarray(end + 1) }
  }
}
