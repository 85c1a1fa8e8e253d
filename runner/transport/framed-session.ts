import { setTimeout as sleep } from 'node:timers/promises'
import type { Carrier } from './channel.ts'
import { endProcesses } from './end-processes.ts'
import { Job } from './job.ts'
import { RemoteShell } from './remote-shell.ts'
import {
  type Answer,
  type Become,
  BecomeFailed,
  type Frame,
  FrameTimeout,
  type Session,
  Unreachable,
} from './session.ts'
import { noTraffic, type Traffic } from './traffic.ts'

/** Seconds that a loop may take to report the end of a script whose processes have been ended. */
const END_PATIENCE = 5

/** Seconds to wait for a shell that is still starting before it is let go. */
const START_PATIENCE = 2

/**
 * A session over shells of one user. Usually one shell serves all its life; where a script leaves processes behind
 * that hold the output, or a shell ends, the next frames go to a new one.
 */
export class FramedSession implements Session {
  readonly user: string
  readonly #carrier: Carrier
  readonly #become: Become | undefined
  readonly #traffic: Traffic
  #shell: Promise<RemoteShell> | undefined
  /** The shell left last; what holds it may go on printing. One before it is let go. */
  #left: RemoteShell | undefined
  #refused: BecomeFailed | undefined

  /** @param traffic where its frames are counted */
  constructor(carrier: Carrier, become?: Become, traffic = noTraffic()) {
    this.user = become?.user ?? carrier.user
    this.#carrier = carrier
    this.#become = become
    this.#traffic = traffic
  }

  /** Resolves when the shell is up. @throws {BecomeFailed} @throws {Unreachable} */
  async ready(): Promise<void> {
    if (this.#refused) throw this.#refused
    const shell = await this.#current()
    await shell.ready
  }

  async run(frame: Frame): Promise<Answer> {
    if (this.#refused) throw this.#refused
    const job = new Job(frame)
    let stopping: Promise<void> | undefined
    const stop = (error: Error): void => {
      stopping ??= this.#stop(job, error)
    }
    job.onTooLarge = stop
    const { timeout } = frame
    let timer: NodeJS.Timeout | undefined
    job.onBegun = () => {
      if (timeout === undefined) return
      timer = setTimeout(() => stop(new FrameTimeout(timeout)), timeout * 1000)
    }
    this.#send(job)
    this.#traffic.frames++
    this.#traffic.sent += Buffer.byteLength(frame.script.text) + (frame.payload?.length ?? 0)
    try {
      const answer = await job.answer
      this.#traffic.received += answer.stdout.length + answer.stderr.length
      return answer
    } finally {
      clearTimeout(timer)
      // Its children may take longer to end than the script.
      await stopping
    }
  }

  /** Ends the shell and whatever it runs on the host. Never rejects. */
  async close(): Promise<void> {
    const closed = new Unreachable('the connection was closed')
    this.#left?.close(closed)
    const shell = await this.#shell?.catch(() => undefined)
    if (!shell) return
    shell.expectEnd(closed)
    if (shell.current) {
      // What has been sent would be run even after the channel is closed, so a shell that is still starting is awaited.
      await Promise.race([
        shell.ready.catch(() => {}),
        sleep(START_PATIENCE * 1000, undefined, { ref: false }),
      ])
      if (shell.pid !== undefined) await this.#end(shell.current.group, shell.pid)
    }
    shell.close(closed)
  }

  #send(job: Job): void {
    this.#current().then(
      (shell) => shell.send(job),
      (error: Error) => job.fail(error),
    )
  }

  #current(): Promise<RemoteShell> {
    return (this.#shell ??= this.#start())
  }

  #start(): Promise<RemoteShell> {
    const forget = (): void => {
      if (this.#shell === starting) this.#shell = undefined
    }
    const starting = RemoteShell.start(this.#carrier, this.#become).then((shell) => {
      shell.onEnd = (reason) => {
        if (reason instanceof BecomeFailed) this.#refused ??= reason
        forget()
      }
      shell.onMoved = (jobs) => {
        forget()
        this.#left?.close(new Unreachable('left behind'))
        this.#left = shell
        for (const job of jobs) this.#send(job)
      }
      return shell
    })
    starting.catch(forget)
    return starting
  }

  async #stop(job: Job, error: Error): Promise<void> {
    const shell = await this.#shell
    job.failWhenEnded(error)
    await this.#end(job.group)
    if (job.done) return
    const patience = setTimeout(() => shell?.close(error), END_PATIENCE * 1000)
    await job.answer.catch(() => {})
    clearTimeout(patience)
  }

  /** Ends processes through a shell of its own, of the same user. */
  async #end(group: number | undefined, loop?: number): Promise<void> {
    const done = new Unreachable('done')
    try {
      const helper = await RemoteShell.start(this.#carrier, this.#become)
      const job = new Job({ script: endProcesses(group, loop) })
      const late = setTimeout(() => helper.close(done), END_PATIENCE * 1000)
      helper.send(job)
      await job.answer.finally(() => clearTimeout(late))
      helper.close(done)
    } catch {
      // Without a second shell the processes cannot be ended; the caller lets go of the first.
    }
  }
}
