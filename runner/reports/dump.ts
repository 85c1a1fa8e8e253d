import { isDict } from '../variables/value.ts'
import { escapeJson } from './escape.ts'

export interface DumpOptions {
  /** Over several lines. @default false */
  readonly indent?: boolean
  /** Keys to leave out. */
  readonly without?: readonly string[]
}

/**
 * A result as JSON in Ansible's spelling (`{"changed": false, "rc": 0}`, keys sorted). Engine-internal keys, diffs and
 * the `*_lines` twins of `stdout` and `stderr` are left out.
 */
export function dump(result: Readonly<Record<string, unknown>>, options: DumpOptions = {}): string {
  const hidden = new Set(['diff', ...(options.without ?? [])])
  for (const stream of ['stdout', 'stderr']) {
    if (stream in result) hidden.add(`${stream}_lines`)
  }
  const shown = Object.fromEntries(
    Object.entries(result).filter(([key]) => !hidden.has(key) && !key.startsWith('_')),
  )
  const text = JSON.stringify(shown, sorted, 4)
  return escapeJson(options.indent ? text : oneLine(text))
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (!isDict(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** A string inside JSON never holds a raw line feed, so all of them are indentation. */
function oneLine(json: string): string {
  return json
    .replaceAll(/([[{])\n\s*/g, '$1')
    .replaceAll(/\n\s*([\]}])/g, '$1')
    .replaceAll(/\n\s*/g, ' ')
}
