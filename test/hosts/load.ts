import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const AUTOCANNON = join(resolve(import.meta.dirname, '../..'), 'node_modules/autocannon/autocannon.js')

// Its own command does not stop before its time, and does not count a request whose connection is closed without an
// answer: it only sends the next one.
const PROGRAM = `
const { default: autocannon } = await import(process.argv[1])
let unanswered = 0
const setupClient = (client) => {
  let waits = false
  client.on('request', () => {
    if (waits) unanswered += 1
    waits = true
  })
  for (const end of ['response', 'connError', 'timeout']) client.on(end, () => (waits = false))
}
const load = autocannon({ ...JSON.parse(process.argv[2]), setupClient }, (error, result) => {
  if (error) throw error
  process.stdout.write(JSON.stringify({ ...result, unanswered }))
})
load.once('response', () => process.stderr.write('answered'))
process.on('SIGTERM', () => load.stop())
`

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
  readonly result: Promise<LoadResult>
  readonly #answered: Promise<unknown>

  private constructor(url: string, options: LoadOptions) {
    const { rate = 200, connections = 10, patience = 30, method = 'GET', body } = options
    const settings = { url, connections, overallRate: rate, timeout: patience, method, body, duration: 600 }
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    this.#child = spawn(
      process.execPath,
      ['--input-type=module', '--eval', PROGRAM, AUTOCANNON, JSON.stringify({ ...settings, headers })],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    const said = { stdout: '', stderr: '' }
    this.#child.stdout!.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()))
    this.#child.stderr!.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()))
    this.#answered = once(this.#child.stderr!, 'data')
    this.result = new Promise((done, fail) => {
      this.#child.on('close', () => {
        try {
          done(resultOf(JSON.parse(said.stdout) as Report))
        } catch {
          fail(new Error(`autocannon: ${said.stderr}${said.stdout}`))
        }
      })
    })
  }

  /** Returns once the load has reached its pace, a second after the first answer. */
  static async start(url: string, options: LoadOptions = {}): Promise<Load> {
    const load = new Load(url, options)
    await Promise.race([load.#answered, load.result])
    await delay(1000)
    return load
  }

  /** Goes on for another second, for what comes late, and ends. */
  end(): void {
    setTimeout(() => this.#child.kill('SIGTERM'), 1000)
  }
}

interface Report {
  readonly latency: { readonly max: number }
  readonly errors: number
  readonly timeouts: number
  readonly non2xx: number
  readonly unanswered: number
  readonly '2xx': number
}

function resultOf({ errors, timeouts, non2xx, unanswered, latency, ...rest }: Report): LoadResult {
  return {
    good: rest['2xx'],
    failed: errors + non2xx + unanswered,
    details: { errors, timeouts, non2xx, unanswered },
    slowest: latency.max,
  }
}
