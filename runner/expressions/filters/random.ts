import { integer, list, text } from '../convert.ts'
import { Failure, Undefined, type Item } from '../items.ts'
import { numeric, typeName } from '../python/numbers.ts'
import { PythonRandom } from '../python/random.ts'
import { keep, plain, type Routines } from '../routine.ts'

/** Chance; the same chance each time when there is a seed. */
export const randomFilters: Routines = {
  random: keep('value start? step? seed?', (_, value, start = null, step = null, seed?: Item) => {
    const chance = new PythonRandom(seed)
    if (numeric(value) !== undefined) {
      const from = start === null ? 0 : integer(start)
      const by = step === null ? 1 : integer(step)
      return from + by * chance.below(Math.ceil((integer(value) - from) / by))
    }
    if (start !== null || step !== null)
      throw new Failure('start and step can only be used with integer values')
    if (!Array.isArray(value) && typeof value !== 'string') {
      throw new Failure(`random can only be used on sequences and integers, got ${typeName(value)}`)
    }
    const items = list(value)
    if (items.length === 0) return new Undefined('there is no random item: the list is empty')
    return items[chance.below(items.length)]!
  }),
  shuffle: keep('value seed?', (_, value, seed?: Item) =>
    Array.isArray(value) || typeof value === 'string' ? new PythonRandom(seed).shuffle(list(value)) : value,
  ),
  random_mac: plain('value seed?', (_, value, seed?: Item) => {
    const prefix = text(value).toLowerCase().replace(/:$/, '')
    const parts = prefix.split(':')
    if (parts.length > 5 || !parts.every((part) => /^[\da-f]{2}$/.test(part))) {
      throw new Failure(
        `'${text(value)}' is no start of a MAC address`,
        'write up to five pairs of digits: `52:54:00`',
      )
    }
    const digits = (0x1000000000 + new PythonRandom(seed).below(0x10000000000 - 0x1000000000)).toString(16)
    return [...parts, ...digits.match(/../g)!.slice(0, 6 - parts.length)].join(':')
  }),
}
