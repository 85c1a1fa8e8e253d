import { Secret } from '../../variables/secret.ts'
import { Unknown, mergeUnknown } from '../../variables/unknown.ts'
import { list, text } from '../convert.ts'
import { filterNames } from '../filters.ts'
import { membership } from '../filters/sets.ts'
import type { Item } from '../items.ts'
import { compare, contains, equals, truthy } from '../python/compare.ts'
import { keep, plain, type Run, type Routine, type Routines } from '../routine.ts'
import { testNames } from '../tests.ts'

const pair = (holds: (a: Item, b: Item) => boolean): Routine => keep('value other', (_, a, b) => holds(a, b))

const eq = pair(equals)
const ne = pair((a, b) => !equals(a, b))
const lt = pair((a, b) => compare(a, b) < 0)
const le = pair((a, b) => compare(a, b) <= 0)
const gt = pair((a, b) => compare(a, b) > 0)
const ge = pair((a, b) => compare(a, b) >= 0)

const subset: Run = (_, value, other) => list(value).every(membership(list(other)))
const superset: Run = (_, value, other) => list(other).every(membership(list(value)))

/** How values compare, and what they contain. */
export const comparisonTests: Routines = {
  '==': eq,
  eq,
  equalto: eq,
  '!=': ne,
  ne,
  '<': lt,
  lt,
  lessthan: lt,
  '<=': le,
  le,
  '>': gt,
  gt,
  greaterthan: gt,
  '>=': ge,
  ge,
  in: pair((value, container) => contains(container, value)),
  contains: pair((container, value) => contains(container, value)),
  sameas: pair((a, b) => bare(a) === bare(b)),
  all: keep('value', (_, value) => quantified(list(value), false)),
  any: keep('value', (_, value) => quantified(list(value), true)),
  subset: keep('value other', subset),
  issubset: keep('value other', subset),
  superset: keep('value other', superset),
  issuperset: keep('value other', superset),
  filter: plain('value', (_, value) => filterNames().has(text(value))),
  test: plain('value', (_, value) => testNames().has(text(value))),
}

/** `any` when one decides with true, `all` when one decides with false; unknown elements leave it open otherwise. */
function quantified(items: readonly Item[], decisive: boolean): Item {
  const unknowns = items.filter((item) => item instanceof Unknown)
  for (const item of items) if (!(item instanceof Unknown) && truthy(item) === decisive) return decisive
  return unknowns.length > 0 ? mergeUnknown(unknowns) : !decisive
}

function bare(value: Item): Item {
  return value instanceof Secret ? value.reveal() : value
}
