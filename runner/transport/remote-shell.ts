import { randomBytes } from 'node:crypto'
import { becomeCommand, becomeFailure, mayBeAsked, missingPassword, wrongPassword } from './become.ts'
import type { Carrier, Channel } from './channel.ts'
import { encodeFrame, FrameReader } from './frames.ts'
import { Greeting } from './greeting.ts'
import type { Job } from './job.ts'
import { bootCommand, loopLine } from './loop.ts'
import { printable } from './printable.ts'
import { type Become, BecomeFailed, Unreachable } from './session.ts'
import { joinScripts, sh } from './shell.ts'

/**
 * One loop (see `loop.ts`) on a host, and the jobs sent to it. Jobs may be sent before it is up; they run in order.
 * It serves until it ends or has `moved`.
 */
export class RemoteShell {
  /** Resolves when the loop is up. @throws {BecomeFailed} @throws {Unreachable} */
  readonly ready: Promise<void>
  /** Called once with the jobs that will not be run here, because processes left behind hold the output. */
  onMoved: (jobs: readonly Job[]) => void = () => {}
  /** Called once when the shell has ended, with the reason. */
  onEnd: (reason: Error) => void = () => {}
  /** The shell's process id on the host; undefined before it is up. */
  pid: number | undefined

  readonly #carrier: Carrier
  readonly #become: Become | undefined
  readonly #channel: Channel
  readonly #greeting: Greeting
  readonly #mark = randomBytes(16).toString('hex')
  readonly #readers = { stdout: new FrameReader(this.#mark), stderr: new FrameReader(this.#mark) }
  /** Jobs that were sent and of which the stream is not complete yet. */
  readonly #open = { stdout: [] as Job[], stderr: [] as Job[] }
  readonly #up = Promise.withResolvers<void>()
  readonly #timer: NodeJS.Timeout
  /** Jobs held back until the password has been taken. */
  #held: Job[] | undefined
  #stderrGreeted = false
  /** Why it is about to end, where that is known beforehand. */
  #ending: Error | undefined
  #gone: Error | undefined

  /** @throws {Unreachable} */
  static async start(carrier: Carrier, become?: Become): Promise<RemoteShell> {
    const token = randomBytes(16).toString('hex')
    const prompt = `[${randomBytes(16).toString('hex')}]`
    const boot = bootCommand(token)
    const command = become ? becomeCommand(become, boot, prompt) : joinScripts([sh`exec`, boot], ' ')
    const channel = await carrier.execute(command)
    return new RemoteShell(carrier, become, channel, new Greeting(token, become, prompt))
  }

