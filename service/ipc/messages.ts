import type { Level } from '../config/levels.ts'
import type { MetricFamily } from '../metrics/family.ts'
import type { History } from '../primary/history.ts'

/** What a worker needs to know to serve. No secret is among it. */
export interface WorkerSettings {
  slot: number
  environment: string
  level: Level
  logFile: string | undefined
  errorLogFile: string | undefined
  diskPath: string
  /** When the service, not this worker, was started: milliseconds since 1970. */
  startedAt: number
  /** Requests after which this worker asks to be replaced; 0 for never. */
  maxRequests: number
  /** Resident bytes above which it does; 0 for no mark. */
  maxMemory: number
  requestTimeoutMs: number
  keepAliveMs: number
  bodyLimit: number
  bodyDepthLimit: number
  apiRateLimit: number
  trustedProxies: string[]
  maintenance: Maintenance
}

export interface Maintenance {
  enabled: boolean
  /** Shown to visitors. */
  message: string
  retryAfterSeconds: number
  /** When it was last switched, ISO 8601; null if never. */
  since: string | null
}

/** A worker's figures, sent every two seconds. */
export interface WorkerStats {
  requests: number
  inFlight: number
  connections: number
  /** Resident bytes. */
  memory: number
  /** Longest delay of the event loop since the last report, milliseconds. */
  lagMs: number
}

/** A request that ended with a status of 500 or more, as the status page shows it: no message, no address. */
export interface Problem {
  time: string
  method: string
  route: string
  status: number
  requestId: string
}

export type RetireReason = 'requests' | 'memory' | 'reload' | 'admin' | 'hung'

export interface WorkerView extends WorkerStats {
  slot: number
  pid: number
  state: 'starting' | 'ready' | 'draining'
  uptimeSeconds: number
}

/** The service as a whole, as the primary sees it. */
export interface Overview {
  workers: WorkerView[]
  maintenance: Maintenance
  requests: { total: number; perSecond: number; errors: number }
  /** Of the last ten seconds; null when there was no request. */
  latencyMs: { p50: number | null; p95: number | null }
  recentErrors: Problem[]
}

/** What a worker may ask the primary. */
export interface Answers {
  overview: Overview
  history: History
  prometheus: string
}

export type Question = keyof Answers

export type ToWorker =
  | { type: 'start'; settings: WorkerSettings }
  /** Comes with the connection's socket. */
  | { type: 'connection'; id: number }
  | { type: 'drain'; graceMs: number; timeoutMs: number }
  | { type: 'level'; level: Level }
  | { type: 'maintenance'; maintenance: Maintenance }
  | { type: 'reopen' }
  | { type: 'collect'; id: number }
  | { type: 'answer'; id: number; value: Answers[Question] }
  | { type: 'refusal'; id: number; message: string }

export type ToPrimary =
  | { type: 'hello' }
  | { type: 'ready' }
  /** The connection of that message has arrived; to be sent before anything is read from it. */
  | { type: 'taken'; id: number }
  | { type: 'heartbeat'; stats: WorkerStats; metrics: MetricFamily[] }
  | { type: 'collected'; id: number; metrics: MetricFamily[] }
  | { type: 'retire'; reason: RetireReason }
  | { type: 'problem'; problem: Problem }
  | { type: 'ask'; id: number; question: Question }
  | { type: 'drained'; metrics: MetricFamily[] }
