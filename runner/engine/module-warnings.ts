import type { Dict, Value } from '../variables/value.ts'
import type { Run } from './run.ts'

const told = new WeakMap<Run, Set<string>>()

/** The warnings in a result that the run has not heard of yet; from now on it has. */
export function newWarnings(run: Run, result: Readonly<Dict>): string[] {
  const known = told.get(run) ?? new Set<string>()
  told.set(run, known)
  const found = textsOf(result['warnings']).filter((text) => !known.has(text))
  for (const text of found) known.add(text)
  return found
}

function textsOf(warnings: Value | undefined): string[] {
  return Array.isArray(warnings) ? warnings.filter((each): each is string => typeof each === 'string') : []
}
