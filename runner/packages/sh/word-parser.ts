import { type Command, type Part, ShellSyntaxError, type Word } from './syntax.ts'

/** Characters that end a word where they stand unquoted. */
const ENDS_WORD = new Set([' ', '\t', '\n', ';', '&', '|', '<', '>', '(', ')'])

/** Reads words: text with quotes, variables and commands in it. `parse` reads what stands in `$( )`. */
export class WordParser {
  readonly text: string
  at: number
  readonly #parse: (text: string) => Command

  constructor(text: string, parse: (text: string) => Command, at = 0) {
    this.text = text
    this.at = at
    this.#parse = parse
  }

  /** One word, ending at an unquoted blank or operator, or at one of `ends`. Empty when there is none. */
  word(ends: ReadonlySet<string> = ENDS_WORD): Word {
    const parts: Part[] = []
    while (this.at < this.text.length && !ends.has(this.text[this.at]!)) this.#part(parts, ends)
    return parts
  }

  /** The text of a here-document whose variables are put in: like double quotes, but quotes stand for themselves. */
  document(): Word {
    const parts: Part[] = []
    while (this.at < this.text.length) this.#inside(parts, new Set(), false)
    return parts
  }

  #part(parts: Part[], ends: ReadonlySet<string>): void {
    const character = this.text[this.at]!
    if (character === "'") {
      const end = this.text.indexOf("'", this.at + 1)
      if (end < 0) throw new ShellSyntaxError('a quote is not closed')
      parts.push({ type: 'text', text: this.text.slice(this.at + 1, end), quoted: true })
      this.at = end + 1
    } else if (character === '"') {
      this.at++
      const before = parts.length
      while (this.text[this.at] !== '"') {
        if (this.at >= this.text.length) throw new ShellSyntaxError('a quote is not closed')
        this.#inside(parts, DOUBLE_QUOTE, true)
      }
      this.at++
      // "" is a word too.
      if (parts.length === before) parts.push({ type: 'text', text: '', quoted: true })
    } else if (character === '\\') {
      if (this.text[this.at + 1] !== '\n')
        parts.push({ type: 'text', text: this.text[this.at + 1] ?? '', quoted: true })
      this.at += 2
    } else if (character === '$' || character === '`') this.#substitution(parts, false)
    else {
      const start = this.at
      while (
        this.at < this.text.length &&
        !ends.has(this.text[this.at]!) &&
        !['"', "'", '\\', '$', '`'].includes(this.text[this.at]!)
      )
        this.at++
      parts.push({ type: 'text', text: this.text.slice(start, this.at), quoted: false })
    }
  }

  // Within double quotes or a here-document.
  #inside(parts: Part[], ends: ReadonlySet<string>, quotes: boolean): void {
    const character = this.text[this.at]!
    if (character === '\\') {
      const next = this.text[this.at + 1] ?? ''
      if (next === '\n') this.at += 2
      else {
        const escapes = next === '$' || next === '`' || next === '\\' || (quotes && next === '"')
        parts.push({ type: 'text', text: escapes ? next : `\\${next}`, quoted: true })
        this.at += 2
      }
    } else if (character === '$' || character === '`') this.#substitution(parts, true)
    else {
      const start = this.at
      while (
        this.at < this.text.length &&
        !ends.has(this.text[this.at]!) &&
        !['\\', '$', '`'].includes(this.text[this.at]!)
      )
        this.at++
      parts.push({ type: 'text', text: this.text.slice(start, this.at), quoted: true })
    }
  }

  #substitution(parts: Part[], quoted: boolean): void {
    const rest = this.text.slice(this.at, this.at + 3)
    if (rest.startsWith('`')) {
      const start = ++this.at
      while (this.text[this.at] !== '`') {
        if (this.at >= this.text.length) throw new ShellSyntaxError('a ` is not closed')
        this.at += this.text[this.at] === '\\' ? 2 : 1
      }
      const body = this.text.slice(start, this.at++).replaceAll(/\\([$`\\])/g, '$1')
      parts.push({ type: 'command', body: this.#parse(body), quoted })
    } else if (rest.startsWith('$((')) {
      const end = this.#closing(this.at + 1)
      const inner = new WordParser(this.text.slice(this.at + 3, end - 1), this.#parse)
      parts.push({ type: 'arithmetic', expression: inner.document(), quoted })
      this.at = end + 1
    } else if (rest.startsWith('$(')) {
      const end = this.#closing(this.at + 1)
      parts.push({ type: 'command', body: this.#parse(this.text.slice(this.at + 2, end)), quoted })
      this.at = end + 1
    } else if (rest.startsWith('${')) this.#braces(parts, quoted)
    else {
      const match = /^(?:[A-Za-z_]\w*|[0-9@*#?$!-])/.exec(this.text.slice(this.at + 1))
      if (match) parts.push({ type: 'variable', name: match[0], quoted })
      else parts.push({ type: 'text', text: '$', quoted })
      this.at += 1 + (match?.[0].length ?? 0)
    }
  }

  #braces(parts: Part[], quoted: boolean): void {
    const match = /^\$\{(#?)([A-Za-z_]\w*|[0-9]+|[@*#?$!-])(:?[-=+?]|##?|%%?)?/.exec(this.text.slice(this.at))
    if (!match) throw new ShellSyntaxError(`bad substitution: ${this.text.slice(this.at, this.at + 20)}`)
    this.at += match[0].length
    const [, length, name, operator] = match
    if (operator === undefined) {
      if (this.text[this.at] !== '}') throw new ShellSyntaxError('a } is missing')
      this.at++
      parts.push({ type: 'variable', name: name!, operator: length ? 'length' : undefined, quoted })
      return
    }
    const ends = new Set(['}'])
    const operand: Part[] = []
    // Quotes in an operand quote, also where the whole stands in double quotes.
    while (this.text[this.at] !== '}') {
      if (this.at >= this.text.length) throw new ShellSyntaxError('a } is missing')
      this.#part(operand, ends)
    }
    this.at++
    parts.push({ type: 'variable', name: name!, operator, operand, quoted })
  }

  /** The place of the parenthesis that closes the one at `open`. */
  #closing(open: number): number {
    let depth = 0
    for (let at = open; at < this.text.length; at++) {
      const character = this.text[at]!
      if (character === '\\') at++
      else if (character === "'") {
        at = this.text.indexOf("'", at + 1)
        if (at < 0) break
      } else if (character === '"') {
        for (at++; at < this.text.length && this.text[at] !== '"'; at++) {
          if (this.text[at] === '\\') at++
          else if (this.text.startsWith('$(', at)) at = this.#closing(at + 1)
        }
      } else if (character === '#' && /\s/.test(this.text[at - 1] ?? '')) {
        const end = this.text.indexOf('\n', at)
        if (end < 0) break
        at = end
      } else if (character === '(') depth++
      else if (character === ')' && --depth === 0) return at
    }
    throw new ShellSyntaxError('a ) is missing')
  }
}

const DOUBLE_QUOTE = new Set(['"'])
