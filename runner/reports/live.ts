import { DefaultRenderer, Listr, ListrLogger, ProcessOutput, Spinner } from 'listr2'

/** Lines that move at the bottom of a terminal, drawn by listr2. Everything else is written above them. */
export class Live {
  readonly #renderer: DefaultRenderer
  readonly #finish: () => void
  #state: 'hidden' | 'opening' | 'shown' = 'hidden'
  #wanted = false

  /** `rows` is asked for the lines, at most `most`, ten times a second. Hide it before writing anything else. */
  constructor(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream, options: LiveOptions) {
    const { promise, resolve } = Promise.withResolvers<void>()
    const titles = Array.from({ length: options.most }, () => ({ title: ' ', task: () => promise }))
    const list = new Listr(titles, { concurrent: true, renderer: 'silent', registerSignalListeners: false })
    void list.run()
    this.#finish = resolve
    const tick = (): void => {
      const rows = options.rows()
      // A title that is empty is not drawn at all.
      for (const [index, task] of list.tasks.entries()) task.title = rows[index] ?? ' '
    }
    tick()
    this.#renderer = new DefaultRenderer(
      // The types tie tasks to the renderer that `Listr` itself would start; here it is started and ended apart.
      list.tasks as unknown as ConstructorParameters<typeof DefaultRenderer>[0],
      {
        clearOutput: true,
        formatOutput: 'truncate',
        spinner: new Ticker(tick),
        logger: new ListrLogger({ processOutput: new Screen(stdout, stderr) }),
      },
      list.events,
    )
  }

  async show(): Promise<void> {
    this.#wanted = true
    if (this.#state !== 'hidden') return
    this.#state = 'opening'
    await this.#renderer.render()
    this.#state = 'shown'
    if (this.#wanted) this.#renderer.update()
    else this.hide()
  }

  /** Clears the lines at once and gives the streams and the cursor back. */
  hide(): void {
    this.#wanted = false
    if (this.#state !== 'shown') return
    this.#state = 'hidden'
    this.#renderer.end()
  }

  close(): void {
    this.hide()
    this.#finish()
  }
}

export interface LiveOptions {
  readonly rows: () => readonly string[]
  readonly most: number
}

/** A spinner that reads the lines anew before each drawing, and keeps no process alive. */
class Ticker extends Spinner {
  readonly #tick: () => void
  #timer: NodeJS.Timeout | undefined

  constructor(tick: () => void) {
    super()
    this.#tick = tick
  }

  override start(draw?: () => void, interval = 100): void {
    this.#timer = setInterval(() => {
      this.spin()
      this.#tick()
      draw?.()
    }, interval).unref()
  }

  override stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  override isRunning(): boolean {
    return this.#timer !== undefined
  }
}

/** Hides the cursor while lines move, and leaves what others write alone (listr2 would hold it back until the end). */
class Screen extends ProcessOutput {
  override hijack(): void {
    this.toStdout('\x1b[?25l', false)
  }

  override release(): void {
    this.toStdout('\x1b[?25h', false)
  }
}
