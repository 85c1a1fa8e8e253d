import { type ChildProcess, spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const AUTOCANNON = join(resolve(import.meta.dirname, '../..'), 'node_modules/autocannon/autocannon.js')

export interface LoadOptions {
  /** Requests a second, of all connections together. */
  readonly rate?: number
  readonly connections?: number
  /** Seconds that a client waits for its answer. */
  readonly patience?: number
  readonly method?: 'GET' | 'POST'
  readonly body?: string
}

export interface LoadResult {
  /** Answers with a status of 2xx. */
  readonly good: number
  /** Other answers, broken connections, answers that did not come in time, and requests that got none at all. */
  readonly failed: number
  readonly details: Readonly<Record<string, number>>
  readonly slowest: number
}

/** Constant load by autocannon, in a process of its own, until it is stopped. */
export class Load {
  readonly #child: ChildProcess
  readonly #ended: Promise<LoadResult>

  private constructor(url: string, options: LoadOptions) {
    const { rate = 200, connections = 10, patience = 30, method = 'GET', body } = options
    const words = ['--json', '--duration', '600', '--connections', String(connections)]
    words.push('--overallRate', String(rate), '--timeout', String(patience), '--method', method)
    if (body !== undefined) words.push('--headers', 'content-type=application/json', '--body', body)
    this.#child = spawn(process.execPath, [AUTOCANNON, ...words, url], { stdio: ['ignore', 'pipe', 'pipe'] })
    const said = { stdout: '', stderr: '' }
    this.#child.stdout!.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()))
    this.#child.stderr!.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()))
    this.#ended = new Promise((done, fail) => {
      this.#child.on('close', () => {
        try {
          done(resultOf(JSON.parse(said.stdout) as Report, connections))
        } catch {
          fail(new Error(`autocannon: ${said.stderr}${said.stdout}`))
        }
      })
    })
  }

  /** Returns once the load has reached its pace. */
  static async start(url: string, options: LoadOptions = {}): Promise<Load> {
    const load = new Load(url, options)
    await delay(1500)
    return load
  }

  async stop(): Promise<LoadResult> {
    await delay(1000)
    this.#child.kill('SIGINT')
    return this.#ended
  }
}

interface Report {
  readonly requests: { readonly sent: number; readonly total: number }
  readonly latency: { readonly max: number }
  readonly errors: number
  readonly timeouts: number
  readonly non2xx: number
  readonly '2xx': number
}

// A connection that closes without an answer is only counted as a request that was sent: at the end, all but those
// still under way, at most one a connection, have to have been answered or counted as errors.
function resultOf({ requests, errors, timeouts, non2xx, ...rest }: Report, connections: number): LoadResult {
  const good = rest['2xx']
  const unanswered = Math.max(0, requests.sent - good - non2xx - errors - connections)
  return {
    good,
    failed: errors + non2xx + unanswered,
    details: { errors, timeouts, non2xx, unanswered },
    slowest: rest.latency.max,
  }
}
