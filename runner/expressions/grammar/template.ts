import { SyntaxFailure, tokenize } from './lexer.ts'
import type { Part } from './nodes.ts'
import { Parser } from './parser.ts'
import { StatementParser, type Piece } from './statements.ts'

/** How the text of a template is read; Jinja's names for its options. */
export interface Syntax {
  readonly variable_start_string: string
  readonly variable_end_string: string
  readonly block_start_string: string
  readonly block_end_string: string
  readonly comment_start_string: string
  readonly comment_end_string: string
  readonly trim_blocks: boolean
  readonly lstrip_blocks: boolean
  /** What begins a line that is a statement, or a comment, as a whole; empty for none. */
  readonly line_statement_prefix: string
  readonly line_comment_prefix: string
  /** Keep backslashes in the string literals of `{{ … }}`, as Ansible does for YAML. */
  readonly raw: boolean
}

export const yamlSyntax: Syntax = {
  variable_start_string: '{{',
  variable_end_string: '}}',
  block_start_string: '{%',
  block_end_string: '%}',
  comment_start_string: '{#',
  comment_end_string: '#}',
  trim_blocks: true,
  lstrip_blocks: false,
  line_statement_prefix: '',
  line_comment_prefix: '',
  raw: true,
}

/** The syntax of template files, whose string literals have Python's escapes. */
export const fileSyntax: Syntax = { ...yamlSyntax, raw: false }

/**
 * A template's text as parts. A single newline at the end is dropped, as Jinja does.
 * @throws SyntaxFailure with the offset of what is wrong.
 */
export function parseTemplate(source: string, syntax: Syntax): Part[] {
  const text = withLineStatements(source.replace(/\n$/, ''), syntax)
  return new StatementParser(pieces(text, syntax)).template()
}

/** Line statements as blocks, and line comments gone. */
function withLineStatements(source: string, syntax: Syntax): string {
  const { line_statement_prefix: statement, line_comment_prefix: comment } = syntax
  let text = source
  if (comment !== '') text = text.replace(new RegExp(`${escapePattern(comment)}.*$`, 'gm'), '')
  if (statement === '') return text
  const line = new RegExp(`^[^\\S\\n]*${escapePattern(statement)}(.*?)(?::?[^\\S\\n]*)$\\n?`, 'gm')
  return text.replace(line, `${syntax.block_start_string}$1 +${syntax.block_end_string}`)
}

/** Cuts the text at its delimiters and applies the white space control. */
function pieces(source: string, syntax: Syntax): Piece[] {
  const found: Piece[] = []
  const opening = openingPattern(syntax)
  let at = 0
  let trimStart = false
  let trimNewline = false

  const addText = (end: number, lstrip: boolean, strip: boolean) => {
    let start = at
    if (trimStart) while (start < end && /\s/.test(source[start]!)) start++
    else if (trimNewline && source[start] === '\n') start++
    let text = source.slice(start, end)
    if (strip) text = text.trimEnd()
    else if (lstrip) {
      const lineStart = text.lastIndexOf('\n') + 1
      const atLineStart = lineStart > 0 || start === 0 || source[start - 1] === '\n'
      if (atLineStart && text.slice(lineStart).trim() === '') text = text.slice(0, lineStart)
    }
    if (text !== '') found.push({ kind: 'text', at: start, text })
    trimStart = false
    trimNewline = false
  }

  for (;;) {
    opening.lastIndex = at
    const match = opening.exec(source)
    if (match === null) {
      addText(source.length, false, false)
      return found
    }
    const begin = match.index
    const [whole, delimiter, sign] = match
    const isVariable = delimiter === syntax.variable_start_string
    addText(begin, syntax.lstrip_blocks && !isVariable && sign !== '+', sign === '-')
    const inside = begin + whole.length
    if (delimiter === syntax.comment_start_string) {
      const end = source.indexOf(syntax.comment_end_string, inside)
      if (end === -1) throw new SyntaxFailure(`this comment has no '${syntax.comment_end_string}'`, begin)
      trimStart = source[end - 1] === '-' && end > inside
      trimNewline = syntax.trim_blocks && source[end - 1] !== '+'
      at = end + syntax.comment_end_string.length
      continue
    }
    const terminator = isVariable ? syntax.variable_end_string : syntax.block_end_string
    const tokens = tokenizeAt(source, inside, begin, terminator, isVariable && syntax.raw)
    const end = tokens.at(-1)!
    trimStart = end.text[0] === '-' && end.text !== terminator
    trimNewline = !isVariable && syntax.trim_blocks && !(end.text[0] === '+' && end.text !== terminator)
    at = end.end
    if (!isVariable && tokens.length === 2 && tokens[0]!.text === 'raw') {
      at = addRaw(begin)
      continue
    }
    found.push({ kind: isVariable ? 'print' : 'statement', at: begin, parser: new Parser(tokens) })
  }

  function addRaw(begin: number): number {
    const start = escapePattern(syntax.block_start_string)
    const end = escapePattern(syntax.block_end_string)
    const closing = new RegExp(`${start}([-+]?)\\s*endraw\\s*([-+]?)${end}`, 'g')
    closing.lastIndex = at
    const match = closing.exec(source)
    if (match === null) throw new SyntaxFailure('this `raw` block has no `endraw`', begin)
    addText(match.index, syntax.lstrip_blocks && match[1] !== '+', match[1] === '-')
    trimStart = match[2] === '-'
    trimNewline = syntax.trim_blocks && match[2] !== '+'
    return match.index + match[0].length
  }
}

function tokenizeAt(source: string, inside: number, begin: number, terminator: string, raw: boolean) {
  try {
    return tokenize(source, inside, terminator, raw)
  } catch (error) {
    if (error instanceof SyntaxFailure && error.offset >= source.length) {
      throw new SyntaxFailure(`this has no '${terminator}'`, begin)
    }
    throw error
  }
}

const patterns = new WeakMap<Syntax, RegExp>()

function openingPattern(syntax: Syntax): RegExp {
  let pattern = patterns.get(syntax)
  if (pattern === undefined) {
    const starts = [syntax.block_start_string, syntax.comment_start_string, syntax.variable_start_string]
    const alternatives = starts.sort((a, b) => b.length - a.length).map(escapePattern)
    pattern = new RegExp(`(${alternatives.join('|')})([-+]?)`, 'g')
    patterns.set(syntax, pattern)
  }
  return pattern
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
