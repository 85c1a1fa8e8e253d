import { posix } from 'node:path'
import { type Reason, Unknown } from '../../variables/unknown.ts'
import type { Machine } from '../machine.ts'
import { type Expander, expandPattern, expandText, expandWords } from './expand.ts'
import { parseShell } from './parser.ts'
import { patternToRegExp } from './pattern.ts'
import { type Command, type Redirection, ShellSyntaxError, type SimpleCommand } from './syntax.ts'
import { both, joinTexts, not, type Status, type Text } from './text.ts'

/** A program, as far as it is understood. It prints to `out`, and what it does it does to the machine. */
export type Program = (call: Call) => Status

export interface Call {
  readonly name: string
  readonly words: readonly Text[]
  /** What it may read on standard input. */
  readonly input: Input
  readonly shell: Shell
  readonly machine: Machine
  readonly print: (text: Text) => void
  /** Runs another command line as it would be run here. */
  readonly run: (words: readonly Text[]) => Status
}

/** A stream that is read: by one program at once, or line by line by several (`while read`). */
export class Input {
  #rest: Text

  constructor(text: Text) {
    this.#rest = text
  }

  /** Everything that is left. */
  all(): Text {
    const rest = this.#rest
    if (!(rest instanceof Unknown)) this.#rest = ''
    return rest
  }

  /** The next line, without its end; undefined when there is none. */
  line(): Text | undefined {
    const rest = this.#rest
    if (rest instanceof Unknown) return rest
    if (rest === '') return undefined
    const end = rest.indexOf('\n')
    this.#rest = end < 0 ? '' : rest.slice(end + 1)
    return end < 0 ? rest : rest.slice(0, end)
  }
}

/** Leaves what is being run: a loop, a function, the script. */
class Leave {
  readonly what: 'break' | 'continue' | 'return' | 'exit'
  readonly status: Status

  constructor(what: Leave['what'], status: Status) {
    this.what = what
    this.status = status
  }
}

/** Rounds of a loop at most; one that goes on longer is not understood. */
const MOST_ROUNDS = 2000

interface Streams {
  readonly input: Input
  readonly print: (text: Text) => void
}

/**
 * Runs a shell script in the mind: against a machine that is the state of a host, with programs that are known. What
 * cannot be told (an unknown program's status, a file that was not read) is unknown, and what is done only under such a
 * condition becomes unknown as well.
 */
export class Shell implements Expander {
  readonly machine: Machine
  readonly #programs: ReadonlyMap<string, Program>
  #variables: Map<string, Text>
  #functions: Map<string, Command>
  positional: readonly Text[]
  #errexit = false
  #last: Status = 0
  /** The status of the last command substitution: that of an assignment. */
  #substituted: Status = 0
  directory = '/'

  constructor(
    machine: Machine,
    programs: ReadonlyMap<string, Program>,
    variables: Readonly<Record<string, Text>> = {},
    positional: readonly Text[] = [],
  ) {
    this.machine = machine
    this.#programs = programs
    this.#variables = new Map(Object.entries(variables))
    this.#functions = new Map()
    this.positional = positional
  }

  /** Runs a whole script. A failure under `set -e`, or one that is not understood, leaves the rest untold. */
  script(text: string): Status {
    try {
      return this.#run(parseShell(text), { input: new Input(''), print: () => {} }, false)
    } catch (error) {
      if (error instanceof Leave) return error.status
      if (error instanceof ShellSyntaxError) {
        this.machine.untold({ what: `a script that is not understood (${error.message})` })
        return 0
      }
      throw error
    }
  }

  get(name: string): Text | undefined {
    if (/^\d+$/.test(name)) return name === '0' ? 'script' : this.positional[Number(name) - 1]
    if (name === '#') return String(this.positional.length)
    if (name === '?') return this.#last instanceof Unknown ? this.#last : String(this.#last)
    if (name === '$' || name === '!') return new Unknown({ what: 'a process' })
    if (name === '-') return ''
    return this.#variables.get(name)
  }

  set(name: string, value: Text): void {
    this.#variables.set(name, value)
  }

  unset(name: string): void {
    this.#variables.delete(name)
    this.#functions.delete(name)
  }

