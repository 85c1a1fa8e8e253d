import { unescapePython } from './escapes.ts'

export interface Token {
  readonly kind: 'name' | 'integer' | 'float' | 'string' | 'operator' | 'end'
  /** The operator, the name, or the string's value. */
  readonly text: string
  readonly at: number
  readonly end: number
  readonly number?: number
}

/** Text that is no expression, with the offset of what is wrong. */
export class SyntaxFailure extends Error {
  readonly offset: number
  readonly hint: string | undefined

  constructor(message: string, offset: number, hint?: string) {
    super(message)
    this.offset = offset
    this.hint = hint
  }
}

const space = /\s+/y
const name = /[\p{L}_][\p{L}\p{N}_]*/uy
const floating = /\d+(?:_\d+)*(?:\.\d+(?:_\d+)*(?:[eE][+-]?\d+(?:_\d+)*)?|[eE][+-]?\d+(?:_\d+)*)/y
const integer = /0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[\da-fA-F])+|[1-9](?:_?\d)*|0(?:_?0)*/y
const string = /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"/y
// In a condition, `{{ … }}` inside of a string is a template, whatever quotes are in it.
const stringWithTemplates = /'(?:\{\{[^]*?\}\}|[^'\\]|\\[^])*'|"(?:\{\{[^]*?\}\}|[^"\\]|\\[^])*"/y
const operator = /\/\/|\*\*|==|!=|>=|<=|[-+/*%~[\](){}<>=.:|,;]/y

const advice: Record<string, string> = {
  '&': 'write `and`',
  '!': 'write `not`',
  '?': 'write `a if condition else b`',
  $: 'a variable is written without `$`',
}

/**
 * The tokens of an expression from an offset up to its terminator (`}}`, `%}`), or to the end of the text without one.
 * The last token is the end; its `end` is the offset behind the terminator.
 *
 * @param raw keep backslashes in string literals, as Ansible does inside `{{ … }}` in YAML.
 * @param embedded `{{ … }}` may stand in string literals.
 */
export function tokenize(
  source: string,
  start: number,
  terminator: string | undefined,
  raw: boolean,
  embedded = false,
): Token[] {
  const tokens: Token[] = []
  const open: { text: string; at: number }[] = []
  let at = start
  const take = (pattern: RegExp) => {
    pattern.lastIndex = at
    return pattern.exec(source)?.[0]
  }
  const push = (kind: Token['kind'], length: number, text: string, number?: number) => {
    tokens.push({ kind, text, at, end: at + length, number })
    at += length
  }
  for (;;) {
    at += take(space)?.length ?? 0
    if (terminator === undefined ? at >= source.length : open.length === 0) {
      const length = endLength(source, at, terminator)
      if (length !== undefined) {
        push('end', length, source.slice(at, at + length))
        return tokens
      }
    }
    if (at >= source.length) {
      const last = open.at(-1)
      if (last !== undefined) throw new SyntaxFailure(`this '${last.text}' is not closed`, last.at)
      throw new SyntaxFailure(`expected '${terminator}' before the end of the text`, at)
    }
    const afterDot = tokens.at(-1)?.text === '.' && tokens.at(-1)?.kind === 'operator'
    let text: string | undefined
    if ((text = take(name)) !== undefined) push('name', text.length, text)
    else if (!afterDot && (text = take(floating)) !== undefined) {
      push('float', text.length, text, Number(text.replaceAll('_', '')))
    } else if ((text = take(integer)) !== undefined) {
      push('integer', text.length, text, Number(text.replaceAll('_', '')))
    } else if ((text = take(embedded ? stringWithTemplates : string)) !== undefined) {
      const inner = text.slice(1, -1)
      push('string', text.length, raw ? inner.replaceAll(`\\${text[0]}`, text[0]!) : unescapePython(inner))
    } else if ((text = take(operator)) !== undefined) {
      if ('([{'.includes(text)) open.push({ text, at })
      else if (')]}'.includes(text)) close(open, text, at)
      push('operator', text.length, text)
    } else {
      const character = source[at]!
      if (character === '"' || character === "'") throw new SyntaxFailure('this string has no end', at)
      throw new SyntaxFailure(`unexpected character '${character}'`, at, advice[character])
    }
  }
}

const pairs: Record<string, string> = { ')': '(', ']': '[', '}': '{' }

function close(open: { text: string; at: number }[], text: string, at: number): void {
  const last = open.pop()
  if (last === undefined) throw new SyntaxFailure(`unexpected '${text}'`, at)
  if (last.text !== pairs[text]) throw new SyntaxFailure(`this '${last.text}' is not closed`, last.at)
}

function endLength(source: string, at: number, terminator: string | undefined): number | undefined {
  if (terminator === undefined) return 0
  if (source.startsWith(terminator, at)) return terminator.length
  const sign = source[at]
  if ((sign === '-' || sign === '+') && source.startsWith(terminator, at + 1)) return terminator.length + 1
  return undefined
}
