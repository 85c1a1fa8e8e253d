import type { MetricFamily, MetricValue } from './family.ts'

export const REQUESTS = 'http_requests_total'
export const DURATION = 'http_request_duration_seconds'

/** Upper bounds of the histogram, seconds. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

interface Durations {
  /** Observations by bucket, not cumulated; the last one is beyond all bounds. */
  counts: number[]
  sum: number
}

/**
 * What a worker counts. Routes are patterns, never paths, so that their number is bounded. Counting is on the way of
 * every request and takes a fraction of what the Prometheus client needs for it; that one writes the sums in the primary.
 */
export class WorkerMetrics {
  readonly #requests = new Map<string, { labels: MetricValue['labels']; count: number }>()
  readonly #durations = new Map<string, Durations>()

  /** Requests being answered now. */
  inFlight = 0

  observe(method: string, route: string, status: number, seconds: number): void {
    const known = methods.has(method) ? method : 'other'
    const key = `${known} ${status} ${route}`
    let requests = this.#requests.get(key)
    if (requests === undefined) {
      requests = { labels: { method: known, route, status }, count: 0 }
      this.#requests.set(key, requests)
    }
    requests.count += 1

    let durations = this.#durations.get(route)
    if (durations === undefined) {
      durations = { counts: Array.from({ length: bounds.length + 1 }, () => 0), sum: 0 }
      this.#durations.set(route, durations)
    }
    const bucket = bounds.findIndex((bound) => seconds <= bound)
    durations.counts[bucket === -1 ? bounds.length : bucket]! += 1
    durations.sum += seconds
  }

  collect(): MetricFamily[] {
    const { user, system } = process.cpuUsage()
    return [
      family(
        'counter',
        REQUESTS,
        'Requests answered, by method, route and status.',
        [...this.#requests.values()].map(({ labels, count }) => ({ labels, value: count })),
      ),
      family(
        'histogram',
        DURATION,
        'Time from the arrival of a request to the end of its answer, by route.',
        [...this.#durations].flatMap(([route, durations]) => histogram(route, durations)),
      ),
      family('gauge', 'http_requests_in_flight', 'Requests being answered now.', [
        { labels: {}, value: this.inFlight },
      ]),
      family('counter', 'process_cpu_seconds_total', 'CPU time spent by the workers, user and system.', [
        { labels: {}, value: (user + system) / 1e6 },
      ]),
    ]
  }
}

function family(type: MetricFamily['type'], name: string, help: string, values: MetricValue[]): MetricFamily {
  return { name, help, type, aggregator: 'sum', values }
}

function histogram(route: string, { counts, sum }: Durations): MetricValue[] {
  let cumulated = 0
  const buckets = counts.map((count, index) => {
    cumulated += count
    return {
      metricName: `${DURATION}_bucket`,
      labels: { le: bounds[index] ?? '+Inf', route },
      value: cumulated,
    }
  })
  return [
    ...buckets,
    { metricName: `${DURATION}_sum`, labels: { route }, value: sum },
    { metricName: `${DURATION}_count`, labels: { route }, value: cumulated },
  ]
}
