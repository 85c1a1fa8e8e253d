import { DateTime } from './python/datetime.ts'
import { dict, integer, text } from './convert.ts'
import { Bag, Callable, Failure, Undefined, type Item } from './items.ts'
import { entriesOf, isMapping } from './mapping.ts'
import { lookupCall } from './lookups.ts'
import { own } from './owned.ts'
import { truthy } from './python/compare.ts'
import { strftime } from './python/strftime.ts'
import { keep, plain, raw, type Routines } from './routine.ts'

/** The functions that expressions can call without an object, as Ansible has them. */
export const globals: Routines = {
  lookup: raw('name *terms **options', (frame, name, terms, options) => {
    return lookupCall(frame, name, terms as Item[], options as Record<string, Item>, false)
  }),
  query: raw('name *terms **options', (frame, name, terms, options) => {
    return lookupCall(frame, name, terms as Item[], options as Record<string, Item>, true)
  }),
  q: raw('name *terms **options', (frame, name, terms, options) => {
    return lookupCall(frame, name, terms as Item[], options as Record<string, Item>, true)
  }),
  range: plain('start stop? step?', (_, start, stop?: Item, step = 1) => {
    const [from, to] = stop === undefined ? [0, integer(start)] : [integer(start), integer(stop)]
    const by = integer(step)
    if (by === 0) throw new Failure('the step of a range cannot be 0')
    const length = Math.max(0, Math.ceil((to - from) / by))
    if (length > 10_000_000) throw new Failure(`a range of ${length} numbers is too long`)
    return Array.from({ length }, (_unused, index) => from + index * by)
  }),
  dict: keep('pairs? **named', (_, pairs = {}, named = {}) => {
    const entries = isMapping(pairs) ? entriesOf(pairs) : (pairs as [string, Item][])
    return own(Object.fromEntries<Item>([...entries, ...entriesOf(dict(named))])) as Item
  }),
  now: plain('utc? fmt?', (_, utc = false, format = null) => {
    const time = DateTime.at(Date.now(), truthy(utc))
    return format === null ? time : strftime(text(format), time)
  }),
  undef: plain('hint?', (_, hint = null) => {
    return new Undefined(hint === null ? 'Mandatory variable has not been overridden' : text(hint))
  }),
  namespace: raw('initial? **named', (_, initial = {}, named = {}) => {
    const given: [string, Item][] = [...entriesOf(dict(initial)), ...entriesOf(dict(named))]
    return new Namespace(given)
  }),
  cycler: raw('*items', (_, items) => new Cycler(items as Item[])),
  joiner: raw('separator?', (_, separator = ', ') => {
    let used = false
    return new Callable('joiner', () => {
      if (used) return separator
      used = true
      return ''
    })
  }),
}

/** `namespace()`: what a loop's body can set and the text after the loop can read. */
export class Namespace extends Bag {
  readonly type = 'namespace'
  readonly values: Map<string, Item>

  constructor(entries: Iterable<readonly [string, Item]>) {
    super()
    this.values = new Map(entries)
  }

  get(name: string): Item | undefined {
    return this.values.get(name)
  }
}

class Cycler extends Bag {
  readonly type = 'cycler'
  readonly #items: readonly Item[]
  #position = 0

  constructor(items: readonly Item[]) {
    super()
    if (items.length === 0) throw new Failure('at least one item is needed')
    this.#items = items
  }

  get(name: string): Item | undefined {
    if (name === 'current') return this.#items[this.#position]
    if (name === 'next') {
      return new Callable('next', () => {
        const item = this.#items[this.#position]!
        this.#position = (this.#position + 1) % this.#items.length
        return item
      })
    }
    if (name !== 'reset') return undefined
    return new Callable('reset', () => {
      this.#position = 0
      return null
    })
  }
}
