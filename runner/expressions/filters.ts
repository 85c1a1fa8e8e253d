import type { Surroundings } from '../variables/scope.ts'
import { missingPlugin } from './missing-plugin.ts'
import { basicFilters } from './filters/basic.ts'
import { dataFilters } from './filters/data.ts'
import { dateFilters } from './filters/dates.ts'
import { dictFilters } from './filters/dicts.ts'
import { hashFilters } from './filters/hash.ts'
import { listFilters } from './filters/lists.ts'
import { markupFilters } from './filters/markup.ts'
import { netFilters } from './filters/net.ts'
import { queryFilters } from './filters/query.ts'
import { numberFilters } from './filters/numbers.ts'
import { pathFilters } from './filters/paths.ts'
import { randomFilters } from './filters/random.ts'
import { regexFilters } from './filters/regex.ts'
import { selectFilters } from './filters/select.ts'
import { setFilters } from './filters/sets.ts'
import { textFilters } from './filters/text.ts'
import { urlFilters } from './filters/url.ts'
import { vaultFilters } from './filters/vault.ts'
import { bareName } from './plugin-name.ts'
import type { Routine, Routines } from './routine.ts'

// Some of the tables reach back to this one (`map`, `select`), so they are put together on first use.
const tables = (): readonly Routines[] => [
  basicFilters,
  textFilters,
  listFilters,
  selectFilters,
  setFilters,
  dictFilters,
  regexFilters,
  dataFilters,
  hashFilters,
  pathFilters,
  numberFilters,
  dateFilters,
  randomFilters,
  urlFilters,
  markupFilters,
  vaultFilters,
  netFilters,
  queryFilters,
]
let all: Map<string, Routine> | undefined

/** Every filter by its short name. */
export function filterNames(): ReadonlyMap<string, Routine> {
  return (all ??= new Map(tables().flatMap((table) => Object.entries(table))))
}

/** A filter by its short or full name. @throws Failure when there is none. */
export function filterNamed(name: string, surroundings?: Surroundings): Routine {
  const known = filterNames()
  const routine = known.get(bareName(name))
  if (routine === undefined) throw missingPlugin('filter', name, known.keys(), surroundings)
  return routine
}
