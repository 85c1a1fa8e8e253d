import { setTimeout as delay } from 'node:timers/promises'
import type { Socket } from 'node:net'
import type { Logger } from 'pino'
import type { RetireReason, ToPrimary, ToWorker, WorkerSettings, WorkerView } from '../ipc/messages.ts'
import { addCounts } from '../metrics/family.ts'
import type { MetricFamily } from '../metrics/family.ts'
import { Backoff } from './backoff.ts'
import { Member } from './member.ts'

/** A proxy that keeps connections gets this long to use each once more before it is closed. */
const REPLACE_GRACE_MS = 5000
const STOP_GRACE_MS = 500

/** A worker that has served enough before this age was given too little to serve; successors come ever more slowly. */
const HASTY_MS = 10_000

/** A worker that has not reported for this long hangs. */
const HUNG_MS = 20_000

export interface PoolOptions {
  size: number
  /** Settings for a new worker in a place, as they are at that moment. */
  settings(slot: number): WorkerSettings
  env: NodeJS.ProcessEnv
  stopTimeoutMs: number
  logger: Logger
  onReady(): void
  onReturned(sockets: Socket[]): void
  onMessage(member: Member, message: Extract<ToPrimary, { type: 'ask' | 'problem' }>): void
  onExit(reason: RetireReason | 'crash' | 'stop'): void
}

/** The workers: one for each place, replaced before they leave, and after a crash. */
export class Pool {
  readonly #options: PoolOptions
  readonly #members = new Set<Member>()
  readonly #backoff = new Backoff()
  readonly #haste = new Backoff()
  #gone: MetricFamily[] = []
  #replacing: Promise<void> = Promise.resolve()
  #stopping = false
  readonly #watch: NodeJS.Timeout

  constructor(options: PoolOptions) {
    this.#options = options
    this.#watch = setInterval(() => this.#endHung(), 1000)
  }

