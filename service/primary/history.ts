import { bucketsOf, bucketsSince, quantile } from '../metrics/quantile.ts'
import type { Buckets } from '../metrics/quantile.ts'
import { total } from '../metrics/family.ts'
import type { MetricFamily } from '../metrics/family.ts'
import { DURATION, REQUESTS } from '../metrics/workerMetrics.ts'

export const INTERVAL_MS = 10_000

/** Points that make an hour. */
const LENGTH = 3_600_000 / INTERVAL_MS

/** What was measured over one interval. */
export interface Point {
  /** The interval's end, milliseconds since 1970. */
  time: number
  /** Percent of the host's CPUs and memory. */
  cpu: number
  memory: number
  /** Per second. */
  requests: number
  errors: number
  /** Milliseconds; null without a request. */
  p50: number | null
  p95: number | null
}

export interface History {
  interval_ms: number
  points: Point[]
}

interface Reading {
  time: number
  requests: number
  errors: number
  buckets: Buckets
}

/** The last hour in points of ten seconds. */
export class HistoryRecorder {
  #points: Point[] = []
  #before: Reading | undefined

  /** Takes the counts and the host's figures of this moment; a point is what they are since the moment before. */
  record(time: number, families: MetricFamily[], host: { cpu: number; memory: number }): void {
    const now: Reading = {
      time,
      requests: total(families, REQUESTS),
      errors: total(families, REQUESTS, isError),
      buckets: bucketsOf(families, DURATION),
    }
    if (this.#before !== undefined && time > this.#before.time) {
      this.#points.push(pointBetween(this.#before, now, host))
      this.#points = this.#points.slice(-LENGTH)
    }
    this.#before = now
  }

  latest(): Point | undefined {
    return this.#points.at(-1)
  }

  read(): History {
    return { interval_ms: INTERVAL_MS, points: this.#points }
  }

  /** Puts back what an earlier process recorded, if it is of the last hour. */
  restore(points: Point[], now: number): void {
    this.#points = points
      .filter((point) => point.time > now - LENGTH * INTERVAL_MS && point.time <= now)
      .slice(-LENGTH)
  }
}

export function isError(labels: Record<string, string | number>): boolean {
  return Number(labels['status']) >= 500
}

function pointBetween(before: Reading, now: Reading, host: { cpu: number; memory: number }): Point {
  const seconds = (now.time - before.time) / 1000
  const buckets = bucketsSince(before.buckets, now.buckets)
  return {
    time: now.time,
    ...host,
    requests: perSecond(now.requests - before.requests, seconds),
    errors: perSecond(now.errors - before.errors, seconds),
    p50: milliseconds(quantile(buckets, 0.5)),
    p95: milliseconds(quantile(buckets, 0.95)),
  }
}

function perSecond(count: number, seconds: number): number {
  return Math.round((100 * Math.max(0, count)) / seconds) / 100
}

function milliseconds(seconds: number | null): number | null {
  return seconds === null ? null : Math.round(seconds * 1e5) / 100
}
