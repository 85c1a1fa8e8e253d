import { SyntaxFailure, tokenize, type Token } from './lexer.ts'
import type { Arguments, BinaryOperator, CompareOperator, Node } from './nodes.ts'

const constants = new Map<string, null | boolean>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
])

const comparisons = new Set(['==', '!=', '<', '<=', '>', '>='])
const lookups = new Set(['lookup', 'query', 'q'])
const afterTest = new Set(['else', 'or', 'and'])

/** A whole text as one expression. */
export function parseExpression(source: string, raw: boolean, embedded: boolean): Node {
  const parser = new Parser(tokenize(source, 0, undefined, raw, embedded), embedded)
  const node = parser.tupleOrExpression()
  parser.expectEnd()
  return node
}

/**
 * Jinja's expression grammar by precedence climbing. Binding from weak to strong: `if else`, `or`, `and`, `not`,
 * comparisons, `+ -`, `~`, `* / // %`, `**`, signs, then `.x [x] (x)`, `| filter`, `is test`.
 */
export class Parser {
  readonly tokens: readonly Token[]
  #index = 0
  /** Whether `{{ … }}` inside the expression stands for its content: conditions of old playbooks. */
  readonly #embedded: boolean
  #lookupDepth = 0

  constructor(tokens: readonly Token[], embedded = false) {
    this.tokens = tokens
    this.#embedded = embedded
  }

