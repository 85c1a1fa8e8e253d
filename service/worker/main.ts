import { createLog } from '../logging/logger.ts'
import type { ToPrimary, ToWorker, WorkerSettings } from '../ipc/messages.ts'
import { WorkerMetrics } from '../metrics/workerMetrics.ts'
import { createApp } from '../http/app.ts'
import { SystemSampler } from '../system/sampler.ts'
import { Heart } from './heart.ts'
import { PrimaryLink } from './link.ts'
import { HttpServer } from './server.ts'

/** Runs a worker: waits for its settings, then serves the connections that the primary hands over. */
export function runWorker(): void {
  // The primary alone decides when a worker stops; systemd and a terminal signal the whole group.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'] as const) process.on(signal, () => {})
  // Without the primary nobody would hand over connections or stop this worker.
  process.on('disconnect', () => process.exit(0))
  process.once('message', (message: ToWorker) => {
    if (message.type === 'start') serve(message.settings)
  })
  tell({ type: 'hello' })
}

function serve(settings: WorkerSettings): void {
  const log = createLog({
    level: settings.level,
    file: settings.logFile,
    errorFile: settings.errorLogFile,
    buffered: true,
    base: { service: 'coderco-app', pid: process.pid, worker: settings.slot },
  })
  const metrics = new WorkerMetrics()
  const link = new PrimaryLink(tell)
  const state = { maintenance: settings.maintenance, draining: false }
  const app = createApp({
    settings,
    state,
    metrics,
    logger: log.logger,
    sampler: new SystemSampler(settings.diskPath),
    ask: (question) => link.ask(question),
    report: (problem) => tell({ type: 'problem', problem }),
  })
  const server = new HttpServer(app, settings)
  const heart = new Heart({ settings, server, metrics, tell })

  const leave = async (graceMs: number, timeoutMs: number) => {
    const cut = await server.drain(graceMs, timeoutMs)
    if (cut > 0) log.logger.error({ cut }, 'connections cut because their requests did not finish in time')
    heart.stop()
    const last: ToPrimary = { type: 'drained', metrics: heart.metrics() }
    await log.close()
    process.send?.(last, () => process.exit(0))
  }

  process.on('message', (message: ToWorker, socket: unknown) => {
    switch (message.type) {
      case 'connection':
        tell({ type: 'taken', id: message.id })
        server.take(socket)
        break
      case 'drain':
        state.draining = true
        log.logger.debug({ graceMs: message.graceMs }, 'worker draining')
        void leave(message.graceMs, message.timeoutMs)
        break
      case 'level':
        log.setLevel(message.level)
        break
      case 'maintenance':
        state.maintenance = message.maintenance
        break
      case 'reopen':
        log.reopen()
        break
      case 'collect':
        tell({ type: 'collected', id: message.id, metrics: heart.metrics() })
        break
      case 'answer':
      case 'refusal':
        link.receive(message)
        break
      case 'start':
        break
    }
  })

  let dying = false
  const die = async (error: unknown) => {
    if (dying) return
    dying = true
    log.logger.fatal({ err: error }, 'worker failed')
    await log.close()
    process.exit(1)
  }
  process.on('uncaughtException', (error) => void die(error))
  process.on('unhandledRejection', (error) => void die(error))
  tell({ type: 'ready' })
  heart.start()
}

function tell(message: ToPrimary): void {
  // The channel may close between the check and the write; the disconnect handler deals with it.
  if (process.connected) process.send?.(message, undefined, undefined, () => {})
}
