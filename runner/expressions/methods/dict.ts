import { Secret } from '../../variables/secret.ts'
import { Unknown } from '../../variables/unknown.ts'
import type { Dict, Value } from '../../variables/value.ts'
import { asText, dict } from '../convert.ts'
import { Failure, tuple, type Item } from '../items.ts'
import { entriesOf, getKey, isMapping, keysOf, toDict, type Mapping } from '../mapping.ts'
import { own, requireOwned } from '../owned.ts'
import { raw, type Routines } from '../routine.ts'

/** The methods of Python's `dict`. Those that change it work on dictionaries made in the same text only. */
export const dictMethods: Routines = {
  clear: raw('self', (_, self) => {
    const target = change(self, 'clear')
    for (const key of Object.keys(target)) delete target[key]
    return null
  }),
  copy: raw('self', (_, self) => own({ ...toDict(mapping(self)) })),
  get: raw('self key default?', (frame, self, key, fallback = null) => {
    if (key instanceof Unknown) return key
    const value = getKey(mapping(self), keyOf(key))
    return value === undefined ? fallback : frame.evaluation.resolve(value)
  }),
  items: raw('self', (frame, self) =>
    entriesOf(mapping(self)).map(([key, value]) => tuple([key, frame.evaluation.settle(value)])),
  ),
  keys: raw('self', (_, self) => keysOf(mapping(self))),
  pop: raw('self key default?', (_, self, key, fallback?: Item) => {
    const target = change(self, 'pop')
    const known: Item | undefined = getKey(target, keyOf(key))
    const value = known === undefined ? fallback : known
    if (value === undefined) throw new Failure(`there is no key '${keyOf(key)}'`)
    delete target[keyOf(key)]
    return value
  }),
  setdefault: raw('self key default?', (_, self, key, fallback = null) => {
    const known = getKey(mapping(self), keyOf(key))
    if (known !== undefined) return known
    put(change(self, 'setdefault'), keyOf(key), fallback)
    return fallback
  }),
  update: raw('self other? **named', (frame, self, other = {}, named = {}) => {
    const target = change(self, 'update')
    const pairs = isMapping(other) ? entriesOf(other) : (frame.evaluation.settle(other) as [string, Value][])
    for (const [key, value] of [...pairs, ...entriesOf(dict(named))]) put(target, key, value)
    return null
  }),
  values: raw('self', (frame, self) =>
    entriesOf(mapping(self)).map(([, value]) => frame.evaluation.settle(value) as Value),
  ),
}

function mapping(self: Item): Mapping {
  if (!isMapping(self)) throw new Failure('this is no dictionary')
  return self
}

function keyOf(key: Item): string {
  return key instanceof Secret ? String(key.reveal()) : asText(key)
}

function change(self: Item, method: string): Dict {
  const target = mapping(self)
  requireOwned(target, method)
  return target as Dict
}

/** Assignment that makes an own property of every key, `__proto__` too. */
function put(target: Dict, key: string, value: Item): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
}
