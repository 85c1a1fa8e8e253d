import { spawn } from 'node:child_process'
import type { Environment } from '../config/load.ts'

/** How systemd can be talked to, as its environment variables tell. */
export interface Systemd {
  /** A listening socket that systemd passed on. */
  listenFd: number | undefined
  /** How often a sign of life is due; undefined without a watchdog. */
  watchdogMs: number | undefined
  /** Sends states such as `READY=1`. Does nothing where systemd does not listen. Never rejects. */
  notify: (...states: string[]) => Promise<void>
}

/** The first descriptor that systemd passes. */
const FIRST_FD = 3

export function connectSystemd(env: Environment, pid: number, onError: (message: string) => void): Systemd {
  return {
    listenFd: env['LISTEN_PID'] === String(pid) && Number(env['LISTEN_FDS'] ?? 0) >= 1 ? FIRST_FD : undefined,
    watchdogMs: watchdog(env, pid),
    notify: (...states) => notify(env['NOTIFY_SOCKET'], states, onError),
  }
}

function watchdog(env: Environment, pid: number): number | undefined {
  const microseconds = Number(env['WATCHDOG_USEC'] ?? 0)
  const forUs = env['WATCHDOG_PID'] === undefined || env['WATCHDOG_PID'] === String(pid)
  return forUs && microseconds > 0 ? microseconds / 1000 : undefined
}

/**
 * Node cannot send a datagram to a Unix socket, so systemd's own program does; the unit needs `NotifyAccess=all`. It
 * waits until systemd has taken the message, so that systemd can still tell whose process it was.
 */
function notify(
  socket: string | undefined,
  states: string[],
  onError: (message: string) => void,
): Promise<void> {
  if (socket === undefined) return Promise.resolve()
  return new Promise((resolve) => {
    const child = spawn('systemd-notify', states, {
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', NOTIFY_SOCKET: socket },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 10_000,
    })
    let said = ''
    child.stderr.on('data', (chunk) => (said += String(chunk).slice(0, 1000)))
    child.on('error', (error) => {
      onError(error.message)
      resolve()
    })
    child.on('close', (code, signal) => {
      if (code !== 0) onError(said.trim() || `systemd-notify ended with ${signal ?? `status ${code}`}`)
      resolve()
    })
  })
}
