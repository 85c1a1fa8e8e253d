import { AggregatorRegistry, Counter, Gauge, Registry } from 'prom-client'
import type { WorkerView } from '../ipc/messages.ts'
import { build, version } from '../version.ts'
import { collect } from './family.ts'
import type { MetricFamily } from './family.ts'

export interface PrimaryMetrics {
  workerExits: Counter<'reason'>
  adminFailures: Counter
  /** Prometheus text of the primary's own metrics and of the workers' sums. */
  render(sums: MetricFamily[][], views: WorkerView[], wanted: number, maintenance: boolean): Promise<string>
}

/** Metrics of the service as a whole and of each worker by its place, which a successor inherits. */
export function createPrimaryMetrics(startedAt: number): PrimaryMetrics {
  const registry = new Registry()
  const registers = [registry]
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers })

  gauge('app_build_info', 'Always 1; the labels tell what runs.', ['version', 'build', 'node']).set(
    { version, build, node: process.versions.node },
    1,
  )
  gauge('app_start_time_seconds', 'When the service was started, seconds since 1970.').set(startedAt / 1000)
  const maintenanceGauge = gauge('app_maintenance_enabled', '1 in maintenance mode.')
  const wantedGauge = gauge('app_workers_wanted', 'Workers configured.')
  const stateGauge = gauge('app_workers', 'Workers, by state.', ['state'])
  const memory = gauge('app_worker_memory_bytes', 'Resident memory of a worker.', ['worker'])
  const lag = gauge('app_worker_eventloop_lag_seconds', 'Longest event-loop delay in the last two seconds.', [
    'worker',
  ])
  const connections = gauge('app_worker_connections', 'Open connections of a worker.', ['worker'])
  const workerExits = new Counter({
    name: 'app_worker_exits_total',
    help: 'Workers gone, by reason: requests, memory, reload, admin, hung or crash.',
    labelNames: ['reason'],
    registers,
  })
  for (const reason of ['requests', 'memory', 'reload', 'admin', 'hung', 'crash'])
    workerExits.inc({ reason }, 0)
  const adminFailures = new Counter({
    name: 'app_admin_auth_failures_total',
    help: 'Requests to the admin API without the right token.',
    registers,
  })

  return {
    workerExits,
    adminFailures,
    render: async (sums, views, wanted, inMaintenance) => {
      maintenanceGauge.set(inMaintenance ? 1 : 0)
      wantedGauge.set(wanted)
      for (const state of ['starting', 'ready', 'draining'] as const) {
        stateGauge.set({ state }, views.filter((view) => view.state === state).length)
      }
      for (const each of [memory, lag, connections]) each.reset()
      for (const view of views) {
        // While one worker drains and its successor is ready, the place shows the successor.
        if (view.state !== 'ready') continue
        memory.set({ worker: view.slot }, view.memory)
        lag.set({ worker: view.slot }, view.lagMs / 1000)
        connections.set({ worker: view.slot }, view.connections)
      }
      // The library's own type of a collected metric is narrower than what it accepts.
      const sets = [await collect(registry), ...sums] as unknown as object[]
      return AggregatorRegistry.aggregate(sets).metrics()
    },
  }
}
