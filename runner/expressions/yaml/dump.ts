import { Template } from '../../variables/template.ts'
import { Float, Native, type Item } from '../items.ts'
import { entriesOf, isMapping } from '../mapping.ts'
import { formatFloat, formatInteger, isFloat } from '../python/numbers.ts'
import { str } from '../python/text.ts'
import { analyze, isAmbiguous } from './scalar.ts'
import { Writer } from './writer.ts'

export interface DumpOptions {
  readonly indent: number
  readonly width: number
  /** Which collections are written in brackets; `leaves` are those that hold scalars only. */
  readonly flow: 'leaves' | 'always' | 'never'
  readonly sortKeys: boolean
  readonly explicitStart?: boolean
  readonly explicitEnd?: boolean
  /** The quotes of every scalar: `'` or `"`. */
  readonly defaultStyle?: string
}

/** YAML as PyYAML's `dump` writes it, which is what `to_yaml` and `to_nice_yaml` have always given. */
export function dumpYaml(value: Item, options: DumpOptions): string {
  const emitter = new Emitter(options)
  return emitter.document(value)
}

interface Context {
  /** Whether a collection stands in a mapping: a list there is not indented. */
  readonly mapping?: boolean
  readonly simpleKey?: boolean
}

class Emitter {
  readonly #options: DumpOptions
  readonly #writer: Writer
  #flowLevel = 0

  constructor(options: DumpOptions) {
    this.#options = options
    this.#writer = new Writer(options.indent > 1 && options.indent < 10 ? options.indent : 2, options.width)
  }

  document(value: Item): string {
    const { explicitStart, explicitEnd } = this.#options
    if (explicitStart) this.#writer.raw('---')
    this.#node(value, {})
    this.#writer.indentLine()
    if (explicitEnd) this.#writer.raw('...\n')
    return this.#writer.text
  }

  #node(value: Item, context: Context): void {
    if (Array.isArray(value)) {
      if (this.#isFlow(value, value)) this.#flowSequence(value)
      else this.#blockSequence(value, context)
    } else if (isMapping(value)) {
      const entries = entriesOf(value)
      if (this.#options.sortKeys) entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      const inner = entries.map(([, one]) => one)
      if (this.#isFlow(inner, inner)) this.#flowMapping(entries)
      else this.#blockMapping(entries)
    } else this.#scalar(value, context)
  }

  #isFlow(items: readonly Item[], children: readonly Item[]): boolean {
    if (this.#flowLevel > 0 || items.length === 0 || this.#options.flow === 'always') return true
    if (this.#options.flow === 'never') return false
    return (
      this.#options.defaultStyle === undefined &&
      !children.some((item) => Array.isArray(item) || isMapping(item))
    )
  }

  #blockSequence(items: readonly Item[], { mapping = false }: Context): void {
    const writer = this.#writer
    writer.push(false, mapping && !writer.indention)
    for (const item of items) {
      writer.indentLine()
      writer.indicator('-', true, { indention: true })
      this.#node(item, {})
    }
    writer.pop()
  }

  #blockMapping(entries: readonly [string, Item][]): void {
    const writer = this.#writer
    writer.push(false, false)
    for (const [key, value] of entries) {
      writer.indentLine()
      if (isSimpleKey(key)) {
        this.#scalar(key, { simpleKey: true })
        writer.indicator(':', false)
      } else {
        writer.indicator('?', true, { indention: true })
        this.#scalar(key, {})
        writer.indentLine()
        writer.indicator(':', true, { indention: true })
      }
      this.#node(value, { mapping: true })
    }
    writer.pop()
  }

  #flowSequence(items: readonly Item[]): void {
    this.#flow('[', ']', items, (item) => this.#node(item, {}))
  }

  #flowMapping(entries: readonly [string, Item][]): void {
    this.#flow('{', '}', entries, ([key, value]) => {
      const simple = isSimpleKey(key)
      if (!simple) this.#writer.indicator('?', true)
      this.#scalar(key, { simpleKey: simple })
      this.#writer.indicator(':', !simple)
      this.#node(value, { mapping: true })
    })
  }

  #flow<T>(open: string, close: string, items: readonly T[], write: (item: T) => void): void {
    const writer = this.#writer
    writer.indicator(open, true, { whitespace: true })
    this.#flowLevel++
    writer.push(true, false)
    for (const [index, item] of items.entries()) {
      if (index > 0) writer.indicator(',', false)
      if (writer.isTooWide()) writer.indentLine()
      write(item)
    }
    writer.pop()
    this.#flowLevel--
    writer.indicator(close, false)
  }

  #scalar(value: Item, { simpleKey = false }: Context): void {
    const writer = this.#writer
    const text = scalarText(value)
    const isText =
      typeof value === 'string' ||
      value instanceof Template ||
      (value instanceof Native && !(value instanceof Float))
    const { empty, multiline, flowPlain, blockPlain, singleQuoted } = analyze(text)
    const style = this.#options.defaultStyle
    const canBePlain =
      style === undefined &&
      (this.#flowLevel > 0 ? flowPlain : blockPlain) &&
      !(simpleKey && (empty || multiline)) &&
      !(isText && isAmbiguous(text))
    writer.push(true, false)
    if (canBePlain) writer.plain(text, !simpleKey)
    else if (style !== '"' && singleQuoted && !(simpleKey && multiline)) writer.singleQuoted(text, !simpleKey)
    else writer.doubleQuoted(text, !simpleKey)
    writer.pop()
  }
}

function isSimpleKey(key: string): boolean {
  return key.length < 128 && !analyze(key).multiline
}

function scalarText(value: Item): string {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (typeof value === 'number' || value instanceof Float) {
    const number = typeof value === 'number' ? value : value.value
    if (Number.isNaN(number)) return '.nan'
    if (!Number.isFinite(number)) return number < 0 ? '-.inf' : '.inf'
    if (!isFloat(value)) return formatInteger(number)
    const text = formatFloat(number)
    return text.includes('.') ? text : text.replace('e', '.0e')
  }
  return str(value)
}
