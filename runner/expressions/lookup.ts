import type { Location } from '../source/location.ts'
import type { Scope } from '../variables/scope.ts'
import { Unknown } from '../variables/unknown.ts'
import type { Value } from '../variables/value.ts'
import { Evaluation } from './evaluation.ts'
import { Failure, type Item } from './items.ts'
import { lookupNamed } from './lookups.ts'
import { invoke } from './routine.ts'

/**
 * The items of a `with_<name>:` loop: the lookup's list for the terms as they were written.
 *
 * @returns an Unknown when the terms depend on one.
 * @throws UndefinedVariable, SourceError
 */
export function runLookup(name: string, terms: Value, scope: Scope, location: Location): Value[] | Unknown {
  const evaluation = new Evaluation(scope)
  const result = evaluation.within({ source: '', location }, undefined, (frame) => {
    const routine = lookupNamed(name, scope.surroundings)
    // A raw lookup (`first_found`) copes with terms that mention something undefined, each for itself.
    const value = routine.mode === 'raw' && Array.isArray(terms) ? terms : evaluation.settle(terms)
    const given: Item[] = Array.isArray(value) ? value : [value]
    return invoke(routine, given, {}, frame)
  })
  const items = evaluation.finish(result, location)
  if (Array.isArray(items) || items instanceof Unknown) return items
  throw new Failure(`the lookup '${name}' gave no list`)
}
