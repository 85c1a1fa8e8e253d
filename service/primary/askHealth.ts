import { isIPv6 } from 'node:net'
import { variables } from '../config/variables.ts'
import type { Environment } from '../config/load.ts'

const PATIENCE_MS = 4000

/**
 * Asks the service that runs on this host, with the same environment, whether it lives: for health checks of containers.
 * @returns what is wrong, or nothing
 */
export async function askHealth(env: Environment): Promise<string | undefined> {
  const url = `http://${reachable(env['HOST'] || variables.HOST.fallback)}:${env['PORT'] || variables.PORT.fallback}/health/live`
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) })
    return answer.ok ? undefined : `${url} answered ${answer.status}`
  } catch (error) {
    const { message, cause } = error as Error
    return `${url} does not answer: ${cause instanceof Error ? cause.message : message}`
  }
}

function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return isIPv6(host) ? `[${host}]` : host
}
