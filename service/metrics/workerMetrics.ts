import { Counter, Gauge, Histogram, Registry } from 'prom-client'

export const REQUESTS = 'http_requests_total'
export const DURATION = 'http_request_duration_seconds'

/** What a worker counts. Routes are patterns, never paths, so that their number is bounded. */
export interface WorkerMetrics {
  registry: Registry
  observe(method: string, route: string, status: number, seconds: number): void
  inFlight: Gauge
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

export function createWorkerMetrics(): WorkerMetrics {
  const registry = new Registry()
  const registers = [registry]
  const requests = new Counter({
    name: REQUESTS,
    help: 'Requests answered, by method, route and status.',
    labelNames: ['method', 'route', 'status'],
    registers,
  })
  const duration = new Histogram({
    name: DURATION,
    help: 'Time from the arrival of a request to the end of its answer, by route.',
    labelNames: ['route'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  })
  const inFlight = new Gauge({
    name: 'http_requests_in_flight',
    help: 'Requests being answered now.',
    registers,
  })
  const cpu = new Counter({
    name: 'process_cpu_seconds_total',
    help: 'CPU time spent by the workers, user and system.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage()
      this.reset()
      this.inc((user + system) / 1e6)
    },
  })
  void cpu
  return {
    registry,
    inFlight,
    observe: (method, route, status, seconds) => {
      requests.inc({ method: methods.has(method) ? method : 'other', route, status })
      duration.observe({ route }, seconds)
    },
  }
}
