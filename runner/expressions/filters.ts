import { didYouMean } from './nearest.ts'
import { Failure } from './items.ts'
import { bareName } from './pluginName.ts'
import { basicFilters } from './filters/basic.ts'
import { textFilters } from './filters/text.ts'
import { dictFilters } from './filters/dicts.ts'
import { listFilters } from './filters/lists.ts'
import { selectFilters } from './filters/select.ts'
import { setFilters } from './filters/sets.ts'
import type { Routine, Routines } from './routine.ts'

// Some of the tables reach back to this one (`map`, `select`), so they are put together on first use.
const tables = (): readonly Routines[] => [
  basicFilters,
  textFilters,
  listFilters,
  selectFilters,
  setFilters,
  dictFilters,
]
let all: Map<string, Routine> | undefined

/** Every filter by its short name. */
export function filterNames(): ReadonlyMap<string, Routine> {
  return (all ??= new Map(tables().flatMap((table) => Object.entries(table))))
}

/** A filter by its short or full name. @throws Failure when there is none. */
export function filterNamed(name: string): Routine {
  const known = filterNames()
  const routine = known.get(bareName(name))
  if (routine === undefined)
    throw new Failure(`there is no filter '${name}'`, didYouMean(bareName(name), known.keys()))
  return routine
}
