import type { Surroundings } from '../variables/scope.ts'
import { Unknown } from '../variables/unknown.ts'
import { text } from './convert.ts'
import { UndefinedVariable } from './errors.ts'
import type { Frame } from './frame.ts'
import { Failure, Undefined, UndefinedFailure, type Item } from './items.ts'
import { commandLookups } from './lookups/commands.ts'
import { fileLookups } from './lookups/files.ts'
import { inventoryLookups } from './lookups/inventory.ts'
import { listLookups } from './lookups/lists.ts'
import { passwordLookups } from './lookups/password.ts'
import { tableLookups } from './lookups/tables.ts'
import { variableLookups } from './lookups/variables.ts'
import { missingPlugin } from './missing-plugin.ts'
import { bareName } from './plugin-name.ts'
import { truthy } from './python/compare.ts'
import { invoke, type Routine, type Routines } from './routine.ts'
import { SourceError } from '../source/diagnostic.ts'

// Some of the tables reach back to the evaluator (`template`), so they are put together on first use.
const tables = (): readonly Routines[] => [
  fileLookups,
  variableLookups,
  listLookups,
  tableLookups,
  commandLookups,
  passwordLookups,
  inventoryLookups,
]
let all: ReadonlyMap<string, Routine> | undefined

/** A lookup by its short or full name. @throws Failure when there is none. */
export function lookupNamed(name: string, surroundings?: Surroundings): Routine {
  all ??= new Map(tables().flatMap((table) => Object.entries(table)))
  const routine = all.get(bareName(name))
  if (routine === undefined) throw missingPlugin('lookup', name, all.keys(), surroundings)
  return routine
}

/**
 * `lookup(name, …)` and `query(name, …)`. A lookup gives a list; `lookup` joins texts with commas and takes a lone
 * value out of its list. `errors='ignore'` and `errors='warn'` give nothing in place of an error.
 */
export function lookupCall(
  frame: Frame,
  name: Item,
  terms: readonly Item[],
  options: Readonly<Record<string, Item>>,
  asList: boolean,
): Item {
  const { wantlist = asList, errors = 'strict', ...rest } = options
  if (name instanceof Unknown) return name
  const lookup = text(name, 'name of the lookup')
  const routine = lookupNamed(lookup, frame.evaluation.scope.surroundings)
  let result: Item
  try {
    result = invoke(routine, terms, rest, frame)
    if (result instanceof Undefined) return result
  } catch (error) {
    const tolerated =
      error instanceof Failure || (error instanceof SourceError && !(error instanceof UndefinedVariable))
    if (tolerated && errors !== 'strict') return truthy(wantlist) ? [] : null
    if (error instanceof UndefinedFailure) throw error
    if (error instanceof Failure)
      throw new Failure(`lookup '${lookup}': ${error.message}`, error.hint, error.words)
    throw error
  }
  return truthy(wantlist) ? result : joined(result)
}

function joined(result: Item): Item {
  if (!Array.isArray(result) || result.length === 0) return result
  if (result.length === 1) return result[0]!
  return result.every((item) => typeof item === 'string') ? result.join(',') : result
}