  get token(): Token {
    return this.tokens[this.#index]!
  }

  get ahead(): Token {
    return this.tokens[Math.min(this.#index + 1, this.tokens.length - 1)]!
  }

  next(): Token {
    const token = this.token
    if (token.kind !== 'end') this.#index++
    return token
  }

  is(text: string): boolean {
    const { kind, text: actual } = this.token
    return actual === text && (kind === 'operator' || kind === 'name')
  }

  skip(text: string): boolean {
    if (!this.is(text)) return false
    this.#index++
    return true
  }

  expect(text: string): Token {
    if (!this.is(text)) throw this.unexpected(`'${text}'`)
    return this.next()
  }

  name(what = 'a name'): string {
    if (this.token.kind !== 'name') throw this.unexpected(what)
    return this.next().text
  }

  atEnd(): boolean {
    return this.token.kind === 'end'
  }

  expectEnd(): void {
    if (this.atEnd()) return
    const hint = this.is('=') ? 'write `==` to compare' : undefined
    throw new SyntaxFailure(`unexpected ${describe(this.token)}`, this.token.at, hint)
  }

  unexpected(wanted: string): SyntaxFailure {
    return new SyntaxFailure(`expected ${wanted}, got ${describe(this.token)}`, this.token.at)
  }

  /** `a, b` without parentheses is a tuple. */
  tupleOrExpression(): Node {
    const { at } = this.token
    const first = this.expression()
    if (!this.is(',')) return first
    const items = [first]
    while (this.skip(',')) {
      if (this.atEnd() || this.is(')') || this.is(']')) break
      items.push(this.expression())
    }
    return { kind: 'tuple', at, items }
  }

  expression(): Node {
    let node = this.or()
    while (this.is('if')) {
      const { at } = this.next()
      const test = this.or()
      const otherwise = this.skip('else') ? this.expression() : undefined
      node = { kind: 'condition', at, test, value: node, otherwise }
    }
    return node
  }

  /** An expression without `if`, for the iterable of a `for` statement. */
  or(): Node {
    let left = this.#and()
    while (this.is('or')) {
      const { at } = this.next()
      left = { kind: 'logic', at, operator: 'or', left, right: this.#and() }
    }
    return left
  }

  #and(): Node {
    let left = this.#not()
    while (this.is('and')) {
      const { at } = this.next()
      left = { kind: 'logic', at, operator: 'and', left, right: this.#not() }
    }
    return left
  }

  #not(): Node {
    if (!this.is('not')) return this.#compare()
    const { at } = this.next()
    return { kind: 'not', at, operand: this.#not() }
  }

  #compare(): Node {
    const first = this.#sum()
    const rest: { operator: CompareOperator; operand: Node; at: number }[] = []
    for (;;) {
      const { kind, text, at } = this.token
      if (kind === 'operator' && comparisons.has(text)) {
        this.next()
        rest.push({ operator: text as CompareOperator, operand: this.#sum(), at })
      } else if (this.skip('in')) {
        rest.push({ operator: 'in', operand: this.#sum(), at })
      } else if (this.is('not') && this.ahead.text === 'in') {
        this.next()
        this.next()
        rest.push({ operator: 'not in', operand: this.#sum(), at })
      } else break
    }
    return rest.length === 0 ? first : { kind: 'compare', at: rest[0]!.at, first, rest }
  }

  #sum(): Node {
    return this.#binary(['+', '-'], () => this.#concat())
  }

  #concat(): Node {
    const first = this.#product()
    if (!this.is('~')) return first
    const parts = [first]
    const { at } = this.token
    while (this.skip('~')) parts.push(this.#product())
    return { kind: 'concat', at, parts }
  }

  #product(): Node {
    return this.#binary(['*', '/', '//', '%'], () => this.#power())
  }

  #power(): Node {
    return this.#binary(['**'], () => this.#unary(true))
  }

  #binary(operators: readonly BinaryOperator[], operand: () => Node): Node {
    let left = operand()
    while (this.token.kind === 'operator' && operators.includes(this.token.text as BinaryOperator)) {
      const { at, text } = this.next()
      left = { kind: 'binary', at, operator: text as BinaryOperator, left, right: operand() }
    }
    return left
  }

  #unary(withFilters: boolean): Node {
    const { at } = this.token
    let node: Node
    if (this.is('-') || this.is('+')) {
      const negative = this.next().text === '-'
      node = { kind: 'sign', at, negative, operand: this.#unary(false) }
    } else node = this.#primary()
    node = this.#postfix(node)
    return withFilters ? this.#filtersAndTests(node) : node
  }

  #primary(): Node {
    const { kind, at, text, number } = this.token
    if (kind === 'name') {
      this.next()
      const constant = constants.get(text)
      return constant === undefined
        ? { kind: 'name', at, name: text }
        : { kind: 'constant', at, value: constant }
    }
    if (kind === 'string') return this.#string()
    if (kind === 'integer' || kind === 'float') {
      this.next()
      return kind === 'float' ? { kind, at, value: number! } : { kind: 'constant', at, value: number! }
    }
    if (this.skip('(')) {
      if (this.skip(')')) return { kind: 'tuple', at, items: [] }
      const node = this.tupleOrExpression()
      this.expect(')')
      return node
    }
    if (this.skip('[')) return { kind: 'list', at, items: this.#sequence(']', () => this.expression()) }
    if (this.is('{')) return this.#dictOrEmbedded()
    throw new SyntaxFailure(
      kind === 'end' ? 'expected an expression' : `expected an expression, got ${describe(this.token)}`,
      at,
    )
  }

  #string(): Node {
    const { at } = this.token
    let value = ''
    while (this.token.kind === 'string') value += this.next().text
    if ((this.#embedded || this.#lookupDepth > 0) && value.includes('{{')) {
      return { kind: 'embedded', at, source: value, offset: at + 1, lazy: this.#lookupDepth > 0 }
    }
    return { kind: 'constant', at, value }
  }

  #dictOrEmbedded(): Node {
    const { at, end } = this.next()
    if (this.#embedded && this.is('{') && this.token.at === end) {
      this.next()
      const node = this.expression()
      this.expect('}')
      this.expect('}')
      return this.#postfix(node)
    }
    const entries = this.#sequence('}', (): [Node, Node] => {
      const key = this.expression()
      this.expect(':')
      return [key, this.expression()]
    })
    return { kind: 'dict', at, entries }
  }

  #sequence<T>(close: string, element: () => T): T[] {
    const items: T[] = []
    while (!this.skip(close)) {
      if (items.length > 0) {
        this.expect(',')
        if (this.skip(close)) break
      }
      items.push(element())
    }
    return items
  }

  #postfix(start: Node): Node {
    let node = start
    for (;;) {
      const { at, kind } = this.token
      if (kind !== 'operator') return node
      if (this.skip('.')) {
        const { kind: memberKind, text, number, at: memberAt } = this.next()
        if (memberKind === 'name') node = { kind: 'attribute', at: memberAt, object: node, name: text }
        else if (memberKind === 'integer') {
          const key: Node = { kind: 'constant', at: memberAt, value: number! }
          node = { kind: 'item', at: memberAt, object: node, key }
        } else throw new SyntaxFailure("expected a name after '.'", memberAt)
      } else if (this.skip('[')) node = this.#subscript(node, at)
      else if (this.is('(')) node = this.#call(node)
      else return node
    }
  }

  #subscript(object: Node, at: number): Node {
    let start: Node | undefined
    if (!this.is(':')) {
      start = this.tupleOrExpression()
      if (this.skip(']')) return { kind: 'item', at, object, key: start }
    }
    this.expect(':')
    const bound = () => (this.is(':') || this.is(']') ? undefined : this.expression())
    const stop = bound()
    const step = this.skip(':') ? bound() : undefined
    this.expect(']')
    return { kind: 'slice', at, object, start, stop, step }
  }

