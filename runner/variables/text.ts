import { Secret } from './secret.ts'

/** Any value as text for a name, a path or a message: scalars as they are, a secret in clear, all else as JSON. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (value instanceof Secret) return String(value.reveal())
  if (value === null || value === undefined) return ''
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'symbol')
    return String(value)
  return JSON.stringify(value) ?? ''
}
