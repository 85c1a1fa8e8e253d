import type { PathStatus, PresentPath } from '../../resources/path.ts'
import { Unknown } from '../../variables/unknown.ts'
import type { Call, Program } from '../sh/shell.ts'
import { both, either, not, type Status, type Text, truth } from '../sh/text.ts'

/** `test` and `[`. */
export const test: Program = (call) => {
  const words = call.name === '[' ? call.words.slice(0, -1) : call.words
  return new Condition(words, call).evaluate()
}

class Condition {
  readonly #words: readonly Text[]
  readonly #call: Call
  #at = 0

  constructor(words: readonly Text[], call: Call) {
    this.#words = words
    this.#call = call
  }

  evaluate(): Status {
    return this.#words.length === 0 ? 1 : this.#or()
  }

  #or(): Status {
    let left = this.#and()
    while (this.#words[this.#at] === '-o') {
      this.#at++
      left = either(left, this.#and())
    }
    return left
  }

  #and(): Status {
    let left = this.#not()
    while (this.#words[this.#at] === '-a') {
      this.#at++
      left = both(left, this.#not())
    }
    return left
  }

  #not(): Status {
    if (this.#words[this.#at] === '!' && this.#words.length - this.#at > 1) {
      this.#at++
      return not(this.#not())
    }
    return this.#primary()
  }

  #primary(): Status {
    const [first, second, third] = this.#words.slice(this.#at, this.#at + 3)
    if (third !== undefined && typeof second === 'string' && Object.hasOwn(COMPARISONS, second)) {
      this.#at += 3
      if (first instanceof Unknown) return first
      if (third instanceof Unknown) return third
      return truth(COMPARISONS[second]!(first!, third))
    }
    if (third !== undefined && (second === '-nt' || second === '-ot' || second === '-ef')) {
      this.#at += 3
      return new Unknown({ what: `the order of ${String(first)} and ${String(third)}` })
    }
    if (first === '(') {
      this.#at++
      const inside = this.#or()
      this.#at++
      return inside
    }
    if (second !== undefined && typeof first === 'string' && /^-[a-zA-Z]$/.test(first)) {
      this.#at += 2
      return this.#unary(first[1]!, second)
    }
    this.#at++
    return first instanceof Unknown ? first : truth(first !== undefined && first !== '')
  }

  #unary(operator: string, operand: Text): Status {
    if (operand instanceof Unknown) return operand
    if (operator === 'n') return truth(operand !== '')
    if (operator === 'z') return truth(operand === '')
    // A terminal is never at hand while packages are installed.
    if (operator === 't') return 1
    if (operand === '') return 1
    const path = this.#call.shell.resolve(operand)
    const { machine } = this.#call
    const status = operator === 'L' || operator === 'h' ? machine.lstat(path) : machine.stat(path)
    if (status instanceof Unknown) return status
    const check = FILE_CHECKS[operator]
    if (!check) return new Unknown({ what: `test -${operator}` })
    return status.type === 'absent' || status.type === 'denied' ? 1 : check(status)
  }
}

type Known = Exclude<PathStatus, { type: 'absent' | 'denied' }>

const isType =
  (...types: string[]) =>
  (status: Known): Status =>
    truth(types.includes(status.type))

const FILE_CHECKS: Readonly<Record<string, (status: Known) => Status>> = {
  e: () => 0,
  f: isType('file'),
  d: isType('directory'),
  L: isType('link'),
  h: isType('link'),
  b: isType('block'),
  c: isType('char'),
  p: isType('fifo'),
  S: isType('socket'),
  r: () => 0,
  w: () => 0,
  x: (status) => truth(status.type === 'directory' || ((status as PresentPath).mode & 0o111) !== 0),
  s: (status) => {
    const { size } = status as PresentPath
    return size instanceof Unknown ? (status.type === 'directory' ? 0 : size) : truth(size > 0)
  },
}

const numbers = (compare: (a: number, b: number) => boolean) => (a: string, b: string) =>
  compare(Number(a), Number(b))

const COMPARISONS: Readonly<Record<string, (a: string, b: string) => boolean>> = {
  '=': (a, b) => a === b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '-eq': numbers((a, b) => a === b),
  '-ne': numbers((a, b) => a !== b),
  '-lt': numbers((a, b) => a < b),
  '-le': numbers((a, b) => a <= b),
  '-gt': numbers((a, b) => a > b),
  '-ge': numbers((a, b) => a >= b),
}
