import { PYTHON_ESCAPES } from '../variables/python-escapes.ts'

/** One `key=value` in an old-style argument text. */
export interface KeyValue {
  readonly key: string
  readonly value: string
  /** Where the value stands in the text. */
  readonly offset: number
}

export interface FreeForm {
  readonly pairs: readonly KeyValue[]
  /** What is left when the pairs are taken out. */
  readonly rest: string
}

/**
 * Reads `src=a dest="b c" mode={{ x }}`. Quotes and `{{ … }}` hold words together; quotes around a value are taken off
 * and its `\n`, `\t`, `\x41` are read.
 *
 * @param only take these keys out and leave everything else alone (`creates=… ` before a command line)
 */
export function parseFreeForm(text: string, only?: ReadonlySet<string>): FreeForm {
  const pairs: KeyValue[] = []
  let rest = ''
  let kept = 0
  for (const { start, end } of words(text)) {
    const word = text.slice(start, end)
    const equals = KEY.exec(word)
    if (!equals || (only && !only.has(equals[1]!))) continue
    const raw = word.slice(equals[0].length)
    pairs.push({ key: equals[1]!, value: escapes(unquote(raw)), offset: start + equals[0].length })
    rest += text.slice(kept, start)
    kept = end
    while (/\s/.test(text[kept] ?? '')) kept++
  }
  rest += text.slice(kept)
  return { pairs, rest: pairs.length > 0 ? rest.trim() : rest }
}

/** A name, of which parts may be templates: `{{ item }}_port=80`. */
const KEY = /^((?:[A-Za-z_]|\{\{[^]*?\}\})(?:[\w.-]|\{\{[^]*?\}\})*)=/

/** The first word of a text and what follows it. */
export function firstWord(text: string): [word: string, rest: string] {
  for (const { start, end } of words(text)) return [text.slice(start, end), text.slice(end).trimStart()]
  return ['', '']
}

function* words(text: string): Generator<{ start: number; end: number }> {
  let at = 0
  while (at < text.length) {
    while (/\s/.test(text[at] ?? '')) at++
    if (at >= text.length) return
    const start = at
    at = wordEnd(text, at)
    yield { start, end: at }
  }
}

function wordEnd(text: string, start: number): number {
  let quote: string | undefined
  let close: string | undefined
  let at = start
  for (; at < text.length; at++) {
    const character = text[at]!
    if (close !== undefined) {
      if (text.startsWith(close, at)) {
        at++
        close = undefined
      }
    } else if (quote !== undefined) {
      if (character === '\\') at++
      else if (character === quote) quote = undefined
    } else if (character === '"' || character === "'") quote = character
    else if (/^\{[{%#]/.test(text.slice(at, at + 2))) {
      close = { '{': '}}', '%': '%}', '#': '#}' }[text[at + 1]!]
      at++
    } else if (/\s/.test(character)) break
  }
  return at
}

function unquote(text: string): string {
  const quoted = /^(["'])([\s\S]*)\1$/.exec(text)
  return quoted && text.length > 1 ? quoted[2]!.replaceAll(`\\${quoted[1]}`, quoted[1]!) : text
}

function escapes(text: string): string {
  return text.replace(
    /\\(?:([abfnrtv\\'"])|x([\da-fA-F]{2})|u([\da-fA-F]{4}))/g,
    (whole, letter?: string, byte?: string, point?: string) =>
      letter === undefined
        ? String.fromCodePoint(Number.parseInt((byte ?? point)!, 16))
        : (PYTHON_ESCAPES[letter] ?? whole),
  )
}
