import type { Diagnostic } from '../source/diagnostic.ts'
import type { Location } from '../source/location.ts'
import { locate } from '../source/positions.ts'
import { isDict, own, type Dict } from '../variables/value.ts'
import { suggestion } from '../source/nearest.ts'

const SUITES = ['bookworm', 'trixie']

/** What is wrong with a host's `sandbox` variable: it is true, false, nothing, or `{ suite: bookworm }`. */
export function checkSandbox(variables: Dict): Diagnostic[] {
  const value = own(variables, 'sandbox')
  if (value === undefined || value === null || typeof value === 'boolean') return []
  if (!isDict(value)) {
    const message = 'sandbox must be true or a dictionary with a suite'
    return [error(message, locate(variables, 'sandbox'), 'write `sandbox: true`')]
  }
  return Object.entries(value).flatMap(([key, entry]) => {
    if (key !== 'suite') {
      const message = `sandbox has no key '${key}', only suite`
      return [error(message, locate(value, key, 'key'), suggestion(key, ['suite']) ?? 'remove it')]
    }
    if (typeof entry === 'string' && SUITES.includes(entry)) return []
    const hint = typeof entry === 'string' ? suggestion(entry, SUITES) : undefined
    return [error(`suite must be ${SUITES.join(' or ')}`, locate(value, key), hint)]
  })
}

function error(message: string, location?: Location, hint?: string): Diagnostic {
  return { severity: 'error', message, location, hint }
}
