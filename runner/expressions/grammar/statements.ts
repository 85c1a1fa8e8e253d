import { SyntaxFailure } from './lexer.ts'
import type { Node, Parameter, Part, Target } from './nodes.ts'
import type { Parser } from './parser.ts'

/** A template cut at its delimiters. */
export type Piece =
  | { kind: 'text'; at: number; text: string }
  | { kind: 'print' | 'statement'; at: number; parser: Parser }

/** Jinja's statements: what stands between `{%` and `%}`. */
export class StatementParser {
  readonly #pieces: readonly Piece[]
  #index = 0

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces
  }

  template(): Part[] {
    const { parts, ended } = this.#body([], 0)
    if (ended !== undefined) throw new SyntaxFailure(`unexpected '${ended.word}'`, ended.at)
    return parts
  }

  /** Parts up to one of the closing words; `opened` is where the block began, for the message. */
  #body(closing: readonly string[], opened: number): { parts: Part[]; ended?: Ending } {
    const parts: Part[] = []
    while (this.#index < this.#pieces.length) {
      const piece = this.#pieces[this.#index++]!
      if (piece.kind === 'text') parts.push(piece)
      else if (piece.kind === 'print') {
        const expression = piece.parser.tupleOrExpression()
        piece.parser.expectEnd()
        parts.push({ kind: 'print', at: piece.at, expression })
      } else {
        const { parser, at } = piece
        const { at: wordAt } = parser.token
        const word = parser.name('a statement')
        if (closing.includes(word) || (closing.length === 0 && isClosing(word))) {
          return { parts, ended: { word, parser, at: wordAt } }
        }
        const part = this.#statement(word, parser, at, wordAt)
        if (part !== undefined) parts.push(...part)
      }
    }
    if (closing.length > 0) throw new SyntaxFailure(`this block has no '${closing.at(-1)}'`, opened)
    return { parts }
  }

  /** The body of a block that has but one end. */
  #until(word: string, at: number): Part[] {
    const { parts, ended } = this.#body([word], at)
    if (word === 'endblock' || word === 'endmacro') {
      if (ended!.parser.token.kind === 'name') ended!.parser.next()
    }
    ended!.parser.expectEnd()
    return parts
  }

  #statement(word: string, parser: Parser, at: number, wordAt: number): Part[] | undefined {
    switch (word) {
      case 'if':
        return [this.#if(parser, at)]
      case 'for':
        return [this.#for(parser, at)]
      case 'set':
        return [this.#set(parser, at)]
      case 'macro': {
        const name = parser.name('the name of the macro')
        const parameters = parseParameters(parser)
        parser.expectEnd()
        return [{ kind: 'macro', at, name, parameters, body: this.#until('endmacro', at) }]
      }
      case 'call': {
        const parameters = parser.is('(') ? parseParameters(parser) : []
        const call = this.#whole(parser)
        if (call.kind !== 'call') throw new SyntaxFailure('expected the call of a macro', call.at)
        return [{ kind: 'callBlock', at, call, parameters, body: this.#until('endcall', at) }]
      }
      case 'filter': {
        const filter = parser.filters(undefined)
        parser.expectEnd()
        return [{ kind: 'filterBlock', at, filter, body: this.#until('endfilter', at) }]
      }
      case 'with':
        return [this.#with(parser, at)]
      case 'autoescape':
        this.#whole(parser)
        return this.#until('endautoescape', at)
      case 'block': {
        const name = parser.name('the name of the block')
        let scoped = false
        let required = false
        while (!parser.atEnd()) {
          if (parser.skip('scoped')) scoped = true
          else if (parser.skip('required')) required = true
          else throw parser.unexpected('`scoped`, `required` or the end of the statement')
        }
        return [{ kind: 'block', at, name, scoped, required, body: this.#until('endblock', at) }]
      }
      case 'extends':
        return [{ kind: 'extends', at, template: this.#whole(parser) }]
      case 'include':
        return [this.#include(parser, at)]
      case 'import': {
        const template = parser.expression()
        parser.expect('as')
        const name = parser.name()
        return [{ kind: 'import', at, template, name, withContext: parseContext(parser, false) }]
      }
      case 'from':
        return [this.#from(parser, at)]
      case 'do':
        return [{ kind: 'do', at, expression: this.#whole(parser) }]
      case 'break':
      case 'continue':
        parser.expectEnd()
        return [{ kind: word, at }]
      default:
        throw new SyntaxFailure(`unknown statement '${word}'`, wordAt)
    }
  }

  #whole(parser: Parser): Node {
    const node = parser.tupleOrExpression()
    parser.expectEnd()
    return node
  }

  #if(start: Parser, at: number): Part {
    const branches: { test: Node; body: Part[] }[] = []
    let parser = start
    for (;;) {
      const test = this.#whole(parser)
      const { parts, ended } = this.#body(['elif', 'else', 'endif'], at)
      branches.push({ test, body: parts })
      parser = ended!.parser
      if (ended!.word === 'elif') continue
      parser.expectEnd()
      const otherwise = ended!.word === 'else' ? this.#until('endif', at) : []
      return { kind: 'if', at, branches, otherwise }
    }
  }

  #for(parser: Parser, at: number): Part {
    const target = parseTarget(parser, ['in'])
    parser.expect('in')
    const iterable = parseIterable(parser)
    const filter = parser.skip('if') ? parser.expression() : undefined
    const recursive = parser.skip('recursive')
    parser.expectEnd()
    const { parts: body, ended } = this.#body(['else', 'endfor'], at)
    ended!.parser.expectEnd()
    const otherwise = ended!.word === 'else' ? this.#until('endfor', at) : []
    return { kind: 'for', at, target, iterable, filter, recursive, body, otherwise }
  }

  #set(parser: Parser, at: number): Part {
    const target = parseTarget(parser, ['=', '|'])
    if (parser.skip('=')) return { kind: 'set', at, target, value: this.#whole(parser) }
    const filter = parser.skip('|') ? parser.filters(undefined) : undefined
    parser.expectEnd()
    return { kind: 'setBlock', at, target, filter, body: this.#until('endset', at) }
  }

  #with(parser: Parser, at: number): Part {
    const bindings: [Target, Node][] = []
    while (!parser.atEnd()) {
      if (bindings.length > 0) parser.expect(',')
      const target = parseTarget(parser, ['='])
      parser.expect('=')
      bindings.push([target, parser.expression()])
    }
    return { kind: 'with', at, bindings, body: this.#until('endwith', at) }
  }

  #include(parser: Parser, at: number): Part {
    const template = parser.expression()
    let ignoreMissing = false
    if (parser.is('ignore') && parser.ahead.text === 'missing') {
      parser.next()
      parser.next()
      ignoreMissing = true
    }
    return { kind: 'include', at, template, ignoreMissing, withContext: parseContext(parser, true) }
  }

  #from(parser: Parser, at: number): Part {
    const template = parser.expression()
    parser.expect('import')
    const names: [string, string][] = []
    while (!parser.atEnd() && !parser.is('with') && !parser.is('without')) {
      if (names.length > 0) {
        parser.expect(',')
        if (parser.atEnd()) break
      }
      const name = parser.name()
      names.push([name, parser.skip('as') ? parser.name() : name])
    }
    return { kind: 'from', at, template, names, withContext: parseContext(parser, false) }
  }
}

interface Ending {
  readonly word: string
  readonly parser: Parser
  readonly at: number
}

function isClosing(word: string): boolean {
  return word.startsWith('end') || word === 'else' || word === 'elif'
}

function parseContext(parser: Parser, usual: boolean): boolean {
  let withContext = usual
  if ((parser.is('with') || parser.is('without')) && parser.ahead.text === 'context') {
    withContext = parser.next().text === 'with'
    parser.next()
  }
  parser.expectEnd()
  return withContext
}

/** `a in b if c` must not read the `if` as part of an inline condition. */
function parseIterable(parser: Parser): Node {
  const { at } = parser.token
  const first = parser.or()
  if (!parser.is(',')) return first
  const items = [first]
  while (parser.skip(',') && !parser.atEnd()) items.push(parser.or())
  return { kind: 'tuple', at, items }
}

function parseParameters(parser: Parser): Parameter[] {
  const parameters: Parameter[] = []
  parser.expect('(')
  while (!parser.skip(')')) {
    if (parameters.length > 0) parser.expect(',')
    const name = parser.name('the name of a parameter')
    parameters.push({ name, fallback: parser.skip('=') ? parser.expression() : undefined })
  }
  return parameters
}

/** A name, `namespace.attribute`, or several of them, up to one of the words. */
function parseTarget(parser: Parser, ends: readonly string[]): Target {
  const { at } = parser.token
  const first = parseOneTarget(parser)
  if (!parser.is(',')) return first
  const items = [first]
  while (parser.skip(',')) {
    if (ends.some((end) => parser.is(end))) break
    items.push(parseOneTarget(parser))
  }
  return { kind: 'tuple', at, items }
}

function parseOneTarget(parser: Parser): Target {
  const { at } = parser.token
  if (parser.skip('(')) {
    const target = parseTarget(parser, [')'])
    parser.expect(')')
    return target
  }
  const name = parser.name('the name of a variable')
  return parser.skip('.')
    ? { kind: 'attribute', at, object: name, name: parser.name() }
    : { kind: 'name', at, name }
}
