interface Failures {
  count: number
  until: number
}

/** Counts failures by source and says who has had too many within a minute. */
export class FailureLimiter {
  readonly #most: number
  readonly #windowMs: number
  readonly #failures = new Map<string, Failures>()

  constructor(most: number, windowMs = 60_000) {
    this.#most = most
    this.#windowMs = windowMs
  }

  /** Seconds for which the source is refused, whatever it brings; 0 if it is not. */
  blockedFor(source: string, now: number): number {
    const failures = this.#failures.get(source)
    if (failures === undefined || failures.until <= now || failures.count < this.#most) return 0
    return Math.ceil((failures.until - now) / 1000)
  }

  fail(source: string, now: number): void {
    for (const [key, { until }] of this.#failures) {
      if (until <= now) this.#failures.delete(key)
    }
    const failures = this.#failures.get(source) ?? { count: 0, until: now + this.#windowMs }
    failures.count += 1
    this.#failures.set(source, failures)
  }
}
