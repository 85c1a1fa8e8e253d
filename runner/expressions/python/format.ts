import { Failure, Float, type Item } from '../items.ts'
import { getKey, isMapping } from '../mapping.ts'
import { DateTime } from './datetime.ts'
import { formatFloat, formatInteger, isFloat, numeric, typeName } from './numbers.ts'
import { strftime } from './strftime.ts'
import { repr, str } from './text.ts'

/** Python's format mini-language, taken apart. */
export interface Spec {
  readonly fill: string
  readonly align: string
  readonly sign: string
  readonly alternate: boolean
  readonly width: number | undefined
  readonly grouping: string
  readonly precision: number | undefined
  readonly type: string
}

const specification = /^(?:(.)?([<>=^]))?([-+ ])?z?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/su

/** Python's `str.format`. */
export function formatText(
  format: string,
  args: readonly Item[],
  named: Readonly<Record<string, Item>>,
): string {
  let automatic = 0
  const field = (path: string): Item => {
    const [, head = '', rest = ''] = /^([^.[]*)(.*)$/s.exec(path)!
    let value: Item | undefined
    if (head === '') value = args[automatic++]
    else if (/^\d+$/.test(head)) value = args[Number(head)]
    else value = Object.hasOwn(named, head) ? named[head] : undefined
    if (value === undefined) throw new Failure(`the format string names '${head}', which is not there`)
    for (const [, attribute, key] of rest.matchAll(/\.([^.[]+)|\[([^\]]+)\]/g)) {
      const part: string = attribute ?? key!
      const next: Item | undefined = Array.isArray(value)
        ? value[Number(part)]
        : isMapping(value)
          ? getKey(value, part)
          : undefined
      if (next === undefined) throw new Failure(`the format string names '${part}', which is not there`)
      value = next
    }
    return value
  }
  const expand = (text: string): string => {
    let out = ''
    for (let at = 0; at < text.length; at++) {
      const character = text[at]!
      if (character === '{' && text[at + 1] === '{') out += text[at++]
      else if (character === '}' && text[at + 1] === '}') out += text[at++]
      else if (character === '}')
        throw new Failure("a single '}' in a format string", "write '}}' for a brace")
      else if (character === '{') {
        const end = closing(text, at)
        const [, path = '', conversion, spec = ''] =
          /^([^!:]*)(?:!([rsa]))?(?::(.*))?$/s.exec(text.slice(at + 1, end)) ?? []
        let value = field(path)
        if (conversion !== undefined) value = conversion === 's' ? str(value) : repr(value)
        out += formatValue(value, expand(spec))
        at = end
      } else out += character
    }
    return out
  }
  return expand(format)
}

function closing(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    if (text[at] === '{') depth++
    else if (text[at] === '}' && --depth === 0) return at
  }
  throw new Failure("a single '{' in a format string", "write '{{' for a brace")
}

/** Python's `format(value, spec)`. */
export function formatValue(value: Item, spec: string): string {
  if (spec === '') return str(value)
  if (value instanceof DateTime) return strftime(spec, value)
  const match = specification.exec(spec)
  if (match === null) throw new Failure(`'${spec}' is no format specification`)
  const [, fill, align, sign, alternate, zero, width, grouping, precision, type] = match
  const number = numeric(value)
  return formatSpec(
    {
      fill: fill ?? (zero === undefined ? ' ' : '0'),
      align: align ?? (zero !== undefined && number !== undefined ? '=' : ''),
      sign: sign ?? '-',
      alternate: alternate !== undefined,
      width: width === undefined ? undefined : Number(width),
      grouping: grouping ?? '',
      precision: precision === undefined ? undefined : Number(precision),
      type: type ?? '',
    },
    value,
  )
}