  output(command: Command): Text {
    const printed: Text[] = []
    this.#substituted = this.#subshell(
      command,
      { input: new Input(''), print: (text) => printed.push(text) },
      false,
    )
    const text = joinTexts(printed)
    return text instanceof Unknown ? text : text.replace(/\n+$/, '')
  }

  paths(pattern: string): readonly string[] | Unknown {
    return this.machine.glob(pattern, this.directory)
  }

  /** A path as the script's current directory makes it. */
  resolve(path: string): string {
    return posix.resolve(this.directory, path)
  }

  setOption(words: readonly Text[]): void {
    for (const [index, word] of words.entries()) {
      if (word === '--') {
        this.positional = words.slice(index + 1)
        return
      }
      if (typeof word !== 'string' || !/^[-+]/.test(word)) {
        this.positional = words.slice(index)
        return
      }
      if (word.includes('e') || words[index + 1] === 'errexit') this.#errexit = word.startsWith('-')
      if (word === '-o' || word === '+o') return
    }
  }

  leave(what: Leave['what'], status: Text | undefined): never {
    throw new Leave(
      what,
      status === undefined ? this.#last : status instanceof Unknown ? status : Number(status),
    )
  }

  /** Runs text as a script of this shell: `eval`, and files that are sourced. */
  source(text: string, print: (text: Text) => void): Status {
    return this.#run(parseShell(text), { input: new Input(''), print }, false)
  }

  #run(command: Command, streams: Streams, checked: boolean): Status {
    switch (command.type) {
      case 'list': {
        let status: Status = 0
        for (const item of command.items) status = this.#run(item, streams, checked)
        return status
      }
      case 'and':
      case 'or':
        return this.#andOr(command, streams)
      case 'not':
        return (this.#last = not(this.#run(command.command, streams, true)))
      case 'pipe':
        return this.#finish(this.#pipe(command.commands, streams, checked), checked)
      case 'simple':
        return this.#finish(this.#simple(command, streams), checked)
      case 'group':
      case 'subshell': {
        const status = this.#redirected(command.redirections, streams, (inner) =>
          command.type === 'group'
            ? this.#run(command.body, inner, checked)
            : this.#subshell(command.body, inner, checked),
        )
        return command.type === 'subshell' ? this.#finish(status, checked) : status
      }
      case 'if':
        return this.#if(command, streams, checked)
      case 'for':
        return this.#for(command, streams, checked)
      case 'while':
        return this.#while(command, streams, checked)
      case 'case':
        return this.#case(command, streams, checked)
      case 'function':
        this.#functions.set(command.name, command.body)
        return 0
    }
  }

  #finish(status: Status, checked: boolean): Status {
    this.#last = status
    if (this.#errexit && !checked && !(status instanceof Unknown) && status !== 0)
      throw new Leave('exit', status)
    return status
  }

  #andOr({ type, left, right }: Extract<Command, { type: 'and' | 'or' }>, streams: Streams): Status {
    const first = this.#run(left, streams, true)
    if (first instanceof Unknown) {
      const second = this.#maybe(first, () => this.#run(right, streams, true))
      return (this.#last = type === 'and' ? both(first, second) : first)
    }
    if ((first === 0) !== (type === 'and')) return (this.#last = first)
    return this.#run(right, streams, true)
  }

  #pipe(commands: readonly Command[], streams: Streams, checked: boolean): Status {
    let { input } = streams
    let status: Status = 0
    for (const [index, command] of commands.entries()) {
      const printed: Text[] = []
      const last = index === commands.length - 1
      status = this.#subshell(
        command,
        { input, print: last ? streams.print : (text) => printed.push(text) },
        checked,
      )
      input = new Input(joinTexts(printed))
    }
    return status
  }

  #subshell(body: Command, streams: Streams, checked: boolean): Status {
    const inner = new Shell(this.machine, this.#programs)
    inner.#variables = new Map(this.#variables)
    inner.#functions = new Map(this.#functions)
    inner.positional = this.positional
    inner.#errexit = this.#errexit
    inner.#last = this.#last
    inner.directory = this.directory
    try {
      return inner.#run(body, streams, checked)
    } catch (error) {
      if (error instanceof Leave) return error.status
      throw error
    }
  }

  #if({ branches, otherwise }: Extract<Command, { type: 'if' }>, streams: Streams, checked: boolean): Status {
    for (const [index, { condition, body }] of branches.entries()) {
      const status = this.#run(condition, streams, true)
      if (status === 0) return this.#run(body, streams, checked)
      if (status instanceof Unknown) {
        this.#maybe(status, () => this.#run(body, streams, true))
        this.#maybe(status, () =>
          this.#if({ type: 'if', branches: branches.slice(index + 1), otherwise }, streams, true),
        )
        return (this.#last = status)
      }
    }
    return otherwise ? this.#run(otherwise, streams, checked) : (this.#last = 0)
  }

  #for({ name, words, body }: Extract<Command, { type: 'for' }>, streams: Streams, checked: boolean): Status {
    const values = words ? expandWords(words, this) : this.positional
    for (const value of values) {
      this.set(name, value)
      const round = () => this.#round(() => this.#run(body, streams, checked))
      // An unknown word may be none, or many.
      if (value instanceof Unknown) this.#maybe(value, () => (round(), 0))
      else if (round() === 'end') break
    }
    return this.#last
  }

  #while(
    { until, condition, body }: Extract<Command, { type: 'while' }>,
    streams: Streams,
    checked: boolean,
  ): Status {
    for (let rounds = 0; rounds < MOST_ROUNDS; rounds++) {
      const status = this.#run(condition, streams, true)
      if (status instanceof Unknown) {
        this.#maybe(status, () => this.#run(body, streams, true))
        return (this.#last = 0)
      }
      if ((status === 0) === until) return (this.#last = 0)
      if (this.#round(() => this.#run(body, streams, checked)) === 'end') return (this.#last = 0)
    }
    this.machine.untold({ what: 'a loop without an end in sight' })
    return 0
  }

  #round(run: () => void): 'end' | 'next' {
    try {
      run()
    } catch (error) {
      if (!(error instanceof Leave) || (error.what !== 'break' && error.what !== 'continue')) throw error
      if (error.what === 'break') return 'end'
    }
    return 'next'
  }

  #case({ word, clauses }: Extract<Command, { type: 'case' }>, streams: Streams, checked: boolean): Status {
    const text = expandText(word, this)
    for (const { patterns, body } of clauses) {
      const expanded = patterns.map((pattern) => expandPattern(pattern, this))
      const unknown = text instanceof Unknown ? text : expanded.find((pattern) => pattern instanceof Unknown)
      if (unknown) {
        this.#maybe(unknown, () => this.#run(body, streams, true))
        continue
      }
      if (expanded.some((pattern) => patternToRegExp(pattern as string).test(text as string)))
        return this.#run(body, streams, checked)
    }
    return (this.#last = 0)
  }

  #simple({ assignments, words, redirections }: SimpleCommand, streams: Streams): Status {
    this.#substituted = 0
    const fields = expandWords(words, this)
    const values = assignments.map(({ name, value }) => ({ name, value: expandText(value, this) }))
    if (fields.length === 0) {
      for (const { name, value } of values) this.set(name, value)
      if (redirections.length > 0) this.#redirected(redirections, streams, () => 0)
      return this.#substituted
    }
    const before = values.map(({ name }) => [name, this.#variables.get(name)] as const)
    for (const { name, value } of values) this.set(name, value)
    const status = this.#redirected(redirections, streams, (inner) => this.#call(fields, inner))
    for (const [name, value] of before) {
      if (value === undefined) this.unset(name)
      else this.set(name, value)
    }
    return status
  }

  #call(fields: readonly Text[], streams: Streams): Status {
    const [name, ...words] = fields
    if (name instanceof Unknown || name === undefined) {
      this.machine.untold({ what: 'a command whose name cannot be told' })
      return new Unknown({ what: 'a command' })
    }
    const body = this.#functions.get(name)
    if (body) return this.#function(body, words, streams)
    const program = this.#programs.get(name) ?? this.#programs.get(posix.basename(name))
    if (program === undefined) return this.#notUnderstood(name, words, streams)
    return program({
      name,
      words,
      input: streams.input,
      shell: this,
      machine: this.machine,
      print: streams.print,
      run: (line) => this.#call(line, streams),
    })
  }

  #function(body: Command, words: readonly Text[], streams: Streams): Status {
    const before = this.positional
    const { maybe } = this.machine
    this.positional = words
    try {
      return this.#run(body, streams, false)
    } catch (error) {
      if (error instanceof Leave && error.what === 'return') return error.status
      throw error
    } finally {
      this.positional = before
      this.machine.maybe = maybe
    }
  }

  #notUnderstood(name: string, words: readonly Text[], streams: Streams): Status {
    const reason: Reason = { what: `\`${[name, ...words].join(' ').slice(0, 60)}\`` }
    this.machine.untold(reason, words)
    streams.print(new Unknown(reason))
    return new Unknown(reason)
  }

  /** Runs what may be run or not: whatever it does cannot be told. */
  #maybe(because: Unknown, run: () => Status): Status {
    const outer = this.machine.maybe
    const before = new Map(this.#variables)
    this.machine.maybe = because
    let stays = outer
    try {
      return run()
    } catch (error) {
      if (!(error instanceof Leave)) throw error
      // Whether the rest is run at all depends on it too.
      stays = because
      return because
    } finally {
      for (const [name, value] of this.#variables) {
        if (before.get(name) !== value) this.#variables.set(name, because)
      }
      this.machine.maybe = stays
    }
  }

  #redirected(
    redirections: readonly Redirection[],
    streams: Streams,
    run: (streams: Streams) => Status,
  ): Status {
    let inner = streams
    const after: (() => void)[] = []
    for (const { operator, descriptor, target } of redirections) {
      const text = expandText(target, this)
      if (operator === '<<') inner = { ...inner, input: new Input(text) }
      else if (operator === '<') inner = { ...inner, input: new Input(this.#fileText(text)) }
      else if (operator === '>&' && descriptor === 1) inner = { ...inner, print: () => {} }
      else if (operator.startsWith('>') && operator !== '>&') {
        const printed: Text[] = []
        if (descriptor === 1) inner = { ...inner, print: (each) => printed.push(each) }
        else if (descriptor !== 2) continue
        after.push(() =>
          this.#write(
            text,
            descriptor === 1 ? joinTexts(printed) : new Unknown({ what: 'an error message' }),
            operator === '>>',
          ),
        )
      }
    }
    const status = run(inner)
    for (const each of after) each()
    return status
  }

  #fileText(path: Text): Text {
    if (path instanceof Unknown) return path
    return path === '/dev/null' ? '' : this.machine.readText(this.resolve(path))
  }

  #write(path: Text, text: Text, append: boolean): void {
    if (path instanceof Unknown) this.machine.untold({ what: 'a file whose name cannot be told' })
    else if (!path.startsWith('/dev/')) this.machine.write(this.resolve(path), text, append)
  }
}
