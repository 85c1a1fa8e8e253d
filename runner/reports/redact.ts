import type { Event, TaskReference } from '../engine/events.ts'
import { MASK, Secret } from '../variables/secret.ts'
import { Unknown } from '../variables/unknown.ts'
import { isDict } from '../variables/value.ts'
import { disguises } from './disguises.ts'
import { maskDiff, maskAfter } from './mask-diff.ts'

/** Secrets shorter than this would mask half of every text; they are masked only where they are the whole text. */
const SHORTEST = 4

/**
 * Masks secrets in text and events: whole, inside longer text, and in the usual encodings. What is registered once is
 * masked from then on.
 */
export class Redactor {
  readonly #whole = new Set<string>()
  readonly #needles = new Set<string>()

  /** How many secrets it has heard of. */
  get count(): number {
    return this.#whole.size
  }

  add(secret: string): void {
    const whole = secret.trim()
    if (whole === '' || this.#whole.has(whole)) return
    this.#whole.add(whole)
    if (whole.length < SHORTEST) return
    for (const needle of disguises(secret)) this.#needles.add(needle)
  }

  /** The text with every secret in it replaced by the mask; the very same string when there is none. */
  text(text: string): string {
    return this.#mask(text, () => MASK)
  }

  /** The same, but a secret of several lines becomes as many masks, so that line numbers stay what they were. */
  lines(text: string): string {
    return this.#mask(text, (secret) => secret.replaceAll(/[^\n]+/g, MASK))
  }

  /**
   * The event with secrets masked in all its texts, keys included. A diff of which the mask hides the only change says
   * so. What an event is (type, status, the id of its task, places, counters) stays. The very same object when nothing
   * is registered.
   */
  event<E extends Event>(event: E): E {
    if (this.#whole.size === 0) return event
    return Object.fromEntries(
      Object.entries(event).map(([key, value]) => [key, this.#field(key, value, event)]),
    ) as unknown as E
  }

  /** Any value with secrets masked deeply, in keys too; a number whose digits hold a secret becomes the mask. */
  value(value: unknown): unknown {
    if (typeof value !== 'number' && typeof value !== 'bigint')
      return this.#deep(value, (each) => this.value(each))
    const digits = String(value)
    return this.text(digits) === digits ? value : MASK
  }

  #field(key: string, value: unknown, event: Event): unknown {
    if (key === 'type' || key === 'status' || key === 'severity') return value
    if (key === 'result') return this.value(value)
    if (event.type === 'result' && key === 'diff') return event.diff.map((diff) => maskDiff(diff, this))
    if (event.type === 'mispredicted' && key === 'observed')
      return maskAfter(event.predicted, event.observed, this)
    if (key === 'task' || key === 'by')
      return { ...(this.texts(value) as object), id: (value as TaskReference).id }
    return this.texts(value)
  }

  /** A value with its texts masked and its numbers (line, column, milliseconds, counters) as they are. */
  texts<T>(value: T): T {
    return this.#deep(value, (each) => this.texts(each)) as T
  }

  #mask(text: string, mask: (secret: string) => string): string {
    if (this.#whole.size === 0 || text === '') return text
    if (this.#whole.has(text.trim())) return text.replace(text.trim(), mask)
    let masked = ''
    let end = 0
    for (const range of findAll(text, this.#needles)) {
      masked += text.slice(end, range.start) + mask(text.slice(range.start, range.end))
      end = range.end
    }
    return end === 0 ? text : masked + text.slice(end)
  }

  #deep(value: unknown, each: (value: unknown) => unknown): unknown {
    if (typeof value === 'string') return this.text(value)
    if (Array.isArray(value)) return value.map((item) => each(item))
    if (value instanceof Secret) return MASK
    if (value instanceof Unknown) return new Unknown(this.texts(value.because))
    if (!isDict(value)) return value
    const seen = new Set<string>()
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [distinct(this.text(key), seen), each(item)]),
    )
  }
}

/** Two keys that are the same once masked must not swallow one another. */
function distinct(key: string, seen: Set<string>): string {
  let name = key
  for (let count = 2; seen.has(name); count += 1) name = `${key} (${count})`
  seen.add(name)
  return name
}

interface Range {
  readonly start: number
  readonly end: number
}

/** Where any of the needles stands, in order; ranges that overlap or touch are one. */
function findAll(text: string, needles: Iterable<string>): Range[] {
  const found: Range[] = []
  for (const needle of needles) {
    for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + 1)) {
      found.push({ start: at, end: at + needle.length })
    }
  }
  const merged: Range[] = []
  for (const range of found.sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1)
    if (!last || range.start > last.end) merged.push(range)
    else if (range.end > last.end) merged[merged.length - 1] = { start: last.start, end: range.end }
  }
  return merged
}
