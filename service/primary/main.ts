import cluster from 'node:cluster'
import { AdminServer } from '../admin/server.ts'
import { ConfigError, loadSettings, readAdminToken } from '../config/load.ts'
import type { Settings } from '../config/load.ts'
import { assertAppendable, createLog } from '../logging/logger.ts'
import type { Log } from '../logging/logger.ts'
import { build, version } from '../version.ts'
import { Service } from './service.ts'
import { connectSystemd } from './systemd.ts'
import type { Systemd } from './systemd.ts'

/** The status by which `sysexits.h` says that the configuration is wrong; restarting does not help. */
const EX_CONFIG = 78

/** Runs the service until it is told to stop. `program` is the file that workers run too. */
export async function runPrimary(program: string): Promise<void> {
  const settings = settingsOrExit()
  const log = createLog({
    level: settings.level,
    file: settings.LOG_FILE,
    errorFile: settings.ERROR_LOG_FILE,
    base: { service: 'coderco-app', pid: process.pid },
  })
  const systemd = connectSystemd(process.env, process.pid, (message) =>
    log.logger.warn(`cannot notify systemd: ${message}`),
  )
  // Workers must be of this release, even when `current` has moved on to the next.
  cluster.setupPrimary({ exec: program, args: [] })
  process.on('uncaughtException', (error) => void fail(log, 'the primary failed', error))

  const service = new Service(settings, log, program)
  const admin = new AdminServer(service)
  try {
    const address = await service.start(systemd.listenFd)
    await admin.start()
    log.logger.info({ version, build, address, admin: admin.address, workers: settings.WORKERS }, 'listening')
  } catch (error) {
    return fail(log, explainStart(error, settings), error)
  }
  const watchdog = startWatchdog(systemd, service)
  handleSignals(service, admin, systemd, watchdog)
  await systemd.notify('READY=1', `STATUS=Serving with ${settings.WORKERS} workers`)
}

/** Checks the environment alone, for a deployment that wants to know before it switches. */
export function checkSettings(): void {
  settingsOrExit()
  process.stdout.write('The configuration is valid.\n')
}

function settingsOrExit(): Settings {
  try {
    const settings = loadSettings(process.env)
    for (const name of ['LOG_FILE', 'ERROR_LOG_FILE', 'AUDIT_LOG_FILE'] as const)
      requireWritable(name, settings[name])
    return settings
  } catch (error) {
    if (error instanceof ConfigError) refuse(error)
    throw error
  }
}

function requireWritable(name: string, file: string | undefined): void {
  if (file === undefined) return
  try {
    assertAppendable(file)
  } catch (error) {
    throw new ConfigError([`${name}: cannot write to ${file} (${(error as NodeJS.ErrnoException).code})`])
  }
}

function refuse(error: ConfigError): never {
  const lines = error.problems.map((problem) => `  ${problem}\n`)
  process.stderr.write(`The configuration of coderco-app is wrong:\n${lines.join('')}`)
  process.exit(EX_CONFIG)
}

function explainStart(error: unknown, settings: Settings): string {
  const { code, port } = error as NodeJS.ErrnoException & { port?: number }
  if (code === 'EADDRINUSE' && port === settings.PORT) return `PORT: ${port} on ${settings.HOST} is in use`
  if (code === 'EADDRINUSE') return 'ADMIN_PORT or ADMIN_SOCKET: the address is in use'
  if (code === 'EADDRNOTAVAIL') return `HOST: ${settings.HOST} is not an address of this host`
  if (code === 'EACCES') return 'HOST, PORT or ADMIN_SOCKET: listening there is not permitted'
  return 'the service cannot start'
}

let failing = false

async function fail(log: Log, message: string, error: unknown): Promise<void> {
  // What fails while the log is being closed has no log to go to.
  if (failing) return
  failing = true
  log.logger.fatal({ err: error }, message)
  await log.close()
  process.exit(1)
}

/** A sign of life at half the interval, for as long as some worker shows one. */
function startWatchdog({ watchdogMs, notify }: Systemd, service: Service): NodeJS.Timeout | undefined {
  if (watchdogMs === undefined) return undefined
  return setInterval(() => {
    if (service.healthy()) void notify('WATCHDOG=1')
  }, watchdogMs / 2)
}

function handleSignals(
  service: Service,
  admin: AdminServer,
  systemd: Systemd,
  watchdog: NodeJS.Timeout | undefined,
): void {
  const { logger } = service.log
  let stopping = false
  const stop = (signal: string) => {
    if (stopping) return
    stopping = true
    logger.info({ signal }, 'stopping')
    void systemd.notify('STOPPING=1')
    void finish(service, admin, watchdog)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('SIGUSR2', () => {
    service.reopenLogs()
    logger.info('log files reopened')
  })
  process.on('SIGHUP', () => {
    service.reopenLogs()
    if (stopping) return
    logger.info('reloading')
    const { adminTokenFile } = service.settings
    try {
      if (adminTokenFile !== undefined) admin.setToken(readAdminToken(adminTokenFile))
    } catch (error) {
      logger.error({ err: error }, 'the admin token stays as it was')
    }
    void service.recycle('reload').then((workers) => logger.info({ workers }, 'reloaded'))
  })
  // Otherwise whoever may send a signal could open Node's debugger.
  process.on('SIGUSR1', () => {})
}

async function finish(
  service: Service,
  admin: AdminServer,
  watchdog: NodeJS.Timeout | undefined,
): Promise<void> {
  await Promise.all([service.stop(), admin.stop()])
  clearInterval(watchdog)
  service.log.logger.info('stopped')
  await service.log.close()
  process.exit(0)
}
