import { Float, Native, type Item } from '../items.ts'

/** The number behind an int, a float or a boolean; undefined for everything else. */
export function numeric(item: Item): number | undefined {
  if (typeof item === 'number') return item
  if (item instanceof Float) return item.value
  if (typeof item === 'boolean') return item ? 1 : 0
  return undefined
}

export function isFloat(item: Item): boolean {
  return item instanceof Float || (typeof item === 'number' && !Number.isInteger(item))
}

/** As Python prints a float: `1.0`, `1e+16`, `1e-05`, `inf`. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf'
  if (Object.is(value, -0)) return '-0.0'
  const size = Math.abs(value)
  if (size !== 0 && (size >= 1e16 || size < 1e-4)) {
    const [mantissa, exponent] = value.toExponential().split('e') as [string, string]
    const digits = exponent.slice(1).padStart(2, '0')
    return `${mantissa}e${exponent[0]}${digits}`
  }
  const text = String(value)
  return text.includes('.') ? text : `${text}.0`
}

export function formatInteger(value: number): string {
  return Math.abs(value) < 1e21 ? String(value) : BigInt(value).toString()
}

/** Python's name of a value's type. */
export function typeName(item: Item): string {
  if (item === null) return 'NoneType'
  if (typeof item === 'boolean') return 'bool'
  if (typeof item === 'string') return 'str'
  if (typeof item === 'number') return isFloat(item) ? 'float' : 'int'
  if (Array.isArray(item)) return 'list'
  if (item instanceof Native) return item.type
  return typeof item === 'symbol' ? 'omit' : 'dict'
}

/** Rounds halves to the even neighbour, as Python's `round`. */
export function roundHalfEven(value: number, digits = 0): number {
  if (!Number.isFinite(value)) return value
  const text = value.toFixed(Math.min(Math.max(digits, 0), 100))
  if (digits < 0) {
    const factor = 10 ** -digits
    return roundHalfEven(value / factor) * factor
  }
  const floor = Math.floor(value * 10 ** digits)
  // A tie only when the decimal half is exact in binary.
  if ((value - floor / 10 ** digits) * 10 ** digits * 2 === 1 && Number.isInteger(value * 10 ** digits * 2)) {
    return (floor % 2 === 0 ? floor : floor + 1) / 10 ** digits
  }
  return Number(text)
}
