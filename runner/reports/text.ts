import type { Event } from '../engine/events.ts'
import { wantsColor } from './color.ts'
import { flush, terminalWidth, type Report, type ReportOptions } from './report.ts'
import { TextView } from './text-view.ts'

/** Ansible's plain text: results on stdout, warnings and notes on stderr. */
export class TextReport implements Report {
  readonly #view: TextView
  readonly #options: ReportOptions

  constructor(options: ReportOptions) {
    const { color, stdout } = options
    this.#view = new TextView({
      ...options,
      color: color ?? wantsColor(stdout),
      width: terminalWidth(stdout),
    })
    this.#options = options
  }

  handle(event: Event): void {
    const { stdout, stderr } = this.#view.lines(event)
    if (stdout.length > 0) this.#options.stdout.write(`${stdout.join('\n')}\n`)
    if (stderr.length > 0) this.#options.stderr.write(`${stderr.join('\n')}\n`)
  }

  async close(): Promise<void> {
    await flush(this.#options.stdout)
  }
}
