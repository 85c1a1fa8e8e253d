import { randomInt } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import type { Settings } from '../config/load.ts'
import type { Level } from '../config/levels.ts'
import type {
  Answers,
  Maintenance,
  Overview,
  Problem,
  Question,
  RetireReason,
  WorkerSettings,
} from '../ipc/messages.ts'
import type { Log } from '../logging/logger.ts'
import { addCounts, total } from '../metrics/family.ts'
import type { MetricFamily } from '../metrics/family.ts'
import { createPrimaryMetrics } from '../metrics/primaryMetrics.ts'
import type { PrimaryMetrics } from '../metrics/primaryMetrics.ts'
import { REQUESTS } from '../metrics/workerMetrics.ts'
import { SystemSampler } from '../system/sampler.ts'
import { readMemory } from '../system/memory.ts'
import { Dispatcher } from './dispatcher.ts'
import { HistoryRecorder, INTERVAL_MS, isError } from './history.ts'
import type { Point } from './history.ts'
import { acceptMaintenance, NO_MAINTENANCE } from './maintenance.ts'
import type { Member } from './member.ts'
import { Pool } from './pool.ts'
import { StateFile } from './stateFile.ts'

const RECENT_ERRORS = 20

/** The service as a whole: its workers, and what the primary knows and decides for all of them. */
export class Service {
  readonly settings: Settings
  readonly log: Log
  /** The file that runs. */
  readonly program: string
  readonly startedAt = Date.now()
  readonly metrics: PrimaryMetrics = createPrimaryMetrics(this.startedAt)
  readonly sampler: SystemSampler
  readonly #pool: Pool
  readonly #dispatcher: Dispatcher
  readonly #history = new HistoryRecorder()
  readonly #maintenanceFile: StateFile<Maintenance>
  readonly #historyFile: StateFile<Point[]>
  readonly #timers: NodeJS.Timeout[] = []
  #recentErrors: Problem[] = []
  #level: Level
  #maintenance: Maintenance

