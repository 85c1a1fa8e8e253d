import type { Location } from './location.ts'

/** One thing that is wrong in a source file, and what to do about it. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning'
  readonly message: string
  /** What to do: "did you mean `copy`?" */
  readonly hint?: string
  readonly location?: Location
  /** The words in which Ansible says it, where people and scripts look for them. */
  readonly ansible?: string
  /** The message of a task that fails by it, where playbooks compare that word for word. */
  readonly words?: string
}

/** Files that cannot be used, with everything that is wrong with them. Nothing has been touched when it is thrown. */
export class SourceError extends Error {
  override readonly name = 'SourceError'
  readonly diagnostics: readonly Diagnostic[]

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(({ message }) => message).join('\n'))
    this.diagnostics = diagnostics
  }
}

/** An error at one place, for throwing: `throw sourceError('…', location)`. */
export function sourceError(message: string, location?: Location, hint?: string): SourceError {
  return new SourceError([{ severity: 'error', message, location, hint }])
}
