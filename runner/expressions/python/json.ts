import { LazyDict } from '../../variables/lazy.ts'
import { Template } from '../../variables/template.ts'
import { Failure, Float, type Item } from '../items.ts'
import { entriesOf, isMapping } from '../mapping.ts'
import { formatFloat, formatInteger, isFloat, typeName } from './numbers.ts'
import { str } from './text.ts'
import { DateTime } from './datetime.ts'

export interface JsonOptions {
  /** What one level is indented by; undefined for a single line. */
  readonly indent?: string
  readonly sortKeys?: boolean
  readonly ensureAscii?: boolean
  readonly itemSeparator?: string
  readonly keySeparator?: string
}

/** As Python's `json.dumps` writes it. */
export function toJson(item: Item, options: JsonOptions = {}): string {
  return write(item, options, '\n')
}

function write(item: Item, options: JsonOptions, newline: string): string {
  if (item === null) return 'null'
  if (typeof item === 'boolean') return item ? 'true' : 'false'
  if (typeof item === 'number' || item instanceof Float) return writeNumber(item)
  if (typeof item === 'string') return writeString(item, options.ensureAscii ?? true)
  if (item instanceof Template) return writeString(item.source, options.ensureAscii ?? true)
  if (item instanceof DateTime) return writeString(item.isoformat(), true)
  const separator = options.itemSeparator ?? (options.indent === undefined ? ', ' : ',')
  const inner = options.indent === undefined ? '' : newline + options.indent
  const outer = options.indent === undefined ? '' : newline
  const next = options.indent === undefined ? newline : inner
  if (Array.isArray(item)) {
    if (item.length === 0) return '[]'
    return `[${inner}${item.map((one) => write(one, options, next)).join(separator + inner)}${outer}]`
  }
  if (isMapping(item) || item instanceof LazyDict) {
    const entries = entriesOf(item)
    if (entries.length === 0) return '{}'
    if (options.sortKeys) entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    const lines = entries.map(([key, value]) => {
      const name = writeString(key, options.ensureAscii ?? true)
      return name + (options.keySeparator ?? ': ') + write(value, options, next)
    })
    return `{${inner}${lines.join(separator + inner)}${outer}}`
  }
  if (typeof item === 'symbol') return '"__omit_place_holder__"'
  throw new Failure(`a ${typeName(item)} cannot be written as JSON: ${str(item)}`)
}

function writeNumber(item: number | Float): string {
  const value = typeof item === 'number' ? item : item.value
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value < 0 ? '-Infinity' : 'Infinity'
  return isFloat(item) ? formatFloat(value) : formatInteger(value)
}

function writeString(text: string, ascii: boolean): string {
  const quoted = JSON.stringify(text)
  if (!ascii) return quoted
  return quoted.replace(/[\u007f-\uffff]/g, (character) => {
    return character === '\u007f' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
