import type { Event, Result } from '../engine/events.ts'
import { unified } from './diff.ts'
import { escapeJson } from './escape.ts'
import { flush, type Report, type ReportOptions } from './report.ts'

/**
 * One event a line on stdout, nothing on stderr. The lines of type `result` and `summary` are stable (`v` is their
 * version): fields are added, never changed. A line with `item` is one item of a loop; the task's own line, without it,
 * follows. All other lines are the events as `runner/engine/events.ts` defines them.
 */
export class JsonReport implements Report {
  readonly #options: Pick<ReportOptions, 'stdout'>

  constructor(options: Pick<ReportOptions, 'stdout'>) {
    this.#options = options
  }

  handle(event: Event): void {
    this.#options.stdout.write(`${jsonLine(event)}\n`)
  }

  async close(): Promise<void> {
    await flush(this.#options.stdout)
  }
}

/** The line for an event, without its line feed. */
export function jsonLine(event: Event): string {
  return escapeJson(JSON.stringify({ v: 1, ...record(event) }, (_, value: unknown) => plainNumber(value)))
}

function record(event: Event): Record<string, unknown> {
  if (event.type === 'result') return resultRecord(event)
  if (event.type !== 'summary') return { ...event }
  const { type, hosts, exitCode, check, traffic } = event
  return { type, hosts, exitCode, check, traffic }
}

function resultRecord(event: Result): Record<string, unknown> {
  const { type, play, task, host, status, changed, diff, ms, rescued, ignored } = event
  return {
    type,
    play,
    task: task.name,
    host,
    status,
    changed,
    diff: diff.map((each) => ({
      path: each.path,
      before: each.before ?? null,
      after: each.after ?? null,
      unified: unified(each),
      attributes: each.attributes,
      unknown: each.unknown,
    })),
    location: task.location,
    ms,
    rescued,
    ignored,
    item: event.item?.label,
    items: event.items,
    id: task.id,
    action: task.action,
    role: task.role,
    handler: task.handler,
    delegatedTo: event.delegatedTo,
    because: event.because.length > 0 ? event.because : undefined,
    skipReason: event.skipReason,
    result: event.result,
  }
}

function plainNumber(value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}