  constructor(settings: Settings, log: Log, program: string) {
    this.settings = settings
    this.log = log
    this.program = program
    this.sampler = new SystemSampler(settings.DISK_PATH)
    this.#level = settings.level
    this.#maintenanceFile = new StateFile(settings.stateDir, 'maintenance.json')
    this.#historyFile = new StateFile(settings.stateDir, 'history.json')
    this.#maintenance = this.#maintenanceFile.read(acceptMaintenance) ?? NO_MAINTENANCE
    this.#history.restore(this.#historyFile.read((value) => value as Point[]) ?? [], this.startedAt)
    this.#pool = new Pool({
      size: settings.WORKERS,
      settings: (slot) => this.#workerSettings(slot),
      env: workerEnvironment,
      stopTimeoutMs: settings.STOP_TIMEOUT_SECONDS * 1000,
      logger: log.logger,
      onReady: () => this.#dispatcher.flush(),
      onReturned: (sockets) => sockets.forEach((socket) => this.#dispatcher.dispatch(socket)),
      onMessage: (member, message) => {
        if (message.type === 'problem')
          this.#recentErrors = [message.problem, ...this.#recentErrors].slice(0, RECENT_ERRORS)
        else void this.#answer(member, message.id, message.question)
      },
      onExit: (reason) => {
        if (reason !== 'stop') this.metrics.workerExits.inc({ reason })
      },
    })
    this.#dispatcher = new Dispatcher((socket) => this.#pool.hand(socket))
  }

  /** Starts the workers, then listens. Rejects if either fails. */
  async start(fd: number | undefined): Promise<AddressInfo> {
    await this.#pool.start()
    const address = await this.#dispatcher.listen({ host: this.settings.HOST, port: this.settings.PORT, fd })
    await this.#record()
    // The first figures come soon, then at the interval that the plots have.
    this.#timers.push(
      setTimeout(() => void this.#record(), 1000),
      setInterval(() => void this.#record(), INTERVAL_MS),
    )
    return address
  }

  /** Stops accepting, lets the workers finish, and keeps what is to outlive them. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer)
    this.sampler.stop()
    this.#dispatcher.close()
    await this.#pool.stop()
    this.#dispatcher.abandon()
    try {
      this.#historyFile.write(this.#history.read().points)
    } catch (error) {
      this.log.logger.warn({ err: error }, 'cannot keep the plotted hour')
    }
  }

  get level(): Level {
    return this.#level
  }

  setLevel(level: Level): void {
    this.#level = level
    this.log.setLevel(level)
    this.#pool.broadcast({ type: 'level', level })
  }

  get maintenance(): Maintenance {
    return this.#maintenance
  }

  /** Throws if the state cannot be kept: a mode that a restart would undo unseen is not switched. */
  setMaintenance(maintenance: Maintenance): void {
    this.#maintenanceFile.write(maintenance)
    this.#maintenance = maintenance
    this.#pool.broadcast({ type: 'maintenance', maintenance })
  }

  reopenLogs(): void {
    this.log.reopen()
    this.#pool.broadcast({ type: 'reopen' })
  }

  recycle(reason: RetireReason, slot?: number): Promise<number> {
    return this.#pool.recycle(reason, slot)
  }

  healthy(): boolean {
    return this.#pool.healthy()
  }

  async overview(): Promise<Overview> {
    const families = sum(await this.#pool.metrics(false))
    const latest = this.#history.latest()
    return {
      workers: this.#pool.views(),
      maintenance: this.#maintenance,
      requests: {
        total: total(families, REQUESTS),
        perSecond: latest?.requests ?? 0,
        errors: total(families, REQUESTS, isError),
      },
      latencyMs: { p50: latest?.p50 ?? null, p95: latest?.p95 ?? null },
      recentErrors: this.#recentErrors,
    }
  }

  history(): Answers['history'] {
    return this.#history.read()
  }

  async prometheus(): Promise<string> {
    const sums = await this.#pool.metrics(true)
    return this.metrics.render(sums, this.#pool.views(), this.settings.WORKERS, this.#maintenance.enabled)
  }

  async #answer(member: Member, id: number, question: Question): Promise<void> {
    const answers: { [Q in Question]: () => Promise<Answers[Q]> | Answers[Q] } = {
      overview: () => this.overview(),
      history: () => this.history(),
      prometheus: () => this.prometheus(),
    }
    try {
      member.send({ type: 'answer', id, value: await answers[question]() })
    } catch (error) {
      this.log.logger.error({ err: error, question }, 'cannot answer a worker')
      member.send({ type: 'refusal', id, message: `the primary cannot answer "${question}"` })
    }
  }

  async #record(): Promise<void> {
    const families = sum(await this.#pool.metrics(true))
    this.#history.record(Date.now(), families, {
      cpu: this.sampler.cpu().percent,
      memory: readMemory().percent,
    })
  }

  #workerSettings(slot: number): WorkerSettings {
    const { settings } = this
    const { WORKER_MAX_REQUESTS: requests, WORKER_MAX_REQUESTS_JITTER: jitter } = settings
    return {
      slot,
      environment: settings.ENVIRONMENT,
      level: this.#level,
      logFile: settings.LOG_FILE,
      errorLogFile: settings.ERROR_LOG_FILE,
      diskPath: settings.DISK_PATH,
      startedAt: this.startedAt,
      maxRequests: requests === 0 ? 0 : requests + randomInt(jitter + 1),
      maxMemory: settings.WORKER_MAX_MEMORY_MB * 1024 * 1024,
      requestTimeoutMs: settings.REQUEST_TIMEOUT_SECONDS * 1000,
      keepAliveMs: settings.KEEP_ALIVE_SECONDS * 1000,
      bodyLimit: settings.BODY_LIMIT_BYTES,
      bodyDepthLimit: settings.BODY_DEPTH_LIMIT,
      apiRateLimit: settings.API_RATE_LIMIT,
      trustedProxies: settings.TRUSTED_PROXIES,
      maintenance: this.#maintenance,
    }
  }
}

/** Workers inherit the primary's environment; what is of no concern to them is blanked. */
const workerEnvironment: NodeJS.ProcessEnv = {
  SECRET_KEY: '',
  NOTIFY_SOCKET: '',
  WATCHDOG_USEC: '',
  WATCHDOG_PID: '',
  LISTEN_FDS: '',
  LISTEN_PID: '',
}

function sum(sets: MetricFamily[][]): MetricFamily[] {
  return sets.reduce(addCounts, [])
}
