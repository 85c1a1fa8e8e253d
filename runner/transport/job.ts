import { type Answer, type Frame, OutputTooLarge } from './session.ts'

/** A frame on its way, its answer as far as it has come, and the promise of it. */
export class Job {
  readonly frame: Frame
  readonly answer: Promise<Answer>
  /** Process group of the running script; undefined before it has begun. */
  group: number | undefined
  /** Called when the script has begun on the host. */
  onBegun: () => void = () => {}
  /** Called when its output exceeds the frame's limit. */
  onTooLarge: (error: OutputTooLarge) => void = () => {}

  readonly #limit: number
  readonly #settle = Promise.withResolvers<Answer>()
  readonly #output = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
  readonly #status: { stdout?: number; stderr?: number } = {}
  #size = 0
  #failure: Error | undefined
  #done = false

  /** Throws on a NUL in the script, which no shell could take. */
  constructor(frame: Frame) {
    if (frame.script.text.includes('\0')) {
      throw new Error('a script cannot hold a NUL character; send such bytes as payload')
    }
    this.frame = frame
    this.answer = this.#settle.promise
    this.#limit = frame.outputLimit ?? 512 * 1024 * 1024
  }

  get done(): boolean {
    return this.#done
  }

  begin(group: number): void {
    this.group = group
    this.onBegun()
  }

  add(stream: 'stdout' | 'stderr', bytes: Buffer): void {
    // What comes before the script has begun is from a process that an earlier one left behind.
    if (this.#failure || (stream === 'stdout' && this.group === undefined)) return
    this.#size += bytes.length
    this.#output[stream].push(bytes)
    if (this.#size > this.#limit) this.onTooLarge(new OutputTooLarge(this.#limit))
  }

  /** One stream is complete; the answer is when both are. */
  end(stream: 'stdout' | 'stderr', status: number): void {
    this.#status[stream] = status
    if (this.#status.stdout === undefined || this.#status.stderr === undefined || this.#done) return
    this.#done = true
    if (this.#failure) this.#settle.reject(this.#failure)
    else {
      const stdout = Buffer.concat(this.#output.stdout)
      const stderr = Buffer.concat(this.#output.stderr)
      this.#settle.resolve({ status, stdout, stderr })
    }
  }

  /** It has not begun after all and will be sent again: what seemed to be its errors were another's. */
  restart(): void {
    this.#output.stdout.length = 0
    this.#output.stderr.length = 0
    this.#size = 0
  }

  /** From now on the answer is this error; it is given when the script has ended. */
  failWhenEnded(error: Error): void {
    this.#failure ??= error
    this.#output.stdout.length = 0
    this.#output.stderr.length = 0
  }

  /** The answer is this error, or the one that was to be given, and is given now. */
  fail(error: Error): void {
    if (this.#done) return
    this.#done = true
    this.#settle.reject(this.#failure ?? error)
  }
}
