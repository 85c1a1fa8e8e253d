import { inspect } from 'node:util'

/** What is shown wherever a secret would appear. */
export const MASK = '********'

/**
 * A scalar that must never be shown: from a vault, a password prompt or `no_log`. Whatever an expression derives from
 * a secret is a secret again. Every accidental way to print it gives the mask; `reveal` is the one deliberate way.
 */
export class Secret {
  readonly #value: string | number | boolean
  readonly #hidden: readonly string[] | undefined

  /** @param hidden of a text made around secrets, the parts that are secret. @default the whole value */
  constructor(value: string | number | boolean, hidden?: readonly string[]) {
    this.#value = value
    this.#hidden = hidden
  }

  /** What has to be masked wherever the value is shown. */
  hidden(): readonly string[] {
    return this.#hidden ?? [String(this.reveal())]
  }

  reveal(): string | number | boolean {
    return this.#value
  }

  toString(): string {
    return MASK
  }

  toJSON(): string {
    return MASK
  }

  [inspect.custom](): string {
    return MASK
  }
}