  private constructor(carrier: Carrier, become: Become | undefined, channel: Channel, greeting: Greeting) {
    this.#carrier = carrier
    this.#become = become
    this.#channel = channel
    this.#greeting = greeting
    this.ready = this.#up.promise
    this.ready.catch(() => {})
    this.#timer = setTimeout(() => this.close(this.#late()), carrier.timeout * 1000)
    channel.stdin.on('error', () => {})
    channel.stdout.on('data', (chunk: Buffer) => this.#readStdout(chunk))
    channel.stderr.on('data', (chunk: Buffer) => this.#readStderr(chunk))
    void channel.ended.then((how) => this.close(how instanceof Unreachable ? how : this.#whyEnded(how)))
    if (mayBeAsked(become)) this.#held = []
    else this.#startLoop()
  }

  /** The job that is running or next to run. */
  get current(): Job | undefined {
    return this.#open.stdout[0]
  }

  send(job: Job): void {
    if (this.#gone) job.fail(this.#gone)
    else if (this.#held) this.#held.push(job)
    else this.#write(job)
  }

  /** Gives the reason for an end that is being brought about on the host. */
  expectEnd(reason: Error): void {
    this.#ending = reason
  }

  /** Lets go of the shell at once; what is not answered fails with `reason`. */
  close(reason: Error): void {
    clearTimeout(this.#timer)
    this.#channel.close()
    const jobs = [...this.#open.stdout, ...this.#open.stderr, ...(this.#held ?? [])]
    const wasGone = this.#gone !== undefined
    this.#gone = reason
    this.#up.reject(reason)
    for (const job of jobs) job.fail(reason)
    if (!wasGone) this.onEnd(reason)
  }

  #startLoop(): void {
    this.#channel.stdin.write(`echo ${this.#greeting.token} up >&2;${loopLine}`)
  }

  #write(job: Job): void {
    this.#open.stdout.push(job)
    this.#open.stderr.push(job)
    const { stdin } = this.#channel
    for (const piece of encodeFrame(this.#mark, job.frame)) stdin.write(piece)
  }

  #readStdout(chunk: Buffer): void {
    if (this.pid !== undefined) return this.#readFrames('stdout', chunk)
    const greeted = this.#greeting.readStdout(chunk)
    if (!greeted) return
    this.pid = greeted.pid
    clearTimeout(this.#timer)
    if (this.#held) this.#startLoop()
    for (const job of this.#held ?? []) this.#write(job)
    this.#held = undefined
    this.#up.resolve()
    this.#readFrames('stdout', greeted.rest)
  }

  #readStderr(chunk: Buffer): void {
    if (this.#stderrGreeted) return this.#readFrames('stderr', chunk)
    const greeted = this.#greeting.readStderr(chunk)
    if (greeted === undefined) return
    if (greeted === 'send password') {
      this.#channel.stdin.write(`${this.#become!.password}\n`)
    } else if (greeted === 'wrong password') {
      this.close(new BecomeFailed(wrongPassword(this.#become!, this.#carrier.user)))
    } else if (greeted === 'password missing') {
      this.close(new BecomeFailed(missingPassword(this.#become!, this.#carrier.user)))
    } else {
      this.#stderrGreeted = true
      this.#readFrames('stderr', greeted.rest)
    }
  }

  #readFrames(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    const open = this.#open[stream]
    for (const part of this.#readers[stream].read(chunk)) {
      if (part.kind === 'output') open[0]?.add(stream, part.bytes)
      else if (part.words[0] === 'begin') open[0]?.begin(Number(part.words[1]))
      else if (part.words[0] === 'end') open.shift()?.end(stream, Number(part.words[1]))
      else if (part.words[0] === 'moved') this.#move()
    }
  }

  /**
   * Nothing of what is still open has been run. The channel stays, so that whoever holds it can go on writing. The
   * errors of the frame before may still be on their way.
   */
  #move(): void {
    const jobs = this.#open.stdout.splice(0)
    this.#open.stderr = this.#open.stderr.filter((job) => !jobs.includes(job))
    for (const job of jobs) job.restart()
    this.#gone = new Unreachable('the shell has moved')
    this.onMoved(jobs)
  }

  #whyEnded(how: string): Error {
    if (this.#ending) return this.#ending
    const { user } = this.#carrier
    if (this.pid !== undefined) return new Unreachable(`the shell on the host ended unexpectedly (${how})`)
    const said = this.#greeting.said
    if (this.#become) return new BecomeFailed(becomeFailure(this.#become, user, said))
    return new Unreachable(
      `no shell for ${user} on the host (${how})${said === '' ? '' : `: ${printable(said)}`}`,
      `the login shell of ${user} must be one that runs commands, and nothing may forbid it to`,
    )
  }

  #late(): Error {
    const { user, timeout } = this.#carrier
    const said = this.#greeting.said === '' ? '' : `: ${printable(this.#greeting.said)}`
    if (!this.#become) return new Unreachable(`no shell for ${user} within ${timeout} s${said}`)
    return new BecomeFailed(
      `${user} cannot become ${this.#become.user} with ${this.#become.method}: no answer within ${timeout} s${said}`,
    )
  }
}
