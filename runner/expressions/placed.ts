import { sourceError, SourceError } from '../source/diagnostic.ts'
import { UndefinedVariable, locate } from './errors.ts'
import type { Spot } from './frame.ts'
import { SyntaxFailure } from './grammar/lexer.ts'
import { Failure, UndefinedFailure } from './items.ts'

/** The error with its place, if it does not have one yet. */
export function placed(error: unknown, { origin, at }: Spot): unknown {
  if (error instanceof SourceError) return error
  if (error instanceof UndefinedFailure) {
    const { message, hint, item } = error
    return new UndefinedVariable({
      severity: 'error',
      message,
      hint,
      location: locate(origin, item.at ?? at),
    })
  }
  if (error instanceof Failure) {
    const { message, hint, words } = error
    return new SourceError([{ severity: 'error', message, hint, words, location: locate(origin, at) }])
  }
  if (error instanceof SyntaxFailure)
    return sourceError(error.message, locate(origin, error.offset), error.hint)
  if (error instanceof RangeError && error.message.includes('call stack')) {
    return sourceError('this is nested too deeply', locate(origin, at))
  }
  return error
}
