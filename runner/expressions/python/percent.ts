import { Failure, isTuple, type Item } from '../items.ts'
import { getKey, isMapping } from '../mapping.ts'
import { formatSpec, type Spec } from './format.ts'
import { numeric, typeName } from './numbers.ts'
import { repr, str } from './text.ts'

const directive = /%(?:\(([^)]*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+))?[hlL]?(.|$)/gs

/** Python's `text % values`. */
export function percentFormat(format: string, values: Item): string {
  const positional: Item[] = isTuple(values) ? values : [values]
  let used = 0
  let byName = false
  const take = () => {
    if (used >= positional.length) throw new Failure('not enough values for the format string')
    return positional[used++]!
  }
  const text = format.replace(
    directive,
    (_, key: string | undefined, flags: string, width?: string, precision?: string, type = '') => {
      if (type === '%') return '%'
      let value: Item
      const size = width === '*' ? integer(take()) : width === undefined ? undefined : Number(width)
      const digits =
        precision === '*' ? integer(take()) : precision === undefined ? undefined : Number(precision)
      if (key === undefined) value = take()
      else {
        byName = true
        if (!isMapping(values)) throw new Failure(`'%(${key})' needs a dictionary, got ${typeName(values)}`)
        const found = getKey(values, key)
        if (found === undefined) throw new Failure(`the format string names '${key}', which is not there`)
        value = found
      }
      return one(type, flags, size, digits, value)
    },
  )
  if (!byName && used < positional.length && !(positional.length === 1 && isMapping(values))) {
    throw new Failure('not all values were used by the format string')
  }
  return text
}

function one(
  type: string,
  flags: string,
  width: number | undefined,
  digits: number | undefined,
  value: Item,
): string {
  const left = flags.includes('-')
  const spec: Spec = {
    fill: flags.includes('0') && !left && type !== 's' && type !== 'r' ? '0' : ' ',
    align: left ? '<' : flags.includes('0') && 'diouxXeEfFgG'.includes(type) ? '=' : '>',
    sign: flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '-',
    alternate: flags.includes('#'),
    width,
    grouping: '',
    precision: digits,
    type: '',
  }
  switch (type) {
    case 's':
      return formatSpec({ ...spec, type: 's' }, str(value))
    case 'r':
    case 'a':
      return formatSpec({ ...spec, type: 's' }, repr(value))
    case 'c':
      return formatSpec(
        { ...spec, type: 's' },
        typeof value === 'number' ? String.fromCodePoint(value) : str(value),
      )
    case 'd':
    case 'i':
    case 'u':
      return formatSpec({ ...spec, precision: undefined, type: 'd' }, Math.trunc(number(value, type)))
    case 'x':
    case 'X':
    case 'o':
      return formatSpec({ ...spec, precision: undefined, type }, number(value, type))
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
      return formatSpec({ ...spec, type }, number(value, type))
    default:
      throw new Failure(`'%${type}' is no format`, 'write `%%` for a percent sign')
  }
}

function number(value: Item, type: string): number {
  const found = numeric(value)
  if (found === undefined) throw new Failure(`'%${type}' needs a number, got ${typeName(value)}`)
  return found
}

function integer(value: Item): number {
  return Math.trunc(number(value, '*'))
}
