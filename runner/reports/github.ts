import { randomUUID } from 'node:crypto'
import { relative } from 'node:path'

import type { Event, Result } from '../engine/events.ts'
import type { Diagnostic } from '../source/diagnostic.ts'
import type { Location } from '../source/location.ts'
import { wantsColor } from './color.ts'
import { escapeText } from './escape.ts'
import { flush, type Report, type ReportOptions } from './report.ts'
import { TextView } from './text-view.ts'

/**
 * For GitHub Actions: the text view with each play folded into a group, and failures and warnings as annotations at the
 * place of their task. Commands in a host's text are not obeyed.
 */
export class GithubReport implements Report {
  readonly #view: TextView
  readonly #options: ReportOptions
  #grouped = false

  constructor(options: ReportOptions) {
    this.#view = new TextView({ ...options, color: options.color ?? wantsColor(options.stdout) })
    this.#options = options
  }

  handle(event: Event): void {
    if (event.type === 'play') this.#group(`PLAY [${event.name}]`)
    if (event.type === 'summary') this.#endGroup()
    const { stdout, stderr } = this.#view.lines(event)
    const notes = annotations(event)
    // A warning shows in the log through its annotation.
    this.#text(event.type === 'message' && notes.length > 0 ? [] : [...stdout, ...stderr])
    for (const line of notes) this.#line(line)
    if (event.type === 'play-end') this.#endGroup()
  }

  async close(): Promise<void> {
    this.#endGroup()
    await flush(this.#options.stdout)
  }

  #group(title: string): void {
    this.#endGroup()
    this.#line(command('group', {}, title))
    this.#grouped = true
  }

  #endGroup(): void {
    if (this.#grouped) this.#line('::endgroup::')
    this.#grouped = false
  }

  #text(lines: readonly string[]): void {
    if (lines.length === 0) return
    const text = lines.join('\n')
    // The token cannot be guessed, so the text cannot switch commands on again.
    const token = /^\s*::|##\[/m.test(text) ? randomUUID() : undefined
    if (token !== undefined) this.#line(`::stop-commands::${token}`)
    this.#line(text)
    if (token !== undefined) this.#line(`::${token}::`)
  }

  #line(text: string): void {
    this.#options.stdout.write(`${text}\n`)
  }
}

/** The annotations for an event: an error for a failure that stands, a warning for a message or a misprediction. */
export function annotations(event: Event): string[] {
  switch (event.type) {
    case 'result':
      return stands(event)
        ? [command('error', placed(event.task.location, titleOf(event)), failure(event))]
        : []
    case 'mispredicted': {
      const { host, task, resource, predicted, observed } = event
      const text = `${resource} on ${host} is not as predicted.\npredicted: ${predicted}\nobserved: ${observed}`
      return [command('warning', placed(task.location, task.name), text)]
    }
    case 'message': {
      const { severity, text, host, diagnostic } = event
      // What Ansible would say of a failure stands beside the failure itself.
      if (severity === 'info' || severity === 'error') return []
      const about = host === undefined ? text : `${host}: ${text}`
      const hint = diagnostic?.hint === undefined ? '' : `\n${diagnostic.hint}`
      return [command('warning', placed(diagnostic?.location), about + hint)]
    }
    default:
      return []
  }
}

/** The annotation for something wrong in a file. */
export function diagnosticAnnotation({ severity, message, hint, location }: Diagnostic): string {
  return command(severity, placed(location), hint === undefined ? message : `${message}\n${hint}`)
}

/** An item's failure is told by its loop's own result. */
function stands({ status, ignored, rescued, item }: Result): boolean {
  return (status === 'failed' || status === 'unreachable') && !ignored && !rescued && !item
}

function titleOf({ task, host }: Result): string {
  return `${task.role ? `${task.role} : ` : ''}${task.name} on ${host}`
}

function failure({ status, result }: Result): string {
  const said = [result['msg'], result['stderr']].filter(
    (text) => typeof text === 'string' && text.trim() !== '',
  )
  return said.length > 0 ? said.join('\n') : `${status}, without a message`
}

function placed(location?: Location, title?: string): Record<string, string> {
  return {
    ...(location && {
      // Annotations are shown at paths inside the repository only.
      file: relative('.', location.file),
      line: String(location.line),
      col: String(location.column),
    }),
    ...(title !== undefined && { title }),
  }
}

/** A workflow command, escaped as the runner reads it. */
function command(name: string, properties: Readonly<Record<string, string>>, data: string): string {
  const list = Object.entries(properties).map(([key, value]) => `${key}=${property(value)}`)
  return `::${name}${list.length > 0 ? ` ${list.join(',')}` : ''}::${escaped(data)}`
}

function escaped(text: string): string {
  return escapeText(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
