import { Failure } from '../items.ts'
import { PYTHON_ESCAPES } from '../../variables/python-escapes.ts'

export interface RegexOptions {
  readonly ignoreCase?: boolean
  readonly multiline?: boolean
  /** Made for `matchAll`; one that is used again and again with `exec` or `test` must not be. @default true */
  readonly global?: boolean
}

interface Flags {
  readonly ignoreCase?: boolean
  readonly multiline?: boolean
  readonly dotAll?: boolean
  readonly verbose?: boolean
  readonly ascii?: boolean
}

const cache = new Map<string, { source: string; flags: string }>()

/**
 * A regular expression in Python's syntax as a JavaScript one. What the two languages write differently is
 * rewritten: named groups, `\A \Z $`, inline flags, comments, verbose mode, Unicode classes, what needs no backslash.
 *
 * @throws {Failure} when it is no regular expression
 */
export function pythonRegex(pattern: string, { global = true, ...options }: RegexOptions = {}): RegExp {
  const key = `${options.ignoreCase ? 'i' : ''}${options.multiline ? 'm' : ''}:${pattern}`
  let translated = cache.get(key)
  if (translated === undefined) {
    translated = new Translator(pattern, options).translate()
    if (cache.size > 2000) cache.clear()
    cache.set(key, translated)
  }
  try {
    return new RegExp(translated.source, `${global ? 'g' : ''}u${translated.flags}`)
  } catch (error) {
    const reason = /: ([^:]*)$/.exec((error as Error).message)?.[1] ?? (error as Error).message
    throw new Failure(`'${pattern}' is no regular expression: ${reason.toLowerCase()}`)
  }
}

/** The regular expression bound to the start of the text, as Python's `re.match` has it. */
export function anchored(regex: RegExp): RegExp {
  return new RegExp(`${startOfText}(?:${regex.source})`, regex.flags)
}

const classes: Record<string, string> = { d: '\\p{Nd}', w: '\\p{L}\\p{N}_', s: '\\s\\x1c-\\x1f\\x85' }
const endOfText = '(?![\\s\\S])'
const startOfText = '(?<![\\s\\S])'
const word = '[\\p{L}\\p{N}_]'
const boundary = `(?:(?<=${word})(?!${word})|(?<!${word})(?=${word}))`
const notBoundary = `(?:(?<=${word})(?=${word})|(?<!${word})(?!${word}))`
const controls: Record<string, string> = {
  a: '\\x07',
  f: '\\f',
  n: '\\n',
  r: '\\r',
  t: '\\t',
  v: '\\v',
  '0': '\\0',
}

class Translator {
  readonly #pattern: string
  #flags: Flags
  #at = 0

  constructor(pattern: string, flags: Flags) {
    this.#pattern = pattern
    this.#flags = flags
  }

