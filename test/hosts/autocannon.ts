import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const AUTOCANNON = join(resolve(import.meta.dirname, '../..'), 'node_modules/autocannon/autocannon.js')

export interface RushOptions {
  readonly seconds: number
  readonly connections: number
  /** Requests per second, all together; as many as go without it. */
  readonly rate?: number
  /** As which user agent. */
  readonly agent?: string
}

export interface RushResult {
  readonly answered: number
  readonly sent: number
  readonly perSecond: number
  /** Answers that were no success, and connections that broke or took too long. */
  readonly failed: number
  readonly details: Readonly<Record<'non2xx' | 'errors' | 'timeouts', number>>
}

/** Puts a server under load for a time, over connections that are kept; for figures. `Load` goes on until it is told. */
export async function autocannon(url: string, options: RushOptions): Promise<RushResult> {
  const { seconds, connections, rate, agent } = options
  const words = ['--json', '--connections', String(connections), '--duration', String(seconds)]
  if (rate !== undefined) words.push('--overallRate', String(rate))
  if (agent !== undefined) words.push('--headers', `User-Agent=${agent}`)
  const { stdout } = await promisify(execFile)(process.execPath, [AUTOCANNON, ...words, url], {
    maxBuffer: 1e7,
  })
  const result = JSON.parse(stdout) as {
    '2xx': number
    non2xx: number
    errors: number
    timeouts: number
    duration: number
    requests: { sent: number }
  }
  const { non2xx, errors, timeouts } = result
  return {
    answered: result['2xx'],
    sent: result.requests.sent,
    perSecond: result['2xx'] / result.duration,
    failed: non2xx + errors + timeouts,
    details: { non2xx, errors, timeouts },
  }
}
