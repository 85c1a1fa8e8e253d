import type { Logger } from 'pino'
import type { Answers, Maintenance, Problem, Question, WorkerSettings } from '../ipc/messages.ts'
import type { WorkerMetrics } from '../metrics/workerMetrics.ts'
import type { SystemSampler } from '../system/sampler.ts'

/** What the public application works with. */
export interface AppContext {
  settings: WorkerSettings
  /** Changes while the application runs. */
  state: { maintenance: Maintenance; draining: boolean }
  metrics: WorkerMetrics
  logger: Logger
  sampler: SystemSampler
  /** Asks the primary. */
  ask<Q extends Question>(question: Q): Promise<Answers[Q]>
  /** Tells the primary of a request that failed. */
  report(problem: Problem): void
}

/** What each request carries along, in `res.locals`. */
export interface RequestLocals {
  requestId: string
  /** The pattern that matched, for metrics. */
  route: string
  /** Why the request was refused. */
  code?: string
}

export function uptimeSeconds(context: AppContext): number {
  return Math.floor((Date.now() - context.settings.startedAt) / 1000)
}
