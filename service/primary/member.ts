import cluster from 'node:cluster'
import type { Worker } from 'node:cluster'
import type { Socket } from 'node:net'
import type {
  RetireReason,
  ToPrimary,
  ToWorker,
  WorkerSettings,
  WorkerStats,
  WorkerView,
} from '../ipc/messages.ts'
import { addCounts } from '../metrics/family.ts'
import type { MetricFamily } from '../metrics/family.ts'

const STARTING_MS = 30_000
const COLLECT_MS = 1000

export interface MemberEvents {
  retire(member: Member, reason: RetireReason): void
  exit(member: Member): void
  /** A message that is not about the worker itself. */
  message(member: Member, message: Extract<ToPrimary, { type: 'ask' | 'problem' }>): void
  /** Connections that the worker had not taken when it died. */
  returned(sockets: Socket[]): void
}

/** One worker process as the primary sees it. */
export class Member {
  readonly slot: number
  readonly #worker: Worker
  readonly #events: MemberEvents
  readonly #startedAt = Date.now()
  /** Connections that the worker has not yet said to have; the primary keeps a copy of each until then. */
  readonly #handing = new Map<number, Socket>()
  readonly #collecting = new Map<number, () => void>()
  readonly #ready = Promise.withResolvers<void>()
  readonly exited: Promise<void>
  #nextId = 1
  #handedSinceReport = 0
  #broken = false

  state: WorkerView['state'] = 'starting'
  /** Why it was told to leave; none for one that left by itself. */
  leaving: RetireReason | undefined
  lastSeen = Date.now()
  stats: WorkerStats = { requests: 0, inFlight: 0, connections: 0, memory: 0, lagMs: 0 }
  /** The latest counts, which outlive the process. */
  metrics: MetricFamily[] = []

  constructor(settings: WorkerSettings, env: NodeJS.ProcessEnv, events: MemberEvents) {
    this.slot = settings.slot
    this.#events = events
    this.#worker = cluster.fork(env)
    // A write to a worker that has just died; the exit event follows.
    this.#worker.on('error', () => {})
    this.#worker.on('message', (message: ToPrimary) => this.#receive(message, settings))
    const exited = Promise.withResolvers<void>()
    this.exited = exited.promise
    const leave = (why: string) => {
      this.#ready.reject(new Error(`worker ${why}`))
      for (const done of this.#collecting.values()) done()
      const kept = [...this.#handing.values()]
      this.#handing.clear()
      events.returned(kept)
      events.exit(this)
      exited.resolve()
    }
    // Its last messages may still be in the channel when the process has ended; `close` comes after both. The channel's
    // own `disconnect` does not come at all when the process dies with a connection on its way to it: Node waits for
    // that connection's receipt first.
    this.#worker.process.once('close', (code, signal) => leave(`exited with ${signal ?? `status ${code}`}`))
    // The system may be out of processes or memory; then there is neither an exit nor a channel.
    this.#worker.process.once('error', (error) => {
      if (this.#worker.process.pid === undefined) leave(`could not be started: ${error.message}`)
    })
    this.#ready.promise.catch(() => {})
  }

  get pid(): number {
    return this.#worker.process.pid ?? 0
  }

  /** Connections, as far as is known. */
  get load(): number {
    return this.stats.connections + this.#handedSinceReport
  }

  /** Whether it can be given connections. Its channel closes a moment before its exit is known. */
  get usable(): boolean {
    return this.state === 'ready' && !this.#broken && this.#worker.isConnected()
  }

  get ageMs(): number {
    return Date.now() - this.#startedAt
  }

  view(): WorkerView {
    const uptimeSeconds = Math.floor(this.ageMs / 1000)
    return { ...this.stats, slot: this.slot, pid: this.pid, state: this.state, uptimeSeconds }
  }

  /** Resolves when the worker can serve; rejects, and ends it, if that takes too long. */
  async whenReady(): Promise<void> {
    const timer = setTimeout(() => {
      this.#ready.reject(new Error('worker did not become ready in time'))
      this.kill()
    }, STARTING_MS)
    try {
      await this.#ready.promise
    } finally {
      clearTimeout(timer)
    }
  }

  send(message: ToWorker): void {
    if (this.#worker.isConnected()) this.#worker.send(message, undefined, undefined, () => {})
  }

  /**
   * Gives the worker a connection. The primary lets go of it when the worker says that it has it: one that a dying worker
   * has not touched can so be given to another.
   */
  hand(socket: Socket): void {
    const id = this.#nextId++
    this.#handedSinceReport += 1
    this.#handing.set(id, socket)
    this.#worker.send({ type: 'connection', id } satisfies ToWorker, socket, { keepOpen: true }, (error) => {
      if (!error || !this.#handing.delete(id)) return
      // The end of the channel will be noticed soon; until then nobody else must be sent there.
      this.#broken = true
      this.#events.returned([socket])
    })
  }

  /** Asks for the worker's metrics of this moment and keeps them. Returns after a second in any case. */
  collect(): Promise<void> {
    if (!this.#worker.isConnected() || this.state === 'starting') return Promise.resolve()
    const id = this.#nextId++
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        this.#collecting.delete(id)
        resolve()
      }
      const timer = setTimeout(done, COLLECT_MS)
      this.#collecting.set(id, done)
      this.send({ type: 'collect', id })
    })
  }

  drain(reason: RetireReason | undefined, graceMs: number, timeoutMs: number): void {
    this.leaving = reason
    this.state = 'draining'
    this.send({ type: 'drain', graceMs, timeoutMs })
  }

  kill(): void {
    this.#worker.process.kill('SIGKILL')
  }

  /** What the process counted, to be kept after it. */
  counts(): MetricFamily[] {
    return addCounts(this.metrics, [])
  }

  #receive(message: ToPrimary, settings: WorkerSettings): void {
    this.lastSeen = Date.now()
    switch (message.type) {
      case 'hello':
        this.send({ type: 'start', settings })
        break
      case 'ready':
        this.state = 'ready'
        this.#ready.resolve()
        break
      case 'heartbeat':
        this.stats = message.stats
        this.metrics = message.metrics
        this.#handedSinceReport = 0
        break
      case 'taken':
        // This closes the primary's copy alone.
        this.#handing.get(message.id)?.destroy()
        this.#handing.delete(message.id)
        break
      case 'collected':
        this.metrics = message.metrics
        this.#collecting.get(message.id)?.()
        break
      case 'drained':
        this.metrics = message.metrics
        break
      case 'retire':
        this.#events.retire(this, message.reason)
        break
      case 'ask':
      case 'problem':
        this.#events.message(this, message)
        break
    }
  }
}
