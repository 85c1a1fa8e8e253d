import type { Result } from '../engine/events.ts'
import { formatLocation } from '../source/location.ts'
import type { Paint } from './color.ts'
import { dump } from './dump.ts'
import { escapeText, escapeLine } from './escape.ts'

/**
 * A failure: Ansible's line with the result as JSON, then what a person wants to read: where the task stands, and what
 * the command printed, line by line.
 */
export function failureDetails(event: Result, verdict: string, paint: Paint, verbosity: number): string[] {
  const result = { changed: event.changed, ...event.result }
  const blocks = TEXTS.flatMap((name) => block(name, event.result[name], verbosity))
  const hidden = verbosity > 0 ? [] : [...shownAsBlocks(event.result), 'invocation', 'exception']
  const indent = verbosity > 2
  return [
    `${verdict} => ${dump(result, { indent, without: hidden })}`,
    `  at ${escapeLine(formatLocation(event.task.location))}`,
    ...blocks,
  ].map((line) => paint('failed', line))
}

const TEXTS = ['msg', 'stdout', 'stderr', 'module_stdout', 'module_stderr'] as const

/** Lines of output shown without `-v`; the last ones, which is where programs say why they gave up. */
const MOST_LINES = 40

function block(name: (typeof TEXTS)[number], value: unknown, verbosity: number): string[] {
  if (typeof value !== 'string' || value.trim() === '') return []
  // A message of one line stands in the JSON already.
  if (name === 'msg' && !value.trim().includes('\n')) return []
  const lines = value.trimEnd().split('\n')
  const shown = verbosity > 0 ? lines : lines.slice(-MOST_LINES)
  const note = shown.length < lines.length ? ` (the last ${shown.length} of ${lines.length} lines)` : ''
  // A terminal overwrites a line after a bare carriage return; what was last on it is what counts.
  return [`  ${name}:${note}`, ...shown.map((line) => `    ${escapeText(line.replace(/\r$/, ''))}`)]
}

function shownAsBlocks(result: Readonly<Record<string, unknown>>): string[] {
  const names = TEXTS.filter((name) => block(name, result[name], 0).length > 0 || result[name] === '')
  return [...names, ...names.map((name) => `${name}_lines`), 'stdout_lines', 'stderr_lines']
}
