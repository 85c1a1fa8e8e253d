import { Secret } from '../variables/secret.ts'
import { Unknown, type Reason } from '../variables/unknown.ts'
import { isDict } from '../variables/value.ts'

/**
 * Values of the runner as JSON and back: bytes, maps, sets, unknowns and secrets become dictionaries with one key that
 * begins with `$`; keys that begin so by themselves get one more. The order of a map or a set is of no account. Throws a
 * `TypeError` for what cannot be written down.
 */
export function encode(value: unknown): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : { $number: String(value) }
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') }
  if (value instanceof Unknown) return { $unknown: value.because }
  if (value instanceof Secret) return { $secret: value.reveal() }
  if (Array.isArray(value)) return value.map(encode)
  if (value instanceof Map) return { $map: sorted([...value].map(encode)) }
  if (value instanceof Set) return { $set: sorted([...value].map(encode)) }
  if (isDict(value)) {
    const entries = Object.entries(value).filter(([, each]) => each !== undefined)
    return Object.fromEntries(entries.map(([key, each]) => [key.replace(/^\$/, '$$$$'), encode(each)]))
  }
  throw new TypeError(
    `a plan cannot hold ${typeof value === 'object' ? value?.constructor.name : typeof value}`,
  )
}

function sorted(values: readonly unknown[]): unknown[] {
  const texts = values.map((value) => ({ value, text: canonical(value) }))
  return texts.toSorted((a, b) => (a.text < b.text ? -1 : 1)).map(({ value }) => value)
}

export function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode)
  if (!isDict(value)) return value
  const entries = Object.entries(value)
  const [only] = entries
  if (entries.length === 1 && only && Object.hasOwn(DECODERS, only[0])) return DECODERS[only[0]]!(only[1])
  return Object.fromEntries(entries.map(([key, each]) => [key.replace(/^\$\$/, '$'), decode(each)]))
}

const DECODERS: Record<string, (value: unknown) => unknown> = {
  $number: Number,
  $bytes: (value) => Buffer.from(String(value), 'base64'),
  $map: (value) => new Map(decode(value) as [unknown, unknown][]),
  $set: (value) => new Set(decode(value) as unknown[]),
  $unknown: (value) => new Unknown(value as Reason[]),
  $secret: (value) => new Secret(value as string),
}

/** JSON with sorted keys: the same data is always the same text. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((each) => canonical(each ?? null)).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(',')}}`
  }
  return JSON.stringify(value)
}
