import type { Value } from '../variables/value.ts'
import type { Unknown } from '../variables/unknown.ts'

/**
 * What lives only while an expression is evaluated and never in a variable: functions, dates, Python's floats.
 * `finish` (settle.ts) turns every one of them into a plain value, or refuses it.
 */
export abstract class Native {
  /** Python's name of the type, for messages and `type_debug`. */
  abstract readonly type: string
}

/** Whatever a step of an evaluation can yield. */
export type Item = Value | Native

/**
 * A float whose value is a whole number, so that `{{ 10 / 2 }}M` prints `5.0M` as in Python. Other numbers need no
 * wrapping: whether they are integers shows.
 */
export class Float extends Native {
  readonly type = 'float'
  readonly value: number

  constructor(value: number) {
    super()
    this.value = value
  }
}

/** A number that Python would call a float. */
export function float(value: number): number | Float {
  return Number.isInteger(value) ? new Float(value) : value
}

/** A name, attribute or element that is not there. Only `default`, `is defined` and their like accept one. */
export class Undefined extends Native {
  readonly type = 'Undefined'
  readonly message: string
  /** Worked out only when the error is shown, because it looks through all names. */
  readonly hint: (() => string | undefined) | undefined
  /** The error of the template behind the name, which knows its place better than the reader of the name does. */
  readonly cause: Error | undefined
  /** The offset of the name or attribute that is not there. */
  readonly at: number | undefined

  constructor(message: string, hint?: () => string | undefined, cause?: Error, at?: number) {
    super()
    this.message = message
    this.hint = hint
    this.cause = cause
    this.at = at
  }

  fail(): Error {
    return this.cause ?? new UndefinedFailure(this)
  }
}

/** The missing `else` of an inline `if`: undefined to those who ask, an empty text to all others, as in Jinja. */
export class NoElse extends Undefined {
  constructor() {
    super('the condition of this `if` is false and it has no `else`')
  }
}

/** A function: a global, a macro, or a method bound to its object. */
export class Callable extends Native {
  readonly type = 'function'
  readonly name: string
  readonly call: (args: Item[], named: Record<string, Item>) => Item

  constructor(name: string, call: (args: Item[], named: Record<string, Item>) => Item) {
    super()
    this.name = name
    this.call = call
  }
}

/** Something with attributes of its own: `loop`, `namespace()`, `cycler()`, an imported template. */
export abstract class Bag extends Native {
  abstract get(name: string): Item | undefined

  /** What `{{ … }}` prints of it; undefined when it has no text. */
  text(): string | undefined {
    return undefined
  }
}

/** `??` for items: None is a value and no reason to fall back. */
export function otherwise(item: Item | undefined, fallback: () => Item): Item {
  return item === undefined ? fallback() : item
}

/** Python's tuples are lists that print with parentheses and that `%` takes apart. */
const tuples = new WeakSet<readonly unknown[]>()

export function tuple(items: Item[]): Value[] {
  tuples.add(items)
  return items as Value[]
}

export function isTuple(item: Item): item is Value[] {
  return Array.isArray(item) && tuples.has(item)
}

/** An error of an operator, filter, test or lookup that does not know its place; the interpreter adds it. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly hint: string | undefined
  /** How Ansible words it, where playbooks compare the message of the failed task. */
  readonly words: string | undefined

  constructor(message: string, hint?: string, words?: string) {
    super(message)
    this.hint = hint
    this.words = words
  }
}

/** A failure whose message Ansible's own words say well enough, so that playbooks find just these. */
export function inAnsiblesWords(words: string, hint?: string): Failure {
  return new Failure(words, hint, words)
}

/** The failure of whoever needs something undefined. */
export class UndefinedFailure extends Failure {
  readonly item: Undefined

  constructor(item: Undefined) {
    super(item.message, item.hint?.())
    this.item = item
  }
}

/** Thrown where a decision depends on an unknown value; the result of what was being computed is that unknown. */
export class UnknownMet extends Error {
  readonly unknown: Unknown

  constructor(unknown: Unknown) {
    super('depends on an unknown value')
    this.unknown = unknown
  }
}
