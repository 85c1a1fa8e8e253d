import type { AttributeChange } from '../../../engine/events.ts'
import { type AnyEffect } from '../../../host/state.ts'
import { joinScripts, type Script, sh } from '../../../transport/shell.ts'
import type { Dict } from '../../../variables/value.ts'
import { change, type Outcome, unchanged } from '../../outcome.ts'

/** The parts of a change to a user, gathered step by step. */
export class UserChange {
  readonly #name: string
  readonly #attributes: AttributeChange[] = []
  readonly #scripts: Script[] = []
  readonly #payloads: Buffer[] = []
  readonly #effects: AnyEffect[] = []

  constructor(name: string) {
    this.#name = name
  }

  differs(name: string, before: string | null, after: string | null): void {
    this.#attributes.push({ name, before, after })
  }

  run(script: Script): void {
    this.#scripts.push(script)
  }

  /** Runs a script that reads this text; it never stands in a command line. */
  feed(script: Script, text: string): void {
    const bytes = Buffer.from(text)
    this.#payloads.push(bytes)
    this.#scripts.push(sh`head -c ${bytes.length} | ${script}`)
  }

  affects(...effects: AnyEffect[]): void {
    this.#effects.push(...effects)
  }

  /** @param printed what the script's output adds to the result */
  outcome(result: Dict, printed?: (text: string) => Dict): Outcome {
    if (this.#scripts.length === 0) return unchanged(result)
    return change({
      diff: [{ path: `user ${this.#name}`, attributes: this.#attributes }],
      script: joinScripts([sh`set -e`, ...this.#scripts]),
      payload: this.#payloads.length > 0 ? Buffer.concat(this.#payloads) : undefined,
      after: this.#effects,
      result,
      finish: printed && ((answer) => printed(answer.stdout.toString('utf8'))),
    })
  }
}
