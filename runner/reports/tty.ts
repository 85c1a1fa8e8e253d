import type { Event, TaskReference } from '../engine/events.ts'
import { Activity } from './activity.ts'
import { wantsColor } from './color.ts'
import { Interception } from './interception.ts'
import type { Live } from './live.ts'
import { flush, terminalWidth, type Report, type ReportOptions } from './report.ts'
import { TextView } from './text-view.ts'

/** How long the terminal has to be still before the moving lines are drawn again, in milliseconds. */
const STILL = 60
const MOST_ROWS = 8

/** Whether a stream is a terminal that lines can move on. */
export function isInteractive(stream: { readonly isTTY?: boolean }, environment = process.env): boolean {
  const { CI: ci, TERM: terminal } = environment
  return stream.isTTY === true && terminal !== 'dumb' && (ci === undefined || ci === '' || ci === 'false')
}

/**
 * On a terminal: the same lines as the text view, and below them what each host is doing right now. Nothing is printed
 * through the moving part, so nothing can be lost in it.
 */
export class TtyReport implements Report {
  readonly #view: TextView
  readonly #activity = new Activity()
  readonly #stdout: NodeJS.WriteStream
  readonly #stderr: NodeJS.WriteStream
  readonly #interceptions: readonly [stdout: Interception, stderr: Interception]
  #live: Live | undefined
  #timer: NodeJS.Timeout | undefined
  #stopped = false
  /** Somebody wrote part of a line: drawing now would clear it afterwards. */
  #midLine = false
  readonly #stop = (): void => this.pause()

  constructor(options: Omit<ReportOptions, 'stdout' | 'stderr'> & Terminal) {
    const { color, stdout, stderr } = options
    this.#view = new TextView({
      ...options,
      color: color ?? wantsColor(stdout),
      width: terminalWidth(stdout),
    })
    this.#stdout = stdout
    this.#stderr = stderr
    const notice = (text: string | Uint8Array): void => this.#interrupt(text)
    // What goes to a file does not disturb the screen.
    this.#interceptions = [
      new Interception(stdout, notice),
      new Interception(stderr, stderr.isTTY ? notice : ignore),
    ]
    // However the process ends, the lines go and the cursor comes back, before Node prints an error.
    process.on('exit', this.#stop).on('uncaughtExceptionMonitor', this.#stop)
  }

  handle(event: Event): void {
    const { stdout, stderr } = this.#view.lines(event)
    this.#activity.update(event, Date.now())
    if (stdout.length > 0) this.#stdout.write(`${stdout.join('\n')}\n`)
    if (stderr.length > 0) this.#stderr.write(`${stderr.join('\n')}\n`)
    this.#showSoon()
  }

  begin(host: string, task: TaskReference): void {
    this.#activity.begin(host, task, Date.now())
    this.#showSoon()
  }

  pause(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#live?.hide()
  }

  resume(): void {
    this.#stopped = false
    this.#showSoon()
  }

  async close(): Promise<void> {
    this.pause()
    this.#live?.close()
    for (const interception of this.#interceptions.toReversed()) interception.close()
    process.off('exit', this.#stop).off('uncaughtExceptionMonitor', this.#stop)
    await flush(this.#stdout)
  }

  /** Somebody, perhaps this report, is about to write. */
  #interrupt(text: string | Uint8Array): void {
    this.#live?.hide()
    this.#midLine = !(typeof text === 'string' ? text.endsWith('\n') : text.at(-1) === 0x0a)
    this.#showSoon()
  }

  #showSoon(): void {
    if (this.#stopped) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#show(), STILL).unref()
  }

  async #show(): Promise<void> {
    if (this.#midLine || this.#rows().length === 0) return this.#live?.hide()
    const { Live } = await import('./live.ts')
    if (this.#stopped) return
    const [stdout, stderr] = this.#interceptions
    this.#live ??= new Live(stdout.direct, stderr.direct, { rows: () => this.#rows(), most: MOST_ROWS })
    await this.#live.show()
  }

  #rows(): string[] {
    return this.#activity.rows(Date.now(), MOST_ROWS)
  }
}

interface Terminal {
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
}

function ignore(): void {}
