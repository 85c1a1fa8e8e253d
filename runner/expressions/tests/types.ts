import { Secret } from '../../variables/secret.ts'
import { Callable, Undefined, type Item } from '../items.ts'
import { isMapping } from '../mapping.ts'
import { truthy } from '../python/compare.ts'
import { isFloat, numeric } from '../python/numbers.ts'
import { asText, booleanWord, integer, number } from '../convert.ts'
import { keep, plain, raw, type Routines } from '../routine.ts'

/** What a value is. */
export const typeTests: Routines = {
  defined: raw('value', (_, value) => !(value instanceof Undefined)),
  undefined: raw('value', (_, value) => value instanceof Undefined),
  none: keep('value', (_, value) => value === null),
  boolean: keep('value', (_, value) => typeof bare(value) === 'boolean'),
  true: keep('value', (_, value) => bare(value) === true),
  false: keep('value', (_, value) => bare(value) === false),
  string: keep('value', (_, value) => typeof bare(value) === 'string'),
  number: keep('value', (_, value) => numeric(bare(value)) !== undefined),
  integer: keep('value', (_, value) => typeof bare(value) === 'number' && !isFloat(bare(value))),
  float: keep('value', (_, value) => isFloat(bare(value))),
  mapping: keep('value', (_, value) => isMapping(value)),
  sequence: keep(
    'value',
    (_, value) => typeof bare(value) === 'string' || Array.isArray(value) || isMapping(value),
  ),
  iterable: keep(
    'value',
    (_, value) => typeof bare(value) === 'string' || Array.isArray(value) || isMapping(value),
  ),
  callable: raw('value', (_, value) => value instanceof Callable),
  escaped: keep('value', () => false),
  nan: plain('value', (_, value) => Number.isNaN(numeric(value))),
  isnan: plain('value', (_, value) => Number.isNaN(numeric(value))),
  truthy: keep('value convert_bool?', (_, value, convert = false) => truthiness(value, convert)),
  falsy: keep('value convert_bool?', (_, value, convert = false) => !truthiness(value, convert)),
  even: plain('value', (_, value) => integer(value) % 2 === 0),
  odd: plain('value', (_, value) => integer(value) % 2 !== 0),
  divisibleby: plain('value num', (_, value, by) => number(value) % number(by) === 0),
  lower: plain('value', (_, value) => isCase(value, 'lower')),
  upper: plain('value', (_, value) => isCase(value, 'upper')),
  // What was vaulted is decrypted when it is read, and known by its mark from then on.
  vault_encrypted: raw('value', (frame, value) => frame.evaluation.resolve(value) instanceof Secret),
}

function bare(value: Item): Item {
  return value instanceof Secret ? value.reveal() : value
}

function truthiness(value: Item, convert: Item): boolean {
  const word = truthy(convert) ? booleanWord(value) : undefined
  return word ?? truthy(value)
}

function isCase(value: Item, which: 'lower' | 'upper'): boolean {
  const text = asText(value)
  const changed = which === 'lower' ? text.toLowerCase() : text.toUpperCase()
  return text === changed && text.toLowerCase() !== text.toUpperCase()
}
