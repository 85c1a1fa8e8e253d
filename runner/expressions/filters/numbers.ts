import { asText, number, text } from '../convert.ts'
import { Failure, float, type Item } from '../items.ts'
import { truthy } from '../python/compare.ts'
import { calculate } from '../python/arithmetic.ts'
import { numeric, typeName } from '../python/numbers.ts'
import { plain, type Routines } from '../routine.ts'

const letters = ['', 'K', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y']

/** Mathematics, and sizes as people write them. */
export const numberFilters: Routines = {
  log: plain('value base?', (_, value, base = Math.E) => {
    const from = numberOnly('log', value)
    const to = numberOnly('log', base)
    if (from <= 0) throw new Failure('a logarithm needs a positive number')
    return float(to === 10 ? Math.log10(from) : to === 2 ? Math.log2(from) : Math.log(from) / Math.log(to))
  }),
  pow: plain('value exponent', (_, value, exponent) => {
    const result = calculate('**', numberOnly('pow', value), numberOnly('pow', exponent))
    return float(number(result))
  }),
  root: plain('value base?', (_, value, base = 2) => {
    const radicand = numberOnly('root', value)
    const degree = numberOnly('root', base)
    return float(degree === 2 ? Math.sqrt(radicand) : radicand ** (1 / degree))
  }),
  human_readable: plain('value isbits? unit?', (_, value, bits = false, unit = null) => {
    const size = readable(value)
    const name = truthy(bits) ? 'bits' : 'Bytes'
    const wanted = unit === null ? undefined : text(unit).toUpperCase().replace(/^B.*/, '')[0]
    let power = letters.length - 1
    if (unit === null) while (power > 0 && size < 1024 ** power) power--
    else power = Math.max(0, wanted === undefined ? 0 : letters.indexOf(wanted))
    const suffix = power === 0 ? name : letters[power]! + name[0]!
    return `${(size / 1024 ** power).toFixed(2)} ${suffix}`
  }),
  human_to_bytes: plain('value default_unit? isbits?', (_, value, defaultUnit = null, bits = false) =>
    toBytes(asText(value), defaultUnit === null ? undefined : text(defaultUnit), truthy(bits)),
  ),
  filesizeformat: plain('value binary?', (_, value, binary = false) => {
    const size = number(value)
    const base = truthy(binary) ? 1024 : 1000
    if (size === 1) return '1 Byte'
    if (size < base) return `${Math.trunc(size)} Bytes`
    let power = 1
    while (power < 8 && size >= base ** (power + 1)) power++
    return `${(size / base ** power).toFixed(1)} ${(truthy(binary) ? letters : ['', 'k', ...letters.slice(2)])[power]}${truthy(binary) ? 'iB' : 'B'}`
  }),
}

function numberOnly(name: string, item: Item): number {
  const found = numeric(item)
  if (found === undefined) throw new Failure(`${name}() can only be used on numbers, got ${typeName(item)}`)
  return found
}

function readable(item: Item): number {
  try {
    return number(item)
  } catch {
    throw new Failure(`human_readable() failed on bad input: ${asText(item)}`)
  }
}

function toBytes(value: string, defaultUnit: string | undefined, bits: boolean): number {
  const [, size = '', written = ''] = /^\s*(\d*\.?\d*)\s*([A-Za-z]*)/.exec(value)!
  if (!/\d/.test(size)) throw new Failure(`'${value}' is no size`, 'write a number and a unit: `10M`')
  const unit = written === '' ? (defaultUnit ?? '') : written
  if (unit === '') return Math.round(Number(size))
  const power = unit[0]!.toUpperCase() === 'B' ? 0 : letters.indexOf(unit[0]!.toUpperCase())
  if (power === -1) {
    throw new Failure(`'${value}': there is no unit '${unit}'`, 'use B, K, M, G, T, P, E, Z or Y')
  }
  const [letter, word] = bits ? ['b', 'bit'] : ['B', 'byte']
  if (unit.length > 1 && unit[1] !== letter && !unit.toLowerCase().includes(word)) {
    throw new Failure(
      `'${value}': '${unit}' is no unit of ${word}s`,
      bits ? 'leave out `isbits=True` to count bytes' : 'write `isbits=True` to count bits',
    )
  }
  return Math.round(Number(size) * 1024 ** power)
}
