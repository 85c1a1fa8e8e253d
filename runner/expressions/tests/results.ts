import { Unknown } from '../../variables/unknown.ts'
import type { Value } from '../../variables/value.ts'
import { Failure, UnknownMet, type Item } from '../items.ts'
import { getKey, isMapping, type Mapping } from '../mapping.ts'
import { equals, truthy } from '../python/compare.ts'
import { typeName } from '../python/numbers.ts'
import { keep, type Routine, type Routines } from '../routine.ts'

/** A test over the registered result of a task. */
function result(holds: (result: Mapping) => boolean): Routine {
  return keep('value', (_, value) => {
    if (!isMapping(value)) {
      throw new Failure(
        `needs the registered result of a task, got ${typeName(value)}`,
        'test the variable that `register` names',
      )
    }
    return holds(value)
  })
}

const flag = (name: string) => (value: Mapping) => truthy(getKey(value, name) ?? false)

const failed = result(flag('failed'))
const succeeded = result((value) => !flag('failed')(value))
const skipped = result(flag('skipped'))
const changed = result((value) => {
  const own = getKey(value, 'changed')
  if (own !== undefined) return truthy(own)
  const results = getKey(value, 'results')
  if (results instanceof Unknown) throw new UnknownMet(results)
  return Array.isArray(results) && results.some((one: Value) => isMapping(one) && flag('changed')(one))
})

/** How a task went. */
export const resultTests: Routines = {
  failed,
  failure: failed,
  succeeded,
  success: succeeded,
  successful: succeeded,
  changed,
  change: changed,
  skipped,
  skip: skipped,
  reachable: result((value) => !flag('unreachable')(value)),
  unreachable: result(flag('unreachable')),
  timedout: result((value) => {
    const timedout = getKey(value, 'timedout')
    if (timedout === undefined || timedout === null || timedout === false) return false
    return isMapping(timedout) ? truthy(getKey(timedout, 'period') ?? false) : truthy(timedout)
  }),
  started: result((value) => isOne(getKey(value, 'started'))),
  finished: result((value) => isOne(getKey(value, 'finished'))),
}

/** Only async tasks have the field; any other has long been through. */
function isOne(item: Item | undefined): boolean {
  return item === undefined || equals(item, 1)
}
