/**
 * Thrown where a computation cannot go on yet: something has to be read, or others have to be waited for. Whoever
 * computes sees to it and computes again; nobody between takes it for a mistake.
 */
export class NotYet extends Error {
  constructor(message?: string) {
    // Many are thrown in a run, and nobody asks where: the trace would cost more than all else.
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    super(message)
    Error.stackTraceLimit = stackTraceLimit
  }
}
