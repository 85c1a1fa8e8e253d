import { UnknownRead } from '../../host/misses.ts'
import type { Unknown } from '../../variables/unknown.ts'

/** What a read gives, or the unknown that it comes to: for what can be passed on without being looked at. */
export function unlessUnknown<Value>(read: () => Value): Value | Unknown {
  try {
    return read()
  } catch (error) {
    if (error instanceof UnknownRead) return error.unknown
    throw error
  }
}
