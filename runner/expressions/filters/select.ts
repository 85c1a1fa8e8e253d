import type { Value } from '../../variables/value.ts'
import { attributeReader, requiredAttribute } from '../attributes.ts'
import { list, text } from '../convert.ts'
import { filterNamed } from '../filters.ts'
import type { Frame } from '../frame.ts'
import { Failure, Undefined, UnknownMet, tuple, type Item } from '../items.ts'
import { Unknown } from '../../variables/unknown.ts'
import { compare, equals, truthy } from '../python/compare.ts'
import { keep, type Named, type Routines } from '../routine.ts'
import { testNamed } from '../tests.ts'
import { folded } from './lists.ts'

/** Filters that apply another filter or a test to each element. */
export const selectFilters: Routines = {
  map: keep('value *args **named', (frame, value, args, named) => {
    const [name, ...rest] = args as Item[]
    const options = named as Record<string, Item>
    if (name === undefined) {
      const { attribute, default: fallback, ...extra } = options
      if (attribute === undefined) throw new Failure('needs the name of a filter, or `attribute=`')
      const [unknownOption] = Object.keys(extra)
      if (unknownOption !== undefined) throw new Failure(`has no argument '${unknownOption}'`)
      const read = attributeReader(attribute, frame, fallback)
      return list(value).map((item) => (item instanceof Unknown ? item : (read(item) as Value)))
    }
    const routine = filterNamed(text(name, 'name of the filter'), frame.evaluation.scope.surroundings)
    return list(value).map((item) => frame.evaluation.call(routine, [item, ...rest], options, frame) as Value)
  }),
  select: keep('value *args **named', (frame, value, args, named) =>
    list(value).filter(chooser(frame, args as Item[], named as Named, true)),
  ),
  reject: keep('value *args **named', (frame, value, args, named) =>
    list(value).filter(chooser(frame, args as Item[], named as Named, false)),
  ),
  selectattr: keep('value attribute *args **named', (frame, value, attribute, args, named) => {
    const read = attributeReader(attribute, frame)
    const choose = chooser(frame, args as Item[], named as Named, true)
    return list(value).filter((item) => choose(item instanceof Unknown ? item : read(item)))
  }),
  rejectattr: keep('value attribute *args **named', (frame, value, attribute, args, named) => {
    const read = attributeReader(attribute, frame)
    const choose = chooser(frame, args as Item[], named as Named, false)
    return list(value).filter((item) => choose(item instanceof Unknown ? item : read(item)))
  }),
  groupby: keep(
    'value attribute default? case_sensitive?',
    (frame, value, attribute, fallback?, caseSensitive?) => {
      const read = requiredAttribute(attribute, frame, fallback)
      const sensitive = caseSensitive !== undefined && truthy(caseSensitive)
      const keyed = list(value).map((item): { item: Value; key: Item } => ({ item, key: read(item) }))
      keyed.sort((a, b) => compare(folded(a.key, sensitive), folded(b.key, sensitive)))
      const groups: { key: Item; items: Value[] }[] = []
      for (const { item, key } of keyed) {
        const last = groups.at(-1)
        if (last !== undefined && equals(folded(last.key, sensitive), folded(key, sensitive)))
          last.items.push(item)
        else groups.push({ key, items: [item] })
      }
      return groups.map(({ key, items }) => tuple([key, items]))
    },
  ),
}

/** Whether an element passes the named test, or is true without one. @throws UnknownMet */
function chooser(
  frame: Frame,
  args: readonly Item[],
  named: Named,
  wanted: boolean,
): (item: Item) => boolean {
  const [name, ...rest] = args
  if (name === undefined) {
    return (item) => {
      if (item instanceof Undefined) throw item.fail()
      return truthy(item) === wanted
    }
  }
  const routine = testNamed(text(name, 'name of the test'), frame.evaluation.scope.surroundings)
  return (item) => {
    const result = frame.evaluation.call(routine, [item, ...rest], named, frame)
    if (result instanceof Unknown) throw new UnknownMet(result)
    return truthy(result) === wanted
  }
}
