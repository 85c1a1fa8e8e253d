import { Failure } from '../items.ts'
import { DateTime } from './datetime.ts'
import { months } from './strftime.ts'

const fields: Record<string, string> = {
  Y: '(?<Y>\\d{4})',
  y: '(?<y>\\d{2})',
  m: '(?<m>1[0-2]|0[1-9]|[1-9])',
  d: '(?<d>3[01]|[12]\\d|0[1-9]|[1-9]| [1-9])',
  e: '(?<d>3[01]|[12]\\d|0[1-9]|[1-9]| [1-9])',
  H: '(?<H>2[0-3]|[01]\\d|\\d)',
  I: '(?<I>1[0-2]|0[1-9]|[1-9])',
  M: '(?<M>[0-5]\\d|\\d)',
  S: '(?<S>6[01]|[0-5]\\d|\\d)',
  f: '(?<f>\\d{1,6})',
  j: '(?<j>36[0-6]|3[0-5]\\d|[12]\\d\\d|0[1-9]\\d|00[1-9]|[1-9]\\d|0[1-9]|[1-9])',
  p: '(?<p>am|pm)',
  b: `(?<b>${months.map((month) => month.slice(0, 3)).join('|')})`,
  B: `(?<B>${months.join('|')})`,
  a: '(?:sun|mon|tue|wed|thu|fri|sat)',
  A: '(?:sunday|monday|tuesday|wednesday|thursday|friday|saturday)',
  z: '(?<z>[+-]\\d\\d:?[0-5]\\d(?::?[0-5]\\d)?|z)',
  Z: '(?<zone>utc|gmt|[a-z]+)?',
  s: '(?<s>\\d+)',
  '%': '%',
}

const composed: Record<string, string> = {
  T: '%H:%M:%S',
  D: '%m/%d/%y',
  F: '%Y-%m-%d',
  R: '%H:%M',
  c: '%a %b %d %H:%M:%S %Y',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
}

/** Python's `datetime.strptime`. @throws Failure when the text does not fit the format. */
export function strptime(value: string, format: string): DateTime {
  const expanded = format.replace(/%([TDFRcxX])/g, (_, letter: string) => composed[letter]!)
  const pattern = expanded.replace(
    /%(.)|(\s+)|([\\^$.*+?()[\]{}|/])/gs,
    (_, letter?: string, space?: string, special?: string) => {
      if (space !== undefined) return '\\s+'
      if (special !== undefined) return `\\${special}`
      const field = Object.hasOwn(fields, letter!) ? fields[letter!] : undefined
      if (field === undefined) throw new Failure(`'%${letter}' is no directive of a time format`)
      return field
    },
  )
  const groups = new RegExp(`^${pattern}$`, 'i').exec(value)?.groups
  if (groups === undefined && !new RegExp(`^${pattern}$`, 'i').test(value)) {
    throw new Failure(`time data '${value}' does not match format '${format}'`)
  }
  return fromFields(groups ?? {})
}

function fromFields(found: Record<string, string | undefined>): DateTime {
  if (found['s'] !== undefined) return DateTime.at(Number(found['s']) * 1000, false)
  const short = found['y'] === undefined ? undefined : Number(found['y'])
  const year =
    found['Y'] === undefined
      ? short === undefined
        ? 1900
        : short + (short < 69 ? 2000 : 1900)
      : Number(found['Y'])
  const month = monthOf(found) ?? 1
  const day = Number(found['d'] ?? 1)
  let hour = Number(found['H'] ?? found['I'] ?? 0)
  if (found['I'] !== undefined) hour = (hour % 12) + (found['p']?.toLowerCase() === 'pm' ? 12 : 0)
  const micro = Number((found['f'] ?? '').padEnd(6, '0'))
  const date =
    found['j'] === undefined
      ? Date.UTC(year, month - 1, day, hour, Number(found['M'] ?? 0), Number(found['S'] ?? 0))
      : Date.UTC(year, 0, Number(found['j']), hour, Number(found['M'] ?? 0), Number(found['S'] ?? 0))
  if (found['j'] === undefined && new Date(date).getUTCDate() !== day)
    throw new Failure('day is out of range for month')
  return new DateTime(date + micro / 1000, offsetOf(found['z']))
}

function monthOf(found: Record<string, string | undefined>): number | undefined {
  if (found['m'] !== undefined) return Number(found['m'])
  const name = found['B'] ?? found['b']
  if (name === undefined) return undefined
  return months.findIndex((month) => month.toLowerCase().startsWith(name.toLowerCase())) + 1
}

function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined) return undefined
  if (zone.toLowerCase() === 'z') return 0
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)/.exec(zone)!
  return (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1)
}
