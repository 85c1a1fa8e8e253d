import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { RetireReason, ToPrimary, WorkerSettings, WorkerStats } from '../ipc/messages.ts'
import type { MetricFamily } from '../metrics/family.ts'
import type { WorkerMetrics } from '../metrics/workerMetrics.ts'
import type { HttpServer } from './server.ts'

const BEAT_MS = 2000

interface HeartOptions {
  settings: WorkerSettings
  server: HttpServer
  metrics: WorkerMetrics
  tell: (message: ToPrimary) => void
}

/** Reports a worker's figures to the primary, and asks for a successor when it has served or grown enough. */
export class Heart {
  readonly #options: HeartOptions
  readonly #delay = monitorEventLoopDelay({ resolution: 20 })
  #timer: NodeJS.Timeout | undefined
  #retiring = false

  constructor(options: HeartOptions) {
    this.#options = options
    this.#delay.enable()
    options.server.onRequest = (requests) => {
      const { maxRequests } = options.settings
      if (maxRequests > 0 && requests >= maxRequests) this.#retire('requests')
    }
  }

  metrics(): MetricFamily[] {
    return this.#options.metrics.collect()
  }

  /** To be called when the primary knows that the worker is ready. */
  start(): void {
    this.#timer = setInterval(() => this.#beat(), BEAT_MS)
    this.#beat()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #beat(): void {
    const stats = this.#stats()
    const { maxMemory } = this.#options.settings
    if (maxMemory > 0 && stats.memory > maxMemory) this.#retire('memory')
    this.#options.tell({ type: 'heartbeat', stats, metrics: this.metrics() })
  }

  #stats(): WorkerStats {
    const { server } = this.#options
    // The histogram measures from tick to tick, so its resolution is no delay.
    const lagMs = Math.max(0, Math.round(this.#delay.max / 1e5) - 200) / 10
    this.#delay.reset()
    return {
      requests: server.requests,
      inFlight: server.inFlight,
      connections: server.connections,
      memory: process.memoryUsage.rss(),
      lagMs: Number.isFinite(lagMs) ? lagMs : 0,
    }
  }

  #retire(reason: RetireReason): void {
    if (this.#retiring) return
    this.#retiring = true
    this.#options.tell({ type: 'retire', reason })
  }
}
