import { createHash } from 'node:crypto'
import { inspect } from 'node:util'

/** A value that prints as `[redacted]` wherever it ends up by accident; `reveal()` is the one way to it. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  /** A short digest by which two hosts' secrets can be compared without showing them. */
  fingerprint(): string {
    return createHash('sha256')
      .update('coderco-app fingerprint\0')
      .update(this.#value)
      .digest('hex')
      .slice(0, 8)
  }

  toString(): string {
    return '[redacted]'
  }

  toJSON(): string {
    return '[redacted]'
  }

  [inspect.custom](): string {
    return '[redacted]'
  }
}
