import { SourceError, type Diagnostic } from './diagnostic.ts'
import { readYaml } from './files.ts'
import { inOrder } from './format.ts'
import type { Location } from './location.ts'
import type { LoadOptions } from './options.ts'
import type { RoleFiles } from './role-files.ts'
import type { Value } from '../variables/value.ts'

/** One loading of playbooks: everything that is wrong, and every file parsed once. */
export class Loading {
  readonly options: LoadOptions
  readonly cwd: string
  readonly #diagnostics: Diagnostic[] = []

  readonly #roles = new Map<string, RoleFiles>()

  constructor(options: LoadOptions) {
    this.options = options
    this.cwd = options.cwd ?? process.cwd()
  }

  /** @param ansible the words in which Ansible says it, where scripts may look for them */
  error(message: string, location: Location, hint?: string, ansible?: string): void {
    this.#diagnostics.push({ severity: 'error', message, location, hint, ansible })
  }

  warning(message: string, location: Location, hint?: string): void {
    this.options.onWarning?.({ severity: 'warning', message, location, hint })
  }

  /** Does something and hands back what was found wrong meanwhile, as warnings of this loading. */
  aside<Result>(load: () => Result): { result: Result; wrong: readonly Diagnostic[] } {
    const before = this.#diagnostics.length
    const result = load()
    const wrong = this.#diagnostics.splice(before)
    for (const each of wrong) this.options.onWarning?.({ ...each, severity: 'warning' })
    return { result, wrong }
  }

  add(diagnostics: readonly Diagnostic[]): void {
    for (const diagnostic of diagnostics) {
      if (diagnostic.severity === 'error') this.#diagnostics.push(diagnostic)
      else this.options.onWarning?.(diagnostic)
    }
  }

  /** A file's content: null for an empty one, undefined when it cannot be read at all. */
  read(
    path: string,
    how: { readonly secrets?: boolean; readonly templates?: boolean } = {},
  ): Value | undefined {
    const { value, diagnostics } = readYaml(path, { ...how, decrypt: this.options.decrypt })
    this.add(diagnostics)
    return value
  }

  /** A role's files, read once for all its uses. */
  role(key: string, read: () => RoleFiles): RoleFiles {
    let role = this.#roles.get(key)
    if (role === undefined) {
      role = read()
      this.#roles.set(key, role)
    }
    return role
  }

  get failed(): boolean {
    return this.#diagnostics.length > 0
  }

  /** @throws {SourceError} with everything that is wrong, when anything is. */
  finish(): void {
    if (this.failed) throw new SourceError(inOrder(this.#diagnostics))
  }
}
