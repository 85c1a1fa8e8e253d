import { LazyDict } from '../../variables/lazy.ts'
import { Secret } from '../../variables/secret.ts'
import { Template } from '../../variables/template.ts'
import { Unknown } from '../../variables/unknown.ts'
import { Bag, Callable, Failure, Float, Native, Undefined, UnknownMet, isTuple, type Item } from '../items.ts'
import { entriesOf, isMapping } from '../mapping.ts'
import { DateTime, TimeDelta } from './datetime.ts'
import { formatFloat, formatInteger } from './numbers.ts'

/**
 * Python's `str()`: what `{{ … }}` prints, except that nothing is printed for None (see `printed`).
 * Secrets must have been revealed before, so that the caller can mark what it makes of them.
 */
export function str(item: Item): string {
  if (typeof item === 'string') return item
  return repr(item)
}

/** The text of `{{ … }}` between other text. */
export function printed(item: Item): string {
  return item === null ? '' : str(item)
}

/** Python's `repr()`. */
export function repr(item: Item): string {
  if (item === null) return 'None'
  switch (typeof item) {
    case 'string':
      return reprString(item)
    case 'number':
      return Number.isInteger(item) ? formatInteger(item) : formatFloat(item)
    case 'boolean':
      return item ? 'True' : 'False'
    case 'symbol':
      return 'omit'
    default:
  }
  if (Array.isArray(item)) {
    const inner = item.map(repr).join(', ')
    if (!isTuple(item)) return `[${inner}]`
    return item.length === 1 ? `(${inner},)` : `(${inner})`
  }
  if (item instanceof Native) return reprNative(item)
  if (item instanceof Unknown) throw new UnknownMet(item)
  if (item instanceof Secret) throw new Error('a secret was about to be printed unmarked')
  if (item instanceof Template) return reprString(item.source)
  if (item instanceof LazyDict || isMapping(item)) {
    return `{${entriesOf(item)
      .map(([key, value]) => `${reprString(key)}: ${repr(value)}`)
      .join(', ')}}`
  }
  throw new Failure('this value has no text')
}

function reprNative(item: Native): string {
  if (item instanceof Float) return formatFloat(item.value)
  if (item instanceof DateTime || item instanceof TimeDelta) return item.toString()
  if (item instanceof Bag) {
    const text = item.text()
    if (text !== undefined) return text
  }
  if (item instanceof Undefined) throw item.fail()
  if (item instanceof Callable) {
    throw new Failure(`'${item.name}' is a function, not a value`, `call it: \`${item.name}()\``)
  }
  return `<${item.type}>`
}

const named: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function reprString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const body = text.replace(/[\\'"\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu, (character) => {
    if (character === '"' || character === "'") return character === quote ? `\\${character}` : character
    const code = character.codePointAt(0)!
    if (named[character] !== undefined) return named[character]
    if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`
    if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`
    return `\\U${code.toString(16).padStart(8, '0')}`
  })
  return quote + body + quote
}
