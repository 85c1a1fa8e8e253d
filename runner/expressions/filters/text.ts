import { asText, dict, integer, list, text } from '../convert.ts'
import { Failure, tuple } from '../items.ts'
import { replaceText, split } from '../methods/string.ts'
import { truthy } from '../python/compare.ts'
import { percentFormat } from '../python/percent.ts'
import { repr } from '../python/text.ts'
import { splitLines, stripCharacters } from '../python/strings.ts'
import { plain, type Routines } from '../routine.ts'
import { wrapText } from './wrap.ts'

/** Text in, text out. */
export const textFilters: Routines = {
  upper: plain('value', (_, value) => asText(value).toUpperCase()),
  lower: plain('value', (_, value) => asText(value).toLowerCase()),
  capitalize: plain('value', (_, value) => {
    const word = asText(value)
    return word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase()
  }),
  title: plain('value', (_, value) =>
    asText(value).replace(
      /[^-\s({[<]+/g,
      (word) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase(),
    ),
  ),
  trim: plain('value chars?', (_, value, characters = null) =>
    stripCharacters(asText(value), characters, 'both'),
  ),
  replace: plain('value old new count?', (_, value, old, replacement, count = null) =>
    replaceText(asText(value), asText(old), asText(replacement), count === null ? -1 : integer(count)),
  ),
  split: plain('value separator? maxsplit?', (_, value, separator = null, limit = -1) =>
    split(text(value), separator === null ? null : text(separator, 'separator'), integer(limit)),
  ),
  center: plain('value width?', (_, value, width = 80) => {
    const word = asText(value)
    const missing = Math.max(0, integer(width) - word.length)
    const left = Math.floor(missing / 2) + (missing & integer(width) & 1)
    return ' '.repeat(left) + word + ' '.repeat(missing - left)
  }),
  indent: plain('value width? first? blank?', (_, value, width = 4, first = false, blank = false) => {
    const indentation = typeof width === 'string' ? width : ' '.repeat(integer(width))
    const lines = splitLines(`${asText(value)}\n`)
    const indented = lines.map((line, index) => {
      if (index === 0) return truthy(first) ? indentation + line : line
      return line !== '' || truthy(blank) ? indentation + line : line
    })
    return indented.join('\n')
  }),
  wordwrap: plain(
    'value width? break_long_words? wrapstring? break_on_hyphens?',
    (_, value, width = 79, breakLong = true, newline = null, onHyphens = true) =>
      splitLines(asText(value))
        .map((line) => wrapText(line, integer(width), truthy(breakLong), truthy(onHyphens)))
        .map((lines) => lines.join(newline === null ? '\n' : text(newline)))
        .join(newline === null ? '\n' : text(newline)),
  ),
  wordcount: plain('value', (_, value) => (asText(value).match(/[\p{L}\p{N}_]+/gu) ?? []).length),
  truncate: plain(
    'value length? killwords? end? leeway?',
    (_, value, length = 255, kill = false, end = '...', leeway = 5) => {
      const word = asText(value)
      const size = integer(length)
      const tail = text(end)
      if (size < tail.length)
        throw new Failure(`the length must be at least ${tail.length}, the length of the end`)
      if (word.length <= size + (leeway === null ? 5 : integer(leeway))) return word
      const cut = word.slice(0, size - tail.length)
      if (truthy(kill)) return cut + tail
      const lastSpace = cut.lastIndexOf(' ')
      return (lastSpace === -1 ? cut : cut.slice(0, lastSpace)) + tail
    },
  ),
  format: plain('value *args **named', (_, value, args, named) => {
    const options = dict(named)
    const values = list(args)
    if (Object.keys(options).length === 0) return percentFormat(asText(value), tuple(values))
    if (values.length > 0) throw new Failure('takes positional or named values, not both')
    return percentFormat(asText(value), options)
  }),
  striptags: plain('value', (_, value) =>
    asText(value)
      .replace(/<!--[\s\S]*?-->|<[^>]*>/g, '')
      .split(/\s+/)
      .filter(Boolean)
      .join(' '),
  ),
  quote: plain('value', (_, value) => shellQuote(value === null ? '' : asText(value))),
  pprint: plain('value verbose?', (_, value) => repr(value)),
}

/** Python's `shlex.quote`. */
function shellQuote(value: string): string {
  if (value === '') return "''"
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'"'"'`)}'`
}
