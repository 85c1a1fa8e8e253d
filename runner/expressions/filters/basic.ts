import { Secret } from '../../variables/secret.ts'
import { Unknown } from '../../variables/unknown.ts'
import { asText, integer, list, text } from '../convert.ts'
import { Failure, inAnsiblesWords, Float, Undefined, float, otherwise, type Item } from '../items.ts'
import { attribute } from '../members.ts'
import { isMapping, keysOf } from '../mapping.ts'
import { truthy } from '../python/compare.ts'
import { isFloat, numeric, roundHalfEven, typeName } from '../python/numbers.ts'
import { keep, plain, raw, type Run, type Routines } from '../routine.ts'

const orDefault: Run = (frame, value, fallback = '', boolean = false) => {
  if (value instanceof Undefined) return fallback
  const settled = boolean === true || truthy(boolean) ? frame.evaluation.settle(value) : value
  if (settled === value && boolean === false) return value
  return settled instanceof Unknown || truthy(settled) ? settled : fallback
}

const size: Run = (_, value) => {
  const plainValue = value instanceof Secret ? value.reveal() : value
  if (value instanceof Undefined) throw value.fail()
  if (plainValue instanceof Unknown) return plainValue
  if (typeof plainValue === 'string') return Array.from(plainValue).length
  if (Array.isArray(plainValue)) return plainValue.length
  if (isMapping(plainValue)) return keysOf(plainValue).length
  throw new Failure(`a ${typeName(plainValue)} has no length`)
}

/** Defaults, conversions and numbers. */
export const basicFilters: Routines = {
  default: raw('value default_value? boolean?', orDefault),
  d: raw('value default_value? boolean?', orDefault),
  mandatory: raw('value msg?', (frame, value, message = null) => {
    if (!(value instanceof Undefined)) return value
    if (message !== null) throw inAnsiblesWords(asText(frame.evaluation.settle(message)))
    const [, name] = /^'(.*?)' is undefined/.exec(value.message) ?? []
    // With two blanks, as Ansible has it.
    const words = name === undefined ? undefined : `Mandatory variable '${name}'  not defined.`
    throw new Failure(`Mandatory variable ${value.message}`, value.hint?.(), words)
  }),
  ternary: raw('value true_val false_val none_val?', (frame, given, whenTrue, whenFalse, whenNone = null) => {
    if (given instanceof Undefined) throw given.fail()
    const value = frame.evaluation.settle(given)
    if (value === null && whenNone !== null) return whenNone
    return truthy(value) ? whenTrue : whenFalse
  }),
  bool: plain('value', (_, value) => {
    if (value === null || typeof value === 'boolean') return value
    if (typeof value === 'string') return ['yes', 'on', '1', 'true'].includes(value.toLowerCase())
    return numeric(value) === 1
  }),
  int: plain(
    'value default? base?',
    (_, value, fallback = 0, base = 10) => toInteger(value, integer(base)) ?? fallback,
  ),
  float: plain('value default?', (_, value, fallback = 0) => {
    const found = typeof value === 'string' ? parseFloatText(value) : numeric(value)
    if (found !== undefined) return float(found)
    return typeof fallback === 'number' ? float(fallback) : fallback
  }),
  string: plain('value', (_, value) => asText(value)),
  length: raw('value', size),
  count: raw('value', size),
  list: keep('value', (_, value) => list(value).slice()),
  abs: plain('value', (_, value) => {
    const found = numeric(value)
    if (found === undefined) throw new Failure(`a ${typeName(value)} has no absolute value`)
    return value instanceof Float ? new Float(Math.abs(found)) : Math.abs(found)
  }),
  round: plain('value precision? method?', (_, value, precision = 0, method = 'common') => {
    const found = numeric(value)
    if (found === undefined)
      throw new Failure(`cannot round a ${typeName(value)}`, 'convert it with `| float`')
    const digits = integer(precision)
    const scaled = (rounding: (value: number) => number) => rounding(found * 10 ** digits) / 10 ** digits
    if (method === 'ceil') return float(scaled(Math.ceil))
    if (method === 'floor') return float(scaled(Math.floor))
    if (method !== 'common') throw new Failure("the method must be 'common', 'ceil' or 'floor'")
    return isFloat(value) ? float(roundHalfEven(found, digits)) : roundHalfEven(found, Math.min(digits, 0))
  }),
  attr: keep('value name', (frame, value, name) => {
    return otherwise(
      attribute(value, text(name), frame),
      () => new Undefined(`there is no attribute '${text(name)}'`),
    )
  }),
  type_debug: raw('value', (frame, value) => {
    if (value instanceof Undefined) return 'AnsibleUndefined'
    const settled = frame.evaluation.settle(value)
    if (settled instanceof Unknown) return settled
    return typeName(settled instanceof Secret ? settled.reveal() : settled)
  }),
}

function toInteger(value: Item, base: number): number | undefined {
  const found = numeric(value)
  if (found !== undefined) return Number.isFinite(found) ? Math.trunc(found) : undefined
  if (typeof value !== 'string') return undefined
  const [, sign = '', digits = ''] = /^\s*([-+]?)(.*?)\s*$/s.exec(value)!
  const bare = digits.replace(/(?<=[\da-zA-Z])_(?=[\da-zA-Z])/g, '')
  const { radix, body } = withoutPrefix(bare, base)
  const allowed = '0123456789abcdefghijklmnopqrstuvwxyz'.slice(0, radix)
  if (body !== '' && Array.from(body.toLowerCase()).every((digit) => allowed.includes(digit))) {
    return Number.parseInt(body, radix) * (sign === '-' ? -1 : 1)
  }
  const asFloat = parseFloatText(value)
  return asFloat === undefined || !Number.isFinite(asFloat) ? undefined : Math.trunc(asFloat)
}

function withoutPrefix(digits: string, base: number): { radix: number; body: string } {
  const prefixes: Record<string, number> = { '0x': 16, '0o': 8, '0b': 2 }
  const named = prefixes[digits.slice(0, 2).toLowerCase()]
  if (named !== undefined && (base === named || base === 0)) return { radix: named, body: digits.slice(2) }
  return { radix: base === 0 ? 10 : base, body: digits }
}

function parseFloatText(value: string): number | undefined {
  const word = value.trim().toLowerCase()
  if (/^[-+]?(?:inf|infinity)$/.test(word)) return word.startsWith('-') ? -Infinity : Infinity
  if (/^[-+]?nan$/.test(word)) return Number.NaN
  return /^[-+]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:e[-+]?\d+)?$/.test(word)
    ? Number(word.replaceAll('_', ''))
    : undefined
}
