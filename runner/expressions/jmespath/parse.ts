import { Failure } from '../items.ts'
import { tokenize, type Token } from './tokens.ts'

/** A JMESPath expression. @source https://jmespath.org/specification.html */
export type Query =
  | { kind: 'current' }
  | { kind: 'field'; name: string }
  | { kind: 'literal'; value: unknown }
  | { kind: 'index'; index: number }
  | { kind: 'slice'; start?: number; stop?: number; step?: number }
  | { kind: 'sub' | 'pipe'; left: Query; right: Query }
  | { kind: 'projection' | 'values' | 'flatten'; left: Query; right: Query }
  | { kind: 'filter'; left: Query; test: Query; right: Query }
  | { kind: 'or' | 'and'; left: Query; right: Query }
  | { kind: 'not'; operand: Query }
  | { kind: 'compare'; operator: string; left: Query; right: Query }
  | { kind: 'list'; items: Query[] }
  | { kind: 'hash'; entries: [string, Query][] }
  | { kind: 'call'; name: string; args: Query[] }
  | { kind: 'reference'; query: Query }

const powers: Record<string, number> = {
  '|': 1,
  '||': 2,
  '&&': 3,
  '==': 5,
  '!=': 5,
  '<': 5,
  '<=': 5,
  '>': 5,
  '>=': 5,
  '[]': 9,
  '*': 20,
  '[?': 21,
  '.': 40,
  '!': 45,
  '{': 50,
  '[': 55,
  '(': 60,
}

/** A projection ends before an operator that binds weaker than this. */
const projectionStop = 10

const current: Query = { kind: 'current' }

/** @throws Failure */
export function parseQuery(source: string): Query {
  const parser = new Parser(source)
  const query = parser.expression(0)
  if (parser.token.type !== 'end') throw parser.unexpected()
  return query
}

class Parser {
  readonly #source: string
  readonly #tokens: readonly Token[]
  #index = 0

  constructor(source: string) {
    this.#source = source
    this.#tokens = tokenize(source)
  }

  get token(): Token {
    return this.#tokens[this.#index]!
  }

  expression(power: number): Query {
    let left = this.#prefix()
    while (power < (powers[this.token.type] ?? 0)) left = this.#infix(left)
    return left
  }

  unexpected(): Failure {
    const { text, at } = this.token
    const what = text === '' ? 'the end' : `'${text}'`
    return new Failure(`'${this.#source}' is no JMESPath: unexpected ${what} at ${at + 1}`)
  }

