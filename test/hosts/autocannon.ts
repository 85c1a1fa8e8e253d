import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const AUTOCANNON = join(resolve(import.meta.dirname, '../..'), 'node_modules/autocannon/autocannon.js')

// What it works itself is told, too, without its start.
const PROGRAM = `
const { default: autocannon } = await import(process.argv[1])
const before = process.cpuUsage()
const result = await autocannon(JSON.parse(process.argv[2]))
const { user, system } = process.cpuUsage(before)
process.stdout.write(JSON.stringify({ ...result, work: user + system }))
`

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
  /** Microseconds of processor that the load itself took. */
  readonly work: number
  readonly details: Readonly<Record<'non2xx' | 'errors' | 'timeouts', number>>
}

/** Puts a server under load for a time, over connections that are kept; for figures. `Load` goes on until it is told. */
export async function autocannon(url: string, options: RushOptions): Promise<RushResult> {
  const { seconds, connections, rate, agent } = options
  const settings = {
    url,
    connections,
    duration: seconds,
    ...(rate === undefined ? {} : { overallRate: rate }),
    ...(agent === undefined ? {} : { headers: { 'user-agent': agent } }),
  }
  const words = ['--input-type=module', '--eval', PROGRAM, AUTOCANNON, JSON.stringify(settings)]
  const { stdout } = await promisify(execFile)(process.execPath, words, { maxBuffer: 1e7 })
  const result = JSON.parse(stdout) as {
    '2xx': number
    non2xx: number
    errors: number
    timeouts: number
    duration: number
    requests: { sent: number }
    work: number
  }
  const { non2xx, errors, timeouts } = result
  return {
    answered: result['2xx'],
    sent: result.requests.sent,
    perSecond: result['2xx'] / result.duration,
    failed: non2xx + errors + timeouts,
    work: result.work,
    details: { non2xx, errors, timeouts },
  }
}
