import { isIPv6 } from 'node:net'

/** What a range may give at most; more is a slip of the pen (`web[1:10000000000]`). */
const MOST = 100_000

/** A host's name as written in an inventory: `web[01:50].example.org:2222` gives fifty names and a port. */
export interface HostNames {
  readonly names: readonly string[]
  readonly port?: number
}

/**
 * Expands what stands where an inventory names hosts: ranges (`[1:3]`, `[01:50]`, `[a:f]`, `[0:10:2]`), several of them
 * in one name, and a port at the end (`[2001:db8::1]:22` for IPv6). Throws an `Error` that says what is wrong.
 */
export function expandHostNames(text: string): HostNames {
  const { address, port } = splitPort(text)
  return { names: expandRanges(address), port }
}

function splitPort(text: string): { address: string; port?: number } {
  if (isIPv6(text)) return { address: text }
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(text)
  if (bracketed && isIPv6(bracketed[1]!)) {
    return { address: bracketed[1]!, port: bracketed[2] === undefined ? undefined : readPort(bracketed[2]) }
  }
  const named = /^((?:[^:[\]]|\[[^\]]*\])+):(\d+)$/.exec(text)
  if (named) return { address: named[1]!, port: readPort(named[2]!) }
  if (text.endsWith(':')) throw new Error(`${text} ends in a colon; a port belongs after it, as in ${text}22`)
  return { address: text }
}

function readPort(digits: string): number {
  const port = Number(digits)
  if (port < 1 || port > 65_535) throw new Error(`${digits} is not a port: expected 1 to 65535`)
  return port
}

function expandRanges(text: string): string[] {
  const open = text.indexOf('[')
  if (open === -1) return [text]
  const close = text.indexOf(']', open)
  if (close === -1) throw new Error(`the range in ${text} has no closing ]`)
  const head = text.slice(0, open)
  const tails = expandRanges(text.slice(close + 1))
  const items = rangeItems(text.slice(open + 1, close))
  if (items.length * tails.length > MOST) throw new Error(`${text} gives more than ${MOST} hosts`)
  return items.flatMap((item) => tails.map((tail) => head + item + tail))
}

function rangeItems(range: string): string[] {
  const [begin = '', end, step = '1', ...more] = range.split(':')
  if (end === undefined || end === '' || more.length > 0 || !/^\d+$/.test(step) || Number(step) < 1) {
    throw new Error(`[${range}] is not a range: expected [1:50], [01:50], [a:f] or [0:10:2]`)
  }
  if (/^[A-Za-z]$/.test(begin) && /^[A-Za-z]$/.test(end)) return letters(range, begin, end, Number(step))
  return numbers(range, begin === '' ? '0' : begin, end, Number(step))
}

function letters(range: string, begin: string, end: string, step: number): string[] {
  const alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
  const from = alphabet.indexOf(begin)
  const to = alphabet.indexOf(end)
  if (from > to) throw new Error(`[${range}] begins after it ends`)
  return alphabet
    .slice(from, to + 1)
    .split('')
    .filter((_, index) => index % step === 0)
}

function numbers(range: string, begin: string, end: string, step: number): string[] {
  if (!/^\d+$/.test(begin) || !/^\d+$/.test(end)) {
    throw new Error(`[${range}] is not a range: it needs two numbers or two letters`)
  }
  const width = begin.length > 1 && begin.startsWith('0') ? begin.length : 0
  if (width > 0 && end.length !== width) {
    throw new Error(`[${range}] begins with a zero, so both ends need the same number of digits`)
  }
  const from = Number(begin)
  const to = Number(end)
  if (from > to) throw new Error(`[${range}] begins after it ends`)
  if ((to - from) / step >= MOST) throw new Error(`[${range}] gives more than ${MOST} hosts`)
  const count = Math.floor((to - from) / step) + 1
  return Array.from({ length: count }, (_, index) => String(from + index * step).padStart(width, '0'))
}
