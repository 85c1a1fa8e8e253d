import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** One JSON file in the state directory; without a directory nothing is kept. */
export class StateFile<T> {
  readonly #path: string | undefined

  constructor(directory: string | undefined, name: string) {
    this.#path = directory === undefined ? undefined : join(directory, name)
  }

  /** What was last written, or undefined if there is nothing that makes sense. */
  read(accept: (value: unknown) => T | undefined): T | undefined {
    if (this.#path === undefined) return undefined
    try {
      return accept(JSON.parse(readFileSync(this.#path, 'utf8')))
    } catch {
      return undefined
    }
  }

  /** Replaces the file as a whole, so that a crash leaves the old one or the new one. Throws if it cannot. */
  write(value: T): void {
    if (this.#path === undefined) return
    const temporary = `${this.#path}.${process.pid}`
    mkdirSync(join(this.#path, '..'), { recursive: true, mode: 0o750 })
    writeFileSync(temporary, JSON.stringify(value), { mode: 0o640 })
    renameSync(temporary, this.#path)
  }
}