export function formatSpec(spec: Spec, value: Item): string {
  if (typeof value === 'string' || numeric(value) === undefined) {
    if (spec.type !== '' && spec.type !== 's')
      throw new Failure(`format '${spec.type}' needs a number, got ${typeName(value)}`)
    const text = str(value)
    return pad(spec, '', spec.precision === undefined ? text : text.slice(0, spec.precision), '<')
  }
  if (typeof value === 'boolean' && spec.type === '') return pad(spec, '', str(value), '<')
  const number = numeric(value)!
  const sign = number < 0 || Object.is(number, -0) ? '-' : spec.sign === '-' ? '' : spec.sign
  const { prefix, digits } = digitsOf(spec, Math.abs(number), isFloat(value) || value instanceof Float)
  return pad(spec, sign + prefix, group(spec, digits), '>')
}

function digitsOf(spec: Spec, size: number, floating: boolean): { prefix: string; digits: string } {
  const upper = spec.type !== '' && spec.type === spec.type.toUpperCase()
  const finish = (digits: string, prefix = '') => ({
    prefix: spec.alternate ? prefix : '',
    digits: upper ? digits.toUpperCase() : digits,
  })
  switch (spec.type.toLowerCase()) {
    case 'd':
    case 'n':
      return finish(formatInteger(whole(size, spec.type)))
    case 'b':
      return finish(whole(size, spec.type).toString(2), '0b')
    case 'o':
      return finish(whole(size, spec.type).toString(8), '0o')
    case 'x':
      return finish(whole(size, spec.type).toString(16), upper ? '0X' : '0x')
    case 'c':
      return finish(String.fromCodePoint(size))
    case 'e':
      return finish(exponential(size, spec.precision ?? 6))
    case 'f':
      return finish(size.toFixed(spec.precision ?? 6))
    case '%':
      return finish(`${(size * 100).toFixed(spec.precision ?? 6)}%`)
    case 'g':
      return finish(general(size, spec.precision ?? 6, spec.alternate))
    case '':
      if (!floating && spec.precision === undefined) return finish(formatInteger(size))
      if (spec.precision === undefined) return finish(formatFloat(size))
      return finish(general(size, spec.precision, false))
    default:
      throw new Failure(`unknown format '${spec.type}' for a number`)
  }
}

function whole(size: number, type: string): number {
  if (!Number.isInteger(size)) throw new Failure(`format '${type}' needs an integer`)
  return size
}

function exponential(size: number, digits: number): string {
  const [mantissa, exponent] = size.toExponential(digits).split('e') as [string, string]
  return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`
}

function general(size: number, precision: number, keepZeros: boolean): string {
  const significant = Math.max(precision, 1)
  const exponent = size === 0 ? 0 : Number(size.toExponential(significant - 1).split('e')[1])
  const text =
    exponent < -4 || exponent >= significant
      ? exponential(size, significant - 1)
      : size.toFixed(Math.max(0, significant - 1 - exponent))
  if (keepZeros || !text.includes('.')) return text
  return text.replace(/\.?0+(?=e|$)/, '')
}

function group({ grouping, type }: Spec, digits: string): string {
  if (grouping === '') return digits
  const [, integer = '', rest = ''] = /^([\da-fA-F]*)(.*)$/s.exec(digits)!
  const size = 'boxX'.includes(type) && type !== '' ? 4 : 3
  return integer.replace(new RegExp(`\\B(?=(?:[\\da-fA-F]{${size}})+$)`, 'g'), grouping) + rest
}

function pad(spec: Spec, head: string, body: string, usual: string): string {
  const missing = (spec.width ?? 0) - Array.from(head).length - Array.from(body).length
  if (missing <= 0) return head + body
  const align = spec.align === '' ? usual : spec.align
  switch (align) {
    case '<':
      return head + body + spec.fill.repeat(missing)
    case '^':
      return (
        spec.fill.repeat(Math.floor(missing / 2)) + head + body + spec.fill.repeat(Math.ceil(missing / 2))
      )
    case '=':
      return head + spec.fill.repeat(missing) + body
    default:
      return spec.fill.repeat(missing) + head + body
  }
}
