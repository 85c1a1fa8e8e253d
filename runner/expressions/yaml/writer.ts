import { escapeCharacter } from './scalar.ts'

const breaks = '\n\x85\u2028\u2029'

/** Writes YAML with PyYAML's ideas of indentation and of where a line is broken. */
export class Writer {
  text = ''
  /** Whether nothing but indentation and `- ` stands in the line so far. */
  indention = true
  readonly #step: number
  readonly #width: number
  readonly #indents: (number | undefined)[] = []
  #indent: number | undefined
  #column = 0
  #whitespace = true

  constructor(step: number, width: number) {
    this.#step = step
    this.#width = width > step * 2 ? width : 80
  }

  push(flow: boolean, indentless: boolean): void {
    this.#indents.push(this.#indent)
    if (this.#indent === undefined) this.#indent = flow ? this.#step : 0
    else if (!indentless) this.#indent += this.#step
  }

  pop(): void {
    this.#indent = this.#indents.pop()
  }

  isTooWide(): boolean {
    return this.#column > this.#width
  }

  raw(text: string): void {
    this.text += text
    this.#column += text.length
    this.#whitespace = false
    this.indention = false
  }

  /** Begins a new line unless the current one is still empty, and indents it. */
  indentLine(): void {
    const indent = this.#indent ?? 0
    if (!this.indention || this.#column > indent || (this.#column === indent && !this.#whitespace))
      this.#break()
    if (this.#column < indent) {
      this.text += ' '.repeat(indent - this.#column)
      this.#column = indent
      this.#whitespace = true
    }
  }

  indicator(
    text: string,
    needSpace: boolean,
    after: { whitespace?: boolean; indention?: boolean } = {},
  ): void {
    this.#put(this.#whitespace || !needSpace ? text : ` ${text}`)
    this.#whitespace = after.whitespace ?? false
    this.indention &&= after.indention ?? false
  }

  plain(text: string, split: boolean): void {
    if (text === '') return
    if (!this.#whitespace) this.#put(' ')
    this.#whitespace = false
    this.indention = false
    for (const piece of text.split(/( +)/)) {
      if (piece === ' ' && split && this.#column > this.#width) {
        this.indentLine()
        this.#whitespace = false
        this.indention = false
      } else this.#put(piece)
    }
  }

  singleQuoted(text: string, split: boolean): void {
    this.indicator("'", true)
    let at = 0
    for (const piece of text.split(/( +|[\n\x85\u2028\u2029]+)/)) {
      const end = at + piece.length
      if (piece !== '' && breaks.includes(piece[0]!)) {
        if (piece.startsWith('\n')) this.#break()
        for (const character of piece) this.#break(character)
        this.indentLine()
      } else if (piece === ' ' && split && this.#column > this.#width && at !== 0 && end !== text.length) {
        this.indentLine()
      } else this.#put(piece.replaceAll("'", "''"))
      at = end
    }
    this.indicator("'", false)
  }

  doubleQuoted(text: string, split: boolean): void {
    this.indicator('"', true)
    const characters = Array.from(text)
    let pending = ''
    const flush = () => {
      this.#put(pending)
      pending = ''
    }
    for (const [index, character] of characters.entries()) {
      const escaped = escapeCharacter(character)
      if (escaped !== undefined) {
        flush()
        this.#put(escaped)
      }
      const mayBreak =
        index > 0 && index < characters.length - 1 && (character === ' ' || escaped !== undefined)
      if (mayBreak && split && this.#column + pending.length > this.#width) {
        flush()
        this.#put('\\')
        this.indentLine()
        this.#whitespace = false
        this.indention = false
        const next = escaped === undefined ? character : characters[index + 1]
        if (next === ' ') this.#put('\\')
      }
      if (escaped === undefined) pending += character
    }
    flush()
    this.indicator('"', false)
  }

  #put(text: string): void {
    this.text += text
    this.#column += text.length
  }

  #break(character = '\n'): void {
    this.text += character
    this.#column = 0
    this.#whitespace = true
    this.indention = true
  }
}
