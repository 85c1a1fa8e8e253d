import { formatDiagnostics } from '../source/format.ts'
import { SourceError } from '../source/diagnostic.ts'
import { escapeText } from '../reports/escape.ts'

/** The exit codes of the program. */
export const EXIT = {
  done: 0,
  unexpected: 1,
  failed: 2,
  unreadable: 4,
  options: 5,
  pending: 10,
  interrupted: 99,
} as const

/** A message for the user that is no fault of the program, and its exit code. */
export class UserError extends Error {
  override readonly name = 'UserError'
  readonly exitCode: number

  constructor(message: string, exitCode: number = EXIT.options) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Prints what ended the program, as a message and never as a stack trace (unless REHEARSAL_DEBUG asks for one), and says the exit code. */
export function fatal(error: unknown): number {
  if (isCommanderExit(error)) return error.exitCode === 0 ? EXIT.done : EXIT.options
  if (error instanceof SourceError) {
    process.stderr.write(
      `${formatDiagnostics(error.diagnostics, { color: process.stderr.hasColors?.() ?? false })}\n`,
    )
    return EXIT.unreadable
  }
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(`error: ${escapeText(message)}\n`)
  if (process.env['REHEARSAL_DEBUG'] && error instanceof Error)
    process.stderr.write(`${escapeText(error.stack ?? '')}\n`)
  if (error instanceof UserError) return error.exitCode
  if (error instanceof Error && error.name === 'SandboxError') return EXIT.unreadable
  return EXIT.unexpected
}

function isCommanderExit(error: unknown): error is Error & { exitCode: number; code: string } {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('commander.')
}