  translate(): { source: string; flags: string } {
    // Flags at the start hold for the whole pattern.
    for (let match; (match = /^\s*\(\?([aiLmsux]+)\)/.exec(this.#rest())) !== null;) {
      this.#flags = { ...this.#flags, ...flagsOf(match[1]!) }
      this.#at += match[0].length
    }
    let source = ''
    while (this.#at < this.#pattern.length) source += this.#one()
    return { source, flags: this.#flags.ignoreCase ? 'i' : '' }
  }

  #rest(): string {
    return this.#pattern.slice(this.#at)
  }

  #take(length: number, replacement: string): string {
    this.#at += length
    return replacement
  }

  #one(): string {
    const character = this.#pattern[this.#at]!
    switch (character) {
      case '\\':
        return this.#escape(false)
      case '[':
        return this.#set()
      case '(':
        return this.#group()
      case '^':
        return this.#take(1, this.#flags.multiline ? '(?<![^\\n])' : startOfText)
      case '$':
        return this.#take(1, this.#flags.multiline ? `(?=\\n|${endOfText})` : `(?=\\n?${endOfText})`)
      case '{':
        return this.#brace()
      case '}':
      case ']':
        return this.#take(1, `\\${character}`)
      case '.':
        return this.#take(1, this.#flags.dotAll ? '[\\s\\S]' : '[^\\n]')
      default:
        return this.#literal(character)
    }
  }

  #literal(character: string): string {
    const { verbose } = this.#flags
    if (verbose && /\s/.test(character)) return this.#take(1, '')
    if (verbose && character === '#') return this.#take(/^[^\n]*\n?/.exec(this.#rest())![0].length, '')
    const whole = String.fromCodePoint(this.#pattern.codePointAt(this.#at)!)
    return this.#take(whole.length, whole === '/' ? '\\/' : whole)
  }

  /** `{` is a literal unless it is a repetition. */
  #brace(): string {
    const repetition = /^\{(?:\d+(?:,\d*)?|,\d+)\}/.exec(this.#rest())?.[0]
    if (repetition === undefined) return this.#take(1, '\\{')
    return this.#take(repetition.length, repetition.replace('{,', '{0,'))
  }

  #group(): string {
    const rest = this.#rest()
    const named = /^\(\?P<([^>]*)>/.exec(rest)
    if (named !== null) return this.#take(named[0].length, `(?<${named[1]}>`)
    const backreference = /^\(\?P=([^)]*)\)/.exec(rest)
    if (backreference !== null) return this.#take(backreference[0].length, `\\k<${backreference[1]}>`)
    const comment = /^\(\?#[^)]*\)/.exec(rest)
    if (comment !== null) return this.#take(comment[0].length, '')
    if (/^\(\?\(|^\(\?>/.test(rest)) {
      throw new Failure(`'${this.#pattern}': conditional and atomic groups are not supported`)
    }
    const inline = /^\(\?([aimsux]*)(?:-([imsx]+))?:/.exec(rest)
    if (inline !== null && inline[0] !== '(?:') {
      return this.#take(inline[0].length, this.#inline(inline[1]!, inline[2]))
    }
    const special = /^\(\?(?:[:=!]|<[=!])/.exec(rest)
    if (special !== null) return this.#take(special[0].length, special[0])
    const late = /^\(\?([aiLmsux]+)\)/.exec(rest)
    if (late === null) return this.#take(1, '(')
    this.#flags = { ...this.#flags, ...flagsOf(late[1]!) }
    return this.#take(late[0].length, '')
  }

  /** `(?i:…)`: whether case counts is left to JavaScript; the other flags change what is written from here on. */
  #inline(on: string, off = ''): string {
    const plus = on.includes('i') ? 'i' : ''
    const minus = off.includes('i') ? '-i' : ''
    this.#flags = { ...this.#flags, ...flagsOf(on.replace('i', '')) }
    return `(?${plus}${minus}:`
  }

  #set(): string {
    let out = '['
    this.#at++
    if (this.#pattern[this.#at] === '^') out += this.#take(1, '^')
    for (let first = true; ; first = false) {
      const character = this.#pattern[this.#at]
      if (character === undefined) {
        throw new Failure(`'${this.#pattern}' is no regular expression: a '[' is not closed`)
      }
      if (character === ']' && !first) return this.#take(1, `${out}]`)
      if (character === '\\') out += this.#escape(true)
      else if (character === '-') out += this.#dash()
      else {
        const whole = String.fromCodePoint(this.#pattern.codePointAt(this.#at)!)
        out += this.#take(whole.length, '[]/^{}()|'.includes(whole) ? `\\${whole}` : whole)
      }
    }
  }

  /** A `-` at either end of a set, or beside a class, is a literal. */
  #dash(): string {
    const afterEdge = /(?:\[\^?|\\[dwsDWS])$/.test(this.#pattern.slice(0, this.#at))
    const beforeEdge = /^-(?:\]|\\[dwsDWS])/.test(this.#rest())
    return this.#take(1, afterEdge || beforeEdge ? '\\-' : '-')
  }

  #escape(inSet: boolean): string {
    const next = this.#pattern[this.#at + 1]
    if (next === undefined) {
      throw new Failure(`'${this.#pattern}' is no regular expression: it ends with a backslash`)
    }
    this.#at += 2
    const { ascii } = this.#flags
    if (inSet && next === 'b') return '\\x08'
    if (!inSet) {
      if (next === 'A') return startOfText
      if (next === 'Z' || next === 'z') return endOfText
      if (next === 'b') return ascii ? '\\b' : boundary
      if (next === 'B') return ascii ? '\\B' : notBoundary
      if (/[1-9]/.test(next)) {
        const more = /^\d/.exec(this.#rest())?.[0] ?? ''
        return this.#take(more.length, `(?:\\${next}${more})`)
      }
    }
    if ('dws'.includes(next)) return ascii ? `\\${next}` : inSet ? classes[next]! : `[${classes[next]!}]`
    // Inside a set the negation of several classes cannot be written out; there the ASCII meaning has to do.
    if ('DWS'.includes(next)) return inSet || ascii ? `\\${next}` : `[^${classes[next.toLowerCase()]!}]`
    if (controls[next] !== undefined) return controls[next]
    if (next === 'x' || next === 'u') return `\\${next}`
    if (next === 'U')
      return this.#take(
        8,
        `\\u{${this.#rest()
          .slice(0, 8)
          .replace(/^0+(?=.)/, '')}}`,
      )
    if (/[A-Za-z]/.test(next)) {
      throw new Failure(`'${this.#pattern}' is no regular expression: bad escape \\${next}`)
    }
    if (next === '-') return inSet ? '\\-' : '-'
    return /[\^$\\.*+?()[\]{}|/]/.test(next) ? `\\${next}` : next
  }
}

function flagsOf(letters: string): Flags {
  return {
    ...(letters.includes('i') && { ignoreCase: true }),
    ...(letters.includes('m') && { multiline: true }),
    ...(letters.includes('s') && { dotAll: true }),
    ...(letters.includes('x') && { verbose: true }),
    ...(letters.includes('a') && { ascii: true }),
  }
}

/** Python's replacement text (`\1`, `\g<name>`, `\n`) filled in from a match. */
export function expandReplacement(replacement: string, match: RegExpMatchArray): string {
  return replacement.replace(
    ESCAPES,
    (_, named?: string, octal?: string, index?: string, control?: string, other?: string) => {
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8))
      if (named !== undefined || index !== undefined) return groupOf(match, (named ?? index)!)
      if (control !== undefined) return PYTHON_ESCAPES[control]!
      if (/[A-Za-z]/.test(other!)) throw badEscape(other!, replacement)
      return `\\${other}`
    },
  )
}

const ESCAPES = /\\(?:g<([^>]+)>|(0[0-7]{0,2}|[1-3][0-7]{2})|([1-9]\d?)|([abfnrtv\\])|(.))/gs

/** Whether a replacement can be one at all, also where nothing matches. @throws Failure when it has a bad escape */
export function checkReplacement(replacement: string): void {
  for (const [, , , , , other] of replacement.matchAll(ESCAPES))
    if (other !== undefined && /[A-Za-z]/.test(other)) throw badEscape(other, replacement)
}

function badEscape(letter: string, replacement: string): Failure {
  return new Failure(`bad escape \\${letter} in the replacement '${replacement}'`)
}

/** What a group, by number or name, has matched; empty when it took no part. @throws Failure when there is none. */
export function groupOf(match: RegExpMatchArray, group: string): string {
  if (/^\d+$/.test(group)) {
    if (Number(group) >= match.length) throw new Failure(`the pattern has no group ${group}`)
    return match[Number(group)] ?? ''
  }
  if (match.groups === undefined || !(group in match.groups)) {
    throw new Failure(`the pattern has no group '${group}'`)
  }
  return match.groups[group] ?? ''
}
