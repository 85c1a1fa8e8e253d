import type { Surroundings } from '../variables/scope.ts'
import { missingPlugin } from './missing-plugin.ts'
import { bareName } from './plugin-name.ts'
import type { Routine, Routines } from './routine.ts'
import { comparisonTests } from './tests/comparison.ts'
import { fileTests } from './tests/files.ts'
import { regexTests } from './tests/regex.ts'
import { resultTests } from './tests/results.ts'
import { uriTests } from './tests/uri.ts'
import { versionTests } from './tests/version.ts'
import { typeTests } from './tests/types.ts'

// Some of the tables reach back to this one (`map`, `select`), so they are put together on first use.
const tables = (): readonly Routines[] => [
  typeTests,
  comparisonTests,
  regexTests,
  resultTests,
  versionTests,
  fileTests,
  uriTests,
]
let all: Map<string, Routine> | undefined

/** Every test by its short name. */
export function testNames(): ReadonlyMap<string, Routine> {
  return (all ??= new Map(tables().flatMap((table) => Object.entries(table))))
}

/** A test by its short or full name. @throws Failure when there is none. */
export function testNamed(name: string, surroundings?: Surroundings): Routine {
  const known = testNames()
  const routine = known.get(bareName(name))
  if (routine === undefined) throw missingPlugin('test', name, known.keys(), surroundings)
  return routine
}
