import { Template } from '../variables/template.ts'
import type { Value } from '../variables/value.ts'
import { PYTHON_ESCAPES } from '../variables/python-escapes.ts'

/**
 * Reads text as a Python literal, the way Ansible types the values of INI inventories (`ast.literal_eval`): numbers,
 * strings, True, False, None, lists, tuples (as lists), sets (as lists) and dictionaries, followed by nothing but a
 * comment. Anything else (`yes`, `0644`, `{{ x }}`, `a b`) is no literal: undefined. `text` makes a string's value.
 */
export function pythonLiteral(source: string, text: (content: string) => Value): Value | undefined {
  const reader = new LiteralReader(source, text)
  try {
    return reader.whole()
  } catch (error) {
    if (error instanceof NoLiteral) return undefined
    throw error
  }
}

class NoLiteral extends Error {}

const WORDS: Readonly<Record<string, Value>> = { True: true, False: false, None: null }
const NUMBER =
  /[+-]?(?:0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*\.?(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?)(?![\w.])/y
const STRING = /([rRuU]?)("""|'''|"|')/y
const DEEPEST = 100

class LiteralReader {
  readonly #source: string
  readonly #text: (content: string) => Value
  #at = 0
  #depth = 0

  constructor(source: string, text: (content: string) => Value) {
    this.#source = source
    this.#text = text
  }

  whole(): Value {
    this.#space()
    let value = this.#value()
    if (this.#take(',')) value = [value, ...this.#items('')]
    this.#space()
    if (this.#at < this.#source.length) throw new NoLiteral()
    return value
  }

  #value(): Value {
    if (++this.#depth > DEEPEST) throw new NoLiteral()
    const value = this.#collection() ?? this.#string() ?? this.#scalar()
    this.#depth -= 1
    return value
  }

  #collection(): Value | undefined {
    if (this.#take('[')) return this.#items(']')
    if (this.#take('(')) return this.#parenthesised()
    if (this.#take('{')) return this.#braced()
    return undefined
  }

  #items(close: string): Value[] {
    const items: Value[] = []
    while (close === '' ? !this.#ended() : !this.#take(close)) {
      items.push(this.#value())
      if (this.#take(',')) continue
      if (close === '' ? this.#ended() : this.#take(close)) break
      throw new NoLiteral()
    }
    return items
  }

  /** `(1)` is a number, `(1,)` a tuple of one. */
  #parenthesised(): Value {
    if (this.#take(')')) return []
    const first = this.#value()
    if (this.#take(')')) return first
    if (!this.#take(',')) throw new NoLiteral()
    return [first, ...this.#items(')')]
  }

  #braced(): Value {
    if (this.#take('}')) return {}
    const first = this.#value()
    if (!this.#take(':')) return this.#setFrom(first)
    const entries: [string, Value][] = [[keyOf(first), this.#value()]]
    while (!this.#take('}')) {
      if (!this.#take(',')) throw new NoLiteral()
      if (this.#take('}')) break
      const key = keyOf(this.#value())
      if (!this.#take(':')) throw new NoLiteral()
      entries.push([key, this.#value()])
    }
    return Object.fromEntries(entries)
  }

  /** Python refuses a set that holds a list, a dictionary or a set; so `{{ x }}` is never one. */
  #setFrom(first: Value): Value {
    const rest = this.#take('}') ? [] : this.#take(',') ? this.#items('}') : undefined
    if (!rest) throw new NoLiteral()
    const members: Value[] = [first, ...rest]
    if (members.some((member) => typeof member === 'object' && member !== null)) throw new NoLiteral()
    return members.filter((member: Value, index) => members.indexOf(member) === index)
  }

  /** Neighbouring strings are one, as in Python. */
  #string(): Value | undefined {
    let content: string | undefined
    for (let part = this.#stringPart(); part !== undefined; part = this.#stringPart()) {
      content = (content ?? '') + part
    }
    return content === undefined ? undefined : this.#text(content)
  }

  #stringPart(): string | undefined {
    const start = this.#match(STRING)
    if (!start) return undefined
    const [, prefix = '', quote = ''] = start
    let raw = ''
    while (!this.#source.startsWith(quote, this.#at)) {
      const character = this.#source[this.#at]
      if (character === undefined || (character === '\n' && quote.length === 1)) throw new NoLiteral()
      const length = character === '\\' ? 2 : 1
      raw += this.#source.slice(this.#at, this.#at + length)
      this.#at += length
    }
    this.#at += quote.length
    this.#space()
    return prefix.toLowerCase() === 'r' ? raw : unescape(raw)
  }

  #scalar(): Value {
    const word = this.#match(/(?:True|False|None)(?!\w)/y)
    if (word) return WORDS[word[0]]!
    const number = this.#match(NUMBER)
    if (!number) throw new NoLiteral()
    return toNumber(number[0])
  }

  #match(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.#at
    const match = expression.exec(this.#source)
    if (!match) return null
    this.#at = expression.lastIndex
    if (expression !== STRING) this.#space()
    return match
  }

  #take(token: string): boolean {
    if (!this.#source.startsWith(token, this.#at)) return false
    this.#at += token.length
    this.#space()
    return true
  }

  #space(): void {
    const space = /(?:\s|#[^\n]*)*/y
    space.lastIndex = this.#at
    space.exec(this.#source)
    this.#at = space.lastIndex
  }

  #ended(): boolean {
    return this.#at >= this.#source.length
  }
}

function keyOf(value: Value): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (value === null) return 'None'
  if (value instanceof Template) return value.source
  throw new NoLiteral()
}

/** A whole number beyond JavaScript's exact range keeps its digits as text rather than become another number. */
function toNumber(text: string): Value {
  const digits = text.replaceAll('_', '')
  const sign = digits.startsWith('-') ? -1 : 1
  const unsigned = digits.replace(/^[+-]/, '')
  if (/^0\d*[1-9]/.test(unsigned) && /^\d+$/.test(unsigned)) throw new NoLiteral()
  const number = Number(unsigned) * sign
  if (!Number.isFinite(number)) return text
  if (Number.isInteger(number) && !Number.isSafeInteger(number) && !/[.eE]/.test(unsigned)) return text
  return number === 0 ? 0 : number
}

function unescape(raw: string): string {
  const sequences = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g
  return raw.replace(sequences, (whole, hex, short, long, octal: string | undefined, one: string) => {
    const code: string | undefined = hex ?? short ?? long
    if (code !== undefined) return codePoint(Number.parseInt(code, 16))
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
    if ('xuUN'.includes(one)) throw new NoLiteral()
    return PYTHON_ESCAPES[one] ?? whole
  })
}

function codePoint(code: number): string {
  if (code > 0x10ffff) throw new NoLiteral()
  return String.fromCodePoint(code)
}