  #call(callee: Node): Node {
    const { at } = this.token
    const isLookup = callee.kind === 'name' && lookups.has(callee.name)
    if (isLookup) this.#lookupDepth++
    const call: Node = { kind: 'call', at: callee.at ?? at, callee, arguments: this.#arguments() }
    if (isLookup) this.#lookupDepth--
    return call
  }

  #arguments(): Arguments {
    const positional: Node[] = []
    const named: [string, Node][] = []
    let spread: Node | undefined
    let spreadNamed: Node | undefined
    this.expect('(')
    this.#sequence(')', () => {
      if (this.skip('*')) spread = this.expression()
      else if (this.skip('**')) spreadNamed = this.expression()
      else if (this.token.kind === 'name' && this.ahead.kind === 'operator' && this.ahead.text === '=') {
        const { at } = this.token
        const name = this.next().text
        this.next()
        if (named.some(([other]) => other === name)) {
          throw new SyntaxFailure(`keyword argument repeated: ${name}`, at)
        }
        named.push([name, this.expression()])
      } else {
        if (named.length > 0) {
          throw new SyntaxFailure('a positional argument cannot follow a named one', this.token.at)
        }
        positional.push(this.expression())
      }
    })
    return { positional, named, spread, spreadNamed }
  }

  #filtersAndTests(start: Node): Node {
    let node = start
    for (;;) {
      if (this.is('|')) node = this.#filter(node)
      else if (this.is('is')) node = this.#test(node)
      else if (this.is('(')) node = this.#call(node)
      else return node
    }
  }

  /** One or more `| name(…)`; without an input it is the head of a `{% filter %}` block. */
  filters(input: Node | undefined): Node {
    let node = this.#filterAfterBar(input)
    while (this.is('|')) node = this.#filter(node)
    return node
  }

  #filter(input: Node): Node {
    this.expect('|')
    return this.#filterAfterBar(input)
  }

  #filterAfterBar(input: Node | undefined): Node {
    const { at } = this.token
    const name = this.#dottedName('the name of a filter')
    const filterArguments = this.is('(') ? this.#arguments() : { positional: [], named: [] }
    return { kind: 'filter', at, name, input, arguments: filterArguments }
  }

  #test(input: Node): Node {
    const { at: isAt } = this.expect('is')
    const negated = this.skip('not')
    const { at } = this.token
    const name = this.#dottedName('the name of a test')
    let testArguments: Arguments = { positional: [], named: [] }
    const { kind, text } = this.token
    if (this.is('(')) testArguments = this.#arguments()
    else if (
      ['string', 'integer', 'float'].includes(kind) ||
      (kind === 'operator' && (text === '[' || text === '{')) ||
      (kind === 'name' && !afterTest.has(text) && !['if', 'in', 'not', 'recursive'].includes(text))
    ) {
      if (text === 'is')
        throw new SyntaxFailure('tests cannot be chained with `is`', this.token.at, 'write `and`')
      testArguments = { positional: [this.#postfix(this.#primary())], named: [] }
    }
    const node: Node = { kind: 'test', at, name, input, arguments: testArguments }
    return negated ? { kind: 'not', at: isAt, operand: node } : node
  }

  #dottedName(what: string): string {
    let name = this.name(what)
    while (this.is('.')) {
      this.next()
      name += `.${this.name(what)}`
    }
    return name
  }
}

function describe({ kind, text }: Token): string {
  if (kind === 'end') return 'the end of the expression'
  return kind === 'string' ? 'a string' : `'${text}'`
}
