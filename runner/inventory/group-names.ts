import type { Diagnostic } from '../source/diagnostic.ts'

/** What makes a group's name unfit for `groups.name` in an expression. */
const UNFIT = /^[^\p{L}_]|[^\p{L}\p{N}_]/gu

/** A name with everything replaced that a variable's name cannot hold. */
export function fitName(name: string): string {
  return name.replace(UNFIT, '_')
}

/**
 * What becomes of unfit names: kept with a warning unless `ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS` says `always`,
 * `silently` (replaced, with and without a warning) or `ignore` (kept).
 */
export class GroupNames {
  readonly #mode: string
  readonly #unfit = new Set<string>()

  constructor(environment: NodeJS.ProcessEnv = {}) {
    this.#mode = environment['ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS'] ?? 'never'
  }

  /** The name under which a group is known. */
  of(name: string): string {
    const fit = fitName(name)
    if (fit === name) return name
    this.#unfit.add(name)
    return this.#mode === 'always' || this.#mode === 'silently' ? fit : name
  }

  warnings(): Diagnostic[] {
    if (this.#unfit.size === 0 || this.#mode === 'ignore' || this.#mode === 'silently') return []
    const names = [...this.#unfit].join(', ')
    const replaced = this.#mode === 'always'
    return [
      {
        severity: 'warning',
        message: `Invalid characters were found in group names ${replaced ? 'and automatically replaced' : 'but not replaced'}: ${names}`,
        hint: replaced
          ? undefined
          : "letters, digits and underscores only; others need groups['the-name'] in expressions",
      },
    ]
  }
}
