import { appendFileSync } from 'node:fs'
import type { Logger } from 'pino'

/** A change made, or tried, through the admin API. */
export interface AuditEntry {
  time: string
  procedure: string
  input: unknown
  outcome: 'done' | 'failed'
  /** Why it failed. */
  error?: string
  /** Where the request came from: an address, or `socket`. */
  source: string
  requestId: string
}

const KEPT = 200

/** The record of changes: in the log, in a file of its own if there is one, and the latest in memory. */
export class AuditLog {
  readonly #logger: Logger
  readonly #file: string | undefined
  #entries: AuditEntry[] = []

  constructor(logger: Logger, file: string | undefined) {
    this.#logger = logger
    this.#file = file
  }

  record(entry: AuditEntry): void {
    this.#entries = [entry, ...this.#entries].slice(0, KEPT)
    this.#logger.warn({ audit: entry }, `admin: ${entry.procedure} ${entry.outcome}`)
    if (this.#file === undefined) return
    try {
      // Opened for each record, so that a rotation needs no signal.
      appendFileSync(this.#file, `${JSON.stringify(entry)}\n`, { mode: 0o640 })
    } catch (error) {
      this.#logger.error({ err: error }, 'cannot write the audit log file')
    }
  }

  /** The latest first. */
  latest(count: number): AuditEntry[] {
    return this.#entries.slice(0, count)
  }
}