  #next(): Token {
    return this.#tokens[this.#index++]!
  }

  #is(type: string, ahead = 0): boolean {
    return this.#tokens[this.#index + ahead]?.type === type
  }

  #expect(type: string): Token {
    if (!this.#is(type)) throw this.unexpected()
    return this.#next()
  }

  #prefix(): Query {
    const token = this.token
    switch (token.type) {
      case 'literal':
        this.#next()
        return { kind: 'literal', value: token.value }
      case 'name':
      case 'quoted':
        this.#next()
        if (token.type === 'name' && this.#is('(')) return this.#call(token.text)
        return { kind: 'field', name: String(token.value) }
      case '@':
        this.#next()
        return current
      case '*':
        this.#next()
        return { kind: 'values', left: current, right: this.#projected(powers['*']!) }
      case '!':
        this.#next()
        return { kind: 'not', operand: this.expression(powers['!']!) }
      case '&':
        this.#next()
        return { kind: 'reference', query: this.expression(0) }
      case '(': {
        this.#next()
        const inner = this.expression(0)
        this.#expect(')')
        return inner
      }
      case '{':
        this.#next()
        return this.#hash()
      case '[]':
        this.#next()
        return {
          kind: 'projection',
          left: { kind: 'flatten', left: current, right: current },
          right: this.#projected(9),
        }
      case '[?':
        this.#next()
        return this.#filter(current)
      case '[':
        return this.#bracket(current, true)
      default:
        throw this.unexpected()
    }
  }

  #infix(left: Query): Query {
    const { type } = this.token
    switch (type) {
      case '.':
        this.#next()
        if (this.#is('*')) {
          this.#next()
          return { kind: 'values', left, right: this.#projected(powers['*']!) }
        }
        return { kind: 'sub', left, right: this.#afterDot(powers['.']!) }
      case '|':
        this.#next()
        return { kind: 'pipe', left, right: this.expression(powers['|']!) }
      case '||':
      case '&&':
        this.#next()
        return { kind: type === '||' ? 'or' : 'and', left, right: this.expression(powers[type]!) }
      case '[]':
        this.#next()
        return {
          kind: 'projection',
          left: { kind: 'flatten', left, right: current },
          right: this.#projected(9),
        }
      case '[?':
        this.#next()
        return this.#filter(left)
      case '[':
        return this.#bracket(left, false)
      default:
        if (powers[type] !== 5) throw this.unexpected()
        this.#next()
        return { kind: 'compare', operator: type, left, right: this.expression(5) }
    }
  }

  /** What may follow a dot: a name, a function, a list or a hash. */
  #afterDot(power: number): Query {
    if (this.#is('name') || this.#is('quoted')) return this.expression(power)
    if (this.#is('[')) {
      this.#next()
      return this.#list()
    }
    if (this.#is('{')) {
      this.#next()
      return this.#hash()
    }
    throw this.unexpected()
  }

  /** The rest that a projection applies to each element. */
  #projected(power: number): Query {
    const ahead = powers[this.token.type] ?? 0
    if (ahead < projectionStop) return current
    if (this.#is('[') || this.#is('[?')) return this.expression(power)
    if (this.#is('.')) {
      this.#next()
      if (!this.#is('*')) return this.#afterDot(power)
      this.#next()
      return { kind: 'values', left: current, right: this.#projected(powers['*']!) }
    }
    throw this.unexpected()
  }

  #filter(left: Query): Query {
    const test = this.expression(0)
    this.#expect(']')
    return { kind: 'filter', left, test, right: this.#projected(21) }
  }

  #bracket(left: Query, isPrefix: boolean): Query {
    this.#expect('[')
    if (this.#is('number') || this.#is(':')) {
      const selected = this.#indexOrSlice()
      const sub: Query = { kind: 'sub', left, right: selected }
      return selected.kind === 'slice' ? { kind: 'projection', left: sub, right: this.#projected(20) } : sub
    }
    if (this.#is('*') && this.#is(']', 1)) {
      this.#next()
      this.#next()
      return { kind: 'projection', left, right: this.#projected(20) }
    }
    if (!isPrefix) throw this.unexpected()
    return this.#list()
  }

  #indexOrSlice(): Query {
    const parts: (number | undefined)[] = [undefined]
    while (!this.#is(']')) {
      if (this.#is(':')) {
        this.#next()
        parts.push(undefined)
      } else parts[parts.length - 1] = Number(this.#expect('number').value)
    }
    this.#next()
    const [start, stop, step] = parts
    if (parts.length === 1) return { kind: 'index', index: start! }
    if (parts.length > 3) throw this.unexpected()
    return { kind: 'slice', start, stop, step }
  }

  #list(): Query {
    return { kind: 'list', items: this.#sequence(']', () => this.expression(0)) }
  }

  #hash(): Query {
    const entry = (): [string, Query] => {
      if (!this.#is('name') && !this.#is('quoted')) throw this.unexpected()
      const name = String(this.#next().value)
      this.#expect(':')
      return [name, this.expression(0)]
    }
    return { kind: 'hash', entries: this.#sequence('}', entry) }
  }

  #call(name: string): Query {
    this.#expect('(')
    if (this.#is(')')) {
      this.#next()
      return { kind: 'call', name, args: [] }
    }
    return { kind: 'call', name, args: this.#sequence(')', () => this.expression(0)) }
  }

  #sequence<T>(close: string, element: () => T): T[] {
    const items = [element()]
    while (this.#is(',')) {
      this.#next()
      items.push(element())
    }
    this.#expect(close)
    return items
  }
}
