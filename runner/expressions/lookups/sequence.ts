import type { Value } from '../../variables/value.ts'
import { asText, integer, text } from '../convert.ts'
import { Failure, type Item } from '../items.ts'
import { percentFormat } from '../python/percent.ts'
import { inlineOptions } from './options.ts'

const shortcut = /^(?:(0?x?[\da-f]+)\s*-)?\s*(0?x?[\da-f]+)\s*(?:\/\s*(0?x?[\da-f]+))?\s*(?::\s*(.+))?$/i

/** `start=0 end=10 stride=2 format=%02d`, `count=5`, or in short `[start-]end[/stride][:format]`. */
export function sequence(terms: readonly Item[], options: Readonly<Record<string, Item>>): Value {
  const named = Object.fromEntries(Object.entries(options).map(([name, value]) => [name, asText(value)]))
  if (terms.length === 0) return one(named)
  return terms.flatMap((term) => {
    const source = typeof term === 'number' ? String(term) : text(term)
    const match = shortcut.exec(source.trim())
    if (match === null) return one({ ...named, ...inlineOptions(source).options })
    const [, start, end, stride, format] = match
    const found = { start, end, stride, format }
    return one({
      ...named,
      ...Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)),
    })
  })
}

function one(given: Readonly<Record<string, string | undefined>>): string[] {
  const extra = Object.keys(given).find(
    (name) => !['start', 'end', 'count', 'stride', 'format'].includes(name),
  )
  if (extra !== undefined)
    throw new Failure(
      `has no option '${extra}'`,
      'it has start, end, count, stride, format',
      `unrecognized arguments to with_sequence: ['${extra}']`,
    )
  const number = (name: string) => (given[name] === undefined ? undefined : whole(given[name], name))
  const start = number('start') ?? 1
  const stride = number('stride') ?? 1
  const count = number('count')
  const format = given['format'] ?? '%d'
  let end = number('end')
  if ((count === undefined) === (end === undefined))
    throw new Failure(
      'needs either `count` or `end`',
      undefined,
      end === undefined
        ? 'must specify count or end in with_sequence'
        : "can't specify both count and end in with_sequence",
    )
  if (count === 0 || stride === 0) return []
  end ??= start + count! * stride - Math.sign(stride)
  if (stride > 0 && end < start)
    throw new Failure(
      'cannot count upwards to a smaller number',
      'make the stride negative',
      'to count backwards make stride negative',
    )
  if (stride < 0 && end > start)
    throw new Failure(
      'cannot count downwards to a larger number',
      'make the stride positive',
      "to count forward don't make stride negative",
    )
  if (format.split('%').length !== 2)
    throw new Failure(
      `'${format}' must have exactly one place for the number`,
      undefined,
      `bad formatting string: ${format}`,
    )
  const length = Math.floor((end - start) / stride) + 1
  if (length > MOST_NUMBERS)
    throw new Failure(`a sequence of ${length} numbers is too long`, `${MOST_NUMBERS} are the most`)
  return Array.from({ length }, (_, index) => percentFormat(format, start + index * stride))
}

/** More are a mistake, and would not fit into the memory. */
const MOST_NUMBERS = 1_000_000

function whole(written: string, option: string): number {
  if (/^0[0-7]+$/.test(written)) return Number.parseInt(written, 8)
  const negative = written.startsWith('-')
  const value = Number(negative ? written.slice(1) : written)
  if (Number.isNaN(value)) {
    const message = `'${option}' must be a whole number, not '${written}'`
    throw new Failure(message, undefined, `Invalid type for option '${option}': ${message}`)
  }
  return integer(negative ? -value : value)
}
