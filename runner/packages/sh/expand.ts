import { Unknown } from '../../variables/unknown.ts'
import { arithmetic } from './arithmetic.ts'
import { escapePattern, hasWildcard, patternToRegExp, unescapePattern } from './pattern.ts'
import type { Command, Part, Word } from './syntax.ts'
import { joinTexts, mapText, type Text } from './text.ts'

/** What expansion needs of a shell. */
export interface Expander {
  get(name: string): Text | undefined
  set(name: string, value: Text): void
  readonly positional: readonly Text[]
  /** What a command prints, without newlines at its end. */
  output(command: Command): Text
  /** The paths that match a pattern, none when nothing does. */
  paths(pattern: string): readonly string[] | Unknown
}

/** A piece of a word after expansion. */
interface Piece {
  readonly text: Text
  /** Wildcards in it stand for themselves. */
  readonly quoted: boolean
  /** It came from a variable or a command, and is split at blanks unless it is quoted. */
  readonly literal?: boolean
  /** Ends the word here: the elements of "$@". */
  readonly ends?: boolean
}

/** The fields that words become: expanded, split at blanks, patterns replaced by the paths that match. */
export function expandWords(words: readonly Word[], shell: Expander): Text[] {
  return words.flatMap((word) => expandWord(word, shell))
}

/** A word as one text: for assignments and redirections. */
export function expandText(word: Word, shell: Expander): Text {
  return joinTexts(
    word
      .flatMap((part) => pieces(part, shell))
      .map(({ text, ends }) => (ends ? mapText(text, (plain) => `${plain} `) : text)),
  )
}

/** A word as a pattern, in which what was quoted stands for itself. */
export function expandPattern(word: Word, shell: Expander): Text {
  return joinTexts(
    word
      .flatMap((part) => pieces(part, shell))
      .map(({ text, quoted }) => (quoted ? mapText(text, escapePattern) : text)),
  )
}

function expandWord(word: Word, shell: Expander): Text[] {
  const fields: Text[] = []
  let pattern: Text | undefined
  const add = (text: Text) => {
    pattern = pattern === undefined ? text : joinTexts([pattern, text])
  }
  const end = () => {
    if (pattern !== undefined) fields.push(...matching(pattern, shell))
    pattern = undefined
  }
  for (const { text, quoted, literal, ends } of word.flatMap((part) => pieces(part, shell))) {
    if (text instanceof Unknown) add(text)
    else if (quoted) add(escapePattern(text))
    else if (literal) add(text)
    else {
      const split = text.replaceAll('\\', '\\\\').split(/[ \t\n]+/)
      for (const [index, piece] of split.entries()) {
        if (index > 0) end()
        if (piece !== '') add(piece)
      }
    }
    if (ends) end()
  }
  end()
  return fields
}

function matching(pattern: Text, shell: Expander): Text[] {
  if (pattern instanceof Unknown) return [pattern]
  if (!hasWildcard(pattern)) return [unescapePattern(pattern)]
  const paths = shell.paths(pattern)
  if (paths instanceof Unknown) return [paths]
  return paths.length > 0 ? [...paths] : [unescapePattern(pattern)]
}

function pieces(part: Part, shell: Expander): Piece[] {
  const { quoted } = part
  switch (part.type) {
    case 'text':
      return [{ text: part.text, quoted, literal: true }]
    case 'command':
      return [{ text: shell.output(part.body), quoted }]
    case 'arithmetic':
      return [
        { text: mapText(expandText(part.expression, shell), (text) => arithmetic(text, shell)), quoted },
      ]
    case 'variable':
      if (part.name === '@' && quoted && part.operator === undefined)
        return shell.positional.map((text, index) => ({
          text,
          quoted,
          ends: index < shell.positional.length - 1,
        }))
      return variable(part, shell)
  }
}

function variable(
  { name, operator, operand = [], quoted }: Extract<Part, { type: 'variable' }>,
  shell: Expander,
): Piece[] {
  const value = name === '@' || name === '*' ? joinTexts(shell.positional, ' ') : shell.get(name)
  const alternative = () => operand.flatMap((part) => pieces(quoted ? { ...part, quoted } : part, shell))
  if (operator === undefined) return [{ text: value ?? '', quoted }]
  if (operator === 'length') return [{ text: mapText(value ?? '', (text) => String(text.length)), quoted }]
  const missing = value === undefined || (operator.startsWith(':') && value === '')
  switch (operator.replace(':', '')) {
    case '-':
    case '?':
      return missing ? alternative() : [{ text: value, quoted }]
    case '=':
      if (missing) shell.set(name, expandText(operand, shell))
      return [{ text: shell.get(name) ?? '', quoted }]
    case '+':
      return missing ? [{ text: '', quoted }] : alternative()
    default: {
      const pattern = expandPattern(operand, shell)
      if (pattern instanceof Unknown) return [{ text: pattern, quoted }]
      return [{ text: mapText(value ?? '', (text) => trim(text, operator, pattern)), quoted }]
    }
  }
}

function trim(text: string, operator: string, pattern: string): string {
  if (operator.startsWith('#')) {
    return text.replace(patternToRegExp(pattern, 'start', operator === '#'), '')
  }
  // The shortest or longest end that matches: tried from that side.
  const whole = patternToRegExp(pattern)
  const starts = Array.from({ length: text.length + 1 }, (_, index) => index)
  if (operator === '%') starts.reverse()
  const start = starts.find((index) => whole.test(text.slice(index)))
  return start === undefined ? text : text.slice(0, start)
}
