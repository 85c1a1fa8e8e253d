import { asText, dict, integer, list, text } from '../convert.ts'
import { Failure, tuple, type Item } from '../items.ts'
import { formatText } from '../python/format.ts'
import { capitalize, splitLines, splitWhitespace, stripCharacters, titleCase } from '../python/strings.ts'
import { slice } from '../python/slice.ts'
import { plain, type Routines } from '../routine.ts'

/** The methods of Python's `str`. */
export const stringMethods: Routines = {
  capitalize: plain('self', (_, self) => capitalize(text(self))),
  casefold: plain('self', (_, self) => text(self).toLowerCase()),
  center: plain('self width fill?', (_, self, width, fill = ' ') => {
    const missing = Math.max(0, integer(width) - text(self).length)
    // Python puts the odd one on the left only when the width is odd, too.
    const left = Math.floor(missing / 2) + (missing & integer(width) & 1)
    return text(fill).repeat(left) + text(self) + text(fill).repeat(missing - left)
  }),
  count: plain('self part start? end?', (_, self, part, start, end) => {
    const within = between(self, start, end)
    return text(part) === '' ? within.length + 1 : within.split(text(part)).length - 1
  }),
  decode: plain('self encoding? errors?', (_, self) => self),
  encode: plain('self encoding? errors?', (_, self) => self),
  endswith: plain('self suffix start? end?', (_, self, suffix, start, end) =>
    anyOf(suffix).some((one) => between(self, start, end).endsWith(one)),
  ),
  expandtabs: plain('self tabsize?', (_, self, size = 8) =>
    text(self).replace(/([^\n\t]*)\t/g, (_match, before: string) => {
      return before + ' '.repeat(integer(size) - (before.length % integer(size)))
    }),
  ),
  find: plain('self part start? end?', (_, self, part, start, end) => find(self, part, start, end)),
  format: plain('self *args **named', (_, self, args, named) =>
    formatText(text(self), list(args), dict(named)),
  ),
  format_map: plain('self mapping', (_, self, mapping) => formatText(text(self), [], dict(mapping))),
  index: plain('self part start? end?', (_, self, part, start, end) => {
    const at = find(self, part, start, end)
    if (at === -1) throw new Failure(`'${text(part)}' is not in the string`)
    return at
  }),
  isalnum: plain('self', (_, self) => /^[\p{L}\p{N}]+$/u.test(text(self))),
  isalpha: plain('self', (_, self) => /^\p{L}+$/u.test(text(self))),
  isascii: plain('self', (_, self) => /^[\x00-\x7f]*$/.test(text(self))),
  isdecimal: plain('self', (_, self) => /^\p{Nd}+$/u.test(text(self))),
  isdigit: plain('self', (_, self) => /^[\p{Nd}²³¹⁰⁴-⁹₀-₉]+$/u.test(text(self))),
  isidentifier: plain('self', (_, self) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(text(self))),
  islower: plain('self', (_, self) => {
    return text(self) === text(self).toLowerCase() && text(self) !== text(self).toUpperCase()
  }),
  isnumeric: plain('self', (_, self) => /^\p{N}+$/u.test(text(self))),
  isprintable: plain('self', (_, self) => !/[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u.test(text(self))),
  isspace: plain('self', (_, self) => /^\s+$/.test(text(self))),
  istitle: plain('self', (_, self) => /\p{L}/u.test(text(self)) && titleCase(text(self)) === text(self)),
  isupper: plain('self', (_, self) => {
    return text(self) === text(self).toUpperCase() && text(self) !== text(self).toLowerCase()
  }),
  join: plain('self parts', (_, self, parts) =>
    list(parts)
      .map((part) => text(part, 'elements to join'))
      .join(text(self)),
  ),
  ljust: plain('self width fill?', (_, self, width, fill = ' ') =>
    text(self).padEnd(integer(width), text(fill)),
  ),
  lower: plain('self', (_, self) => text(self).toLowerCase()),
  lstrip: plain('self characters?', (_, self, characters = null) =>
    stripCharacters(text(self), characters, 'left'),
  ),
  partition: plain('self separator', (_, self, separator) => {
    const at = text(self).indexOf(text(separator))
    return tuple(at === -1 ? [text(self), '', ''] : around(text(self), at, text(separator)))
  }),
  removeprefix: plain('self prefix', (_, self, prefix) =>
    text(self).startsWith(text(prefix)) ? text(self).slice(text(prefix).length) : self,
  ),
  removesuffix: plain('self suffix', (_, self, suffix) =>
    text(suffix) !== '' && text(self).endsWith(text(suffix))
      ? text(self).slice(0, -text(suffix).length)
      : self,
  ),
  replace: plain('self old new count?', (_, self, old, replacement, count = -1) =>
    replaceText(text(self), text(old), text(replacement), integer(count)),
  ),
  rfind: plain('self part start? end?', (_, self, part, start, end) => findLast(self, part, start, end)),
  rindex: plain('self part start? end?', (_, self, part, start, end) => {
    const at = findLast(self, part, start, end)
    if (at === -1) throw new Failure(`'${text(part)}' is not in the string`)
    return at
  }),
  rjust: plain('self width fill?', (_, self, width, fill = ' ') =>
    text(self).padStart(integer(width), text(fill)),
  ),
  rpartition: plain('self separator', (_, self, separator) => {
    const at = text(self).lastIndexOf(text(separator))
    return tuple(at === -1 ? ['', '', text(self)] : around(text(self), at, text(separator)))
  }),
  rsplit: plain('self sep? maxsplit?', (_, self, separator = null, limit = -1) => {
    const mirror = separator === null ? null : reversed(text(separator))
    return split(reversed(text(self)), mirror, integer(limit))
      .map(reversed)
      .reverse()
  }),
  rstrip: plain('self characters?', (_, self, characters = null) =>
    stripCharacters(text(self), characters, 'right'),
  ),
  split: plain('self sep? maxsplit?', (_, self, separator = null, limit = -1) =>
    split(text(self), separator === null ? null : text(separator), integer(limit)),
  ),
  splitlines: plain('self keepends?', (_, self, keepEnds = false) =>
    splitLines(text(self), keepEnds === true),
  ),
  startswith: plain('self prefix start? end?', (_, self, prefix, start, end) =>
    anyOf(prefix).some((one) => between(self, start, end).startsWith(one)),
  ),
  strip: plain('self characters?', (_, self, characters = null) =>
    stripCharacters(text(self), characters, 'both'),
  ),
  swapcase: plain('self', (_, self) =>
    Array.from(text(self), (character) =>
      character === character.toUpperCase() ? character.toLowerCase() : character.toUpperCase(),
    ).join(''),
  ),
  title: plain('self', (_, self) => titleCase(text(self))),
  translate: plain('self table', (_, self, table) => {
    const mapping = dict(table)
    return Array.from(text(self), (character) => {
      const replacement = mapping[String(character.codePointAt(0))]
      return replacement === undefined ? character : replacement === null ? '' : asText(replacement)
    }).join('')
  }),
  upper: plain('self', (_, self) => text(self).toUpperCase()),
  zfill: plain('self width', (_, self, width) => {
    const [, sign = '', digits = ''] = /^([-+]?)(.*)$/s.exec(text(self))!
    return sign + digits.padStart(integer(width) - sign.length, '0')
  }),
}

/** Python's `replace`, at most `count` times when that is not negative. */
export function replaceText(value: string, old: string, replacement: string, count: number): string {
  if (count < 0) return value.replaceAll(old, () => replacement)
  let left = count
  return value.replaceAll(old, () => (left-- > 0 ? replacement : old))
}

/** Python's `split`: at white space without a separator. */
export function split(value: string, separator: string | null, limit: number): string[] {
  if (separator === null) return splitWhitespace(value, limit)
  if (separator === '') throw new Failure('the separator must not be empty')
  const parts = value.split(separator)
  if (limit < 0 || parts.length <= limit + 1) return parts
  return [...parts.slice(0, limit), parts.slice(limit).join(separator)]
}

function reversed(value: string): string {
  return Array.from(value).reverse().join('')
}

function bound(item?: Item): number | undefined {
  return item === undefined || item === null ? undefined : integer(item)
}

function between(self: Item, start?: Item, end?: Item): string {
  return slice(Array.from(text(self)), bound(start), bound(end)).join('')
}

function find(self: Item, part: Item, start?: Item, end?: Item): number {
  const at = between(self, start, end).indexOf(text(part))
  return at === -1 ? -1 : at + offset(self, start)
}

function findLast(self: Item, part: Item, start?: Item, end?: Item): number {
  const at = between(self, start, end).lastIndexOf(text(part))
  return at === -1 ? -1 : at + offset(self, start)
}

function offset(self: Item, start?: Item): number {
  if (start === undefined || start === null) return 0
  const from = integer(start)
  return from < 0 ? Math.max(0, from + text(self).length) : from
}

function anyOf(item: Item): string[] {
  return Array.isArray(item) ? item.map((one) => text(one)) : [text(item)]
}

function around(value: string, at: number, separator: string): string[] {
  return [value.slice(0, at), separator, value.slice(at + separator.length)]
}
