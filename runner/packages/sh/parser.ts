import { type Command, type Redirection, ShellSyntaxError, type SimpleCommand, type Word } from './syntax.ts'
import { WordParser } from './word-parser.ts'

/**
 * Parses a POSIX shell script.
 *
 * @throws {ShellSyntaxError} for what is no such script, or uses what maintainer scripts hardly ever do
 */
export function parseShell(text: string): Command {
  const parser = new Parser(text)
  const list = parser.list()
  if (!parser.ended) throw new ShellSyntaxError(`unexpected '${parser.next()}'`)
  return list
}

/** Words that begin or end a part of a compound command; they end a list. */
const CLOSING = new Set(['then', 'else', 'elif', 'fi', 'do', 'done', 'esac', '}'])
const EMPTY: Command = { type: 'list', items: [] }

class Parser {
  readonly #text: string
  readonly #words: WordParser
  /** Here-documents whose text begins after the next newline. */
  #documents: { delimiter: string; dash: boolean; literal: boolean; target: Word[number][] }[] = []

  constructor(text: string) {
    this.#text = text
    this.#words = new WordParser(text, parseShell)
  }

  get ended(): boolean {
    this.#blank()
    return this.#at >= this.#text.length
  }

  get #at(): number {
    return this.#words.at
  }

  set #at(at: number) {
    this.#words.at = at
  }

  list(): Command {
    const items: Command[] = []
    for (;;) {
      this.#newlines()
      const next = this.next()
      if (next === '' || next === ')' || next === ';;' || CLOSING.has(next)) break
      items.push(this.#andOr())
      this.#blank()
      if (this.#operator(';;') || this.#operator(')')) break
      if (this.#text[this.#at] === ';' || this.#text[this.#at] === '&') this.#at++
      else if (this.#text[this.#at] !== '\n' && !this.ended && !CLOSING.has(this.next()))
        throw new ShellSyntaxError(`unexpected '${this.next()}'`)
    }
    return items.length === 1 ? items[0]! : { type: 'list', items }
  }

  /** The next word or operator as text, without taking it. */
  next(): string {
    this.#blank()
    return /^(?:;;|&&|\|\||[;&|()<>\n]|[^\s;&|()<>]+)?/.exec(this.#text.slice(this.#at, this.#at + 200))![0]
  }

  #andOr(): Command {
    let left = this.#pipeline()
    for (;;) {
      const operator = this.next()
      if (operator !== '&&' && operator !== '||') return left
      this.#at += 2
      this.#newlines()
      left = { type: operator === '&&' ? 'and' : 'or', left, right: this.#pipeline() }
    }
  }

  #pipeline(): Command {
    if (this.next() === '!') {
      this.#at++
      return { type: 'not', command: this.#pipeline() }
    }
    const commands = [this.#command()]
    while (this.next() === '|') {
      this.#at++
      this.#newlines()
      commands.push(this.#command())
    }
    return commands.length === 1 ? commands[0]! : { type: 'pipe', commands }
  }

  #command(): Command {
    const next = this.next()
    const compound = this.#compound(next)
    if (compound) {
      const redirections = this.#redirections()
      return redirections.length === 0 ? compound : { type: 'group', body: compound, redirections }
    }
    const named = /^([A-Za-z_][\w.-]*)[ \t]*\([ \t]*\)/.exec(this.#text.slice(this.#at, this.#at + 200))
    if (named) {
      this.#at += named[0].length
      this.#newlines()
      return { type: 'function', name: named[1]!, body: this.#command() }
    }
    return this.#simple()
  }

  #compound(next: string): Command | undefined {
    switch (next) {
      case '{':
        return this.#enclosed('{', '}', 'group')
      case '(':
        return this.#enclosed('(', ')', 'subshell')
      case 'if':
        return this.#if()
      case 'for':
        return this.#for()
      case 'while':
      case 'until':
        return this.#while(next)
      case 'case':
        return this.#case()
      default:
        return undefined
    }
  }

  #enclosed(open: string, close: string, type: 'group' | 'subshell'): Command {
    this.#take(open)
    const body = this.list()
    this.#take(close)
    return { type, body, redirections: [] }
  }

  #if(): Command {
    const branches: { condition: Command; body: Command }[] = []
    let word = 'if'
    while (word === 'if' || word === 'elif') {
      this.#take(word)
      const condition = this.list()
      this.#take('then')
      branches.push({ condition, body: this.list() })
      word = this.next()
    }
    let otherwise: Command | undefined
    if (word === 'else') {
      this.#take('else')
      otherwise = this.list()
    }
    this.#take('fi')
    return { type: 'if', branches, otherwise }
  }

  #for(): Command {
    this.#take('for')
    const name = this.next()
    this.#take(name)
    this.#newlines()
    let words: Word[] | undefined
    if (this.next() === 'in') {
      this.#take('in')
      words = []
      for (;;) {
        this.#blank()
        const word = this.#words.word()
        if (word.length === 0) break
        words.push(word)
      }
    }
    this.#separator()
    this.#take('do')
    const body = this.list()
    this.#take('done')
    return { type: 'for', name, words, body }
  }

  #while(word: 'while' | 'until'): Command {
    this.#take(word)
    const condition = this.list()
    this.#take('do')
    const body = this.list()
    this.#take('done')
    return { type: 'while', until: word === 'until', condition, body }
  }

  #case(): Command {
    this.#take('case')
    this.#blank()
    const word = this.#words.word()
    this.#newlines()
    this.#take('in')
    const clauses: { patterns: Word[]; body: Command }[] = []
    for (;;) {
      this.#newlines()
      if (this.next() === 'esac') break
      if (this.next() === '(') this.#take('(')
      const patterns: Word[] = []
      do {
        if (patterns.length > 0) this.#take('|')
        this.#blank()
        patterns.push(this.#words.word())
      } while (this.next() === '|')
      this.#take(')')
      clauses.push({ patterns, body: this.list() })
      if (this.next() === ';;') this.#take(';;')
    }
    this.#take('esac')
    return { type: 'case', word, clauses }
  }

  #simple(): SimpleCommand {
    const assignments: { name: string; value: Word }[] = []
    const words: Word[] = []
    const redirections: Redirection[] = []
    for (;;) {
      this.#blank()
      const redirection = this.#redirection()
      if (redirection) {
        redirections.push(redirection)
        continue
      }
      const assignment =
        words.length === 0 ? /^([A-Za-z_]\w*)=/.exec(this.#text.slice(this.#at, this.#at + 200)) : null
      if (assignment) {
        this.#at += assignment[0].length
        assignments.push({ name: assignment[1]!, value: this.#words.word() })
        continue
      }
      const word = this.#words.word()
      if (word.length === 0) break
      words.push(word)
    }
    if (assignments.length + words.length + redirections.length === 0)
      throw new ShellSyntaxError(`unexpected '${this.next()}'`)
    return { type: 'simple', assignments, words, redirections }
  }

  #redirections(): Redirection[] {
    const found: Redirection[] = []
    for (;;) {
      this.#blank()
      const redirection = this.#redirection()
      if (!redirection) return found
      found.push(redirection)
    }
  }

  #redirection(): Redirection | undefined {
    const match = /^(\d*)(<<-?|>>|>\||<>|>&|<&|<|>)/.exec(this.#text.slice(this.#at, this.#at + 20))
    if (!match) return undefined
    this.#at += match[0].length
    this.#blank()
    const written = match[2]!
    const target = this.#words.word()
    if (target.length === 0) throw new ShellSyntaxError(`nothing follows ${written}`)
    const descriptor = match[1] ? Number(match[1]) : written.startsWith('<') ? 0 : 1
    if (!written.startsWith('<<')) {
      return { operator: written as Redirection['operator'], descriptor, target }
    }
    const parts: Word[number][] = []
    this.#documents.push({
      delimiter: target.map((part) => (part.type === 'text' ? part.text : '')).join(''),
      dash: written === '<<-',
      literal: target.some((part) => part.type === 'text' && part.quoted),
      target: parts,
    })
    return { operator: '<<', descriptor, target: parts }
  }

  #take(expected: string): void {
    this.#newlines()
    const next = this.next()
    if (next !== expected) throw new ShellSyntaxError(`'${expected}' is expected, not '${next}'`)
    this.#at += expected.length
  }

  #operator(operator: string): boolean {
    return this.#text.startsWith(operator, this.#at)
  }

  #separator(): void {
    this.#blank()
    if (this.#text[this.#at] === ';') this.#at++
    this.#newlines()
  }

  #newlines(): void {
    for (;;) {
      this.#blank()
      if (this.#text[this.#at] !== '\n') return
      this.#at++
      this.#readDocuments()
    }
  }

  /** Blanks, continued lines and comments. */
  #blank(): void {
    const match = /^(?:[ \t\r]|\\\n)*(?:#[^\n]*)?/.exec(this.#text.slice(this.#at, this.#at + 4000))!
    this.#at += match[0].length
  }

  #readDocuments(): void {
    for (const { delimiter, dash, literal, target } of this.#documents) {
      const lines: string[] = []
      for (;;) {
        if (this.#at >= this.#text.length) break
        const end = this.#text.indexOf('\n', this.#at)
        const raw = this.#text.slice(this.#at, end < 0 ? undefined : end)
        this.#at = end < 0 ? this.#text.length : end + 1
        const line = dash ? raw.replace(/^\t+/, '') : raw
        if (line === delimiter) break
        lines.push(`${line}\n`)
      }
      const text = lines.join('')
      if (literal) target.push({ type: 'text', text, quoted: true })
      else target.push(...new WordParser(text, parseShell).document())
    }
    this.#documents = []
  }
}

export { EMPTY as emptyCommand }