  /** Starts all workers. Rejects if one does not become ready: then something is wrong that a retry will not cure. */
  async start(): Promise<void> {
    const members = Array.from({ length: this.#options.size }, (_, slot) => this.#spawn(slot))
    await Promise.all(members.map((member) => member.whenReady()))
  }

  views(): WorkerView[] {
    return [...this.#members]
      .map((member) => member.view())
      .sort((a, b) => a.slot - b.slot || a.uptimeSeconds - b.uptimeSeconds)
  }

  /** True while some worker has reported lately. */
  healthy(): boolean {
    return [...this.#members].some((member) => Date.now() - member.lastSeen < HUNG_MS / 2)
  }

  /** Hands a connection to the ready worker with the fewest; false if none is ready. */
  hand(socket: Socket): boolean {
    let best: Member | undefined
    for (const member of this.#members) {
      if (member.usable && (best === undefined || member.load < best.load)) best = member
    }
    best?.hand(socket)
    return best !== undefined
  }

  broadcast(message: ToWorker): void {
    for (const member of this.#members) member.send(message)
  }

  /** Counts of all workers that are or ever were; with `fresh`, as of this moment. */
  async metrics(fresh: boolean): Promise<MetricFamily[][]> {
    if (fresh) await Promise.all([...this.#members].map((member) => member.collect()))
    return [this.#gone, ...[...this.#members].map((member) => member.metrics)]
  }

  /** Replaces the worker in a place, or all of them one after the other. Resolves when successors are ready. */
  async recycle(reason: RetireReason, slot?: number): Promise<number> {
    const chosen = [...this.#members].filter(
      (member) => member.state === 'ready' && (slot === undefined || member.slot === slot),
    )
    for (const member of chosen) await this.#replace(member, reason)
    return chosen.length
  }

  /** Lets every worker finish. Resolves when all are gone; those that take too long are ended. */
  async stop(): Promise<void> {
    this.#stopping = true
    clearInterval(this.#watch)
    const { stopTimeoutMs } = this.#options
    const members = [...this.#members]
    for (const member of members) {
      if (member.state === 'starting') member.kill()
      else member.drain(member.leaving, STOP_GRACE_MS, stopTimeoutMs)
    }
    const all = Promise.all(members.map((member) => member.exited))
    await Promise.race([all, delay(stopTimeoutMs + 2000, undefined, { ref: false })])
    for (const member of this.#members) member.kill()
    await all
  }

  #spawn(slot: number): Member {
    const member = new Member(this.#options.settings(slot), this.#options.env, {
      retire: (leaver, reason) => void this.#replace(leaver, reason),
      exit: (gone) => this.#onExit(gone),
      message: (sender, message) => this.#options.onMessage(sender, message),
      returned: (sockets) => this.#options.onReturned(sockets),
    })
    this.#members.add(member)
    void this.#announce(member)
    return member
  }

  async #announce(member: Member): Promise<void> {
    try {
      await member.whenReady()
    } catch {
      return
    }
    this.#options.logger.info({ worker: member.slot, workerPid: member.pid }, 'worker ready')
    this.#options.onReady()
  }

  /** One at a time, so that the host never carries twice the workers. */
  #replace(member: Member, reason: RetireReason): Promise<void> {
    const done = this.#replacing.then(() => this.#replaceNow(member, reason))
    this.#replacing = done
    return done
  }

  async #replaceNow(member: Member, reason: RetireReason): Promise<void> {
    const { logger, stopTimeoutMs } = this.#options
    const asked = reason === 'reload' || reason === 'admin'
    if (!asked && member.ageMs < HASTY_MS) await delay(this.#haste.next())
    else this.#haste.reset()
    while (!this.#stopping && member.state === 'ready') {
      const successor = this.#spawn(member.slot)
      // A successor that fails must not be followed by another one from the exit handler.
      successor.leaving = reason
      try {
        await successor.whenReady()
      } catch (error) {
        logger.error({ worker: member.slot, err: error }, 'successor failed; the worker stays for now')
        await delay(this.#backoff.next())
        continue
      }
      successor.leaving = undefined
      this.#backoff.reset()
      if (this.#stopping) return
      logger.info({ worker: member.slot, workerPid: member.pid, reason }, 'worker replaced')
      if (this.#members.has(member)) member.drain(reason, REPLACE_GRACE_MS, stopTimeoutMs)
    }
  }

  #onExit(member: Member): void {
    const { logger } = this.#options
    // A successor that failed to start is tried again by whoever is waiting for it.
    const missed = member.state === 'ready' || (member.state === 'starting' && member.leaving === undefined)
    this.#members.delete(member)
    this.#gone = addCounts(this.#gone, member.counts())
    this.#options.onExit(this.#stopping ? 'stop' : (member.leaving ?? 'crash'))
    if (missed && !this.#stopping) {
      logger.error({ worker: member.slot, workerPid: member.pid }, 'worker gone unexpectedly')
      void this.#revive(member)
    }
  }

  async #revive(dead: Member): Promise<void> {
    const wait = dead.ageMs < 5000 ? this.#backoff.next() : 0
    await delay(wait)
    if (this.#stopping || this.#occupied(dead.slot)) return
    try {
      await this.#spawn(dead.slot).whenReady()
      this.#backoff.reset()
    } catch {
      // Its own exit brings the next one.
    }
  }

  #occupied(slot: number): boolean {
    return [...this.#members].some((member) => member.slot === slot && member.state !== 'draining')
  }

  #endHung(): void {
    for (const member of this.#members) {
      if (member.state !== 'ready' || Date.now() - member.lastSeen < HUNG_MS) continue
      this.#options.logger.error({ worker: member.slot, workerPid: member.pid }, 'worker hangs; ending it')
      member.lastSeen = Date.now()
      member.leaving = 'hung'
      member.kill()
    }
  }
}
