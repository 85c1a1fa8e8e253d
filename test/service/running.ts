import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import { createTRPCClient, httpLink } from '@trpc/client'
import type { AdminRouter } from '../../service/admin/router.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

export const bundle = join(root, 'dist/service.mjs')

/** Services that still run when their tests are over, because a test failed half way, are ended by their own id. */
const running = new Set<ChildProcess>()

afterAll(() => running.forEach((child) => child.kill('SIGKILL')))

export const token = 'a-token-of-more-than-32-characters-for-tests'

/** Builds the bundle unless it is up to date. */
export function buildBundle(...args: string[]): void {
  execFileSync(process.execPath, [join(root, 'service/build.ts'), ...args], { cwd: tmpdir() })
}

/** A directory of its own, removed by `dispose`. */
export function temporaryDirectory(): { path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), 'service-test-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

interface Options {
  env?: Record<string, string>
  directory?: string
}

/** Ends a process with the tests of its file at the latest. */
export function endWithTests(child: ChildProcess): void {
  running.add(child)
  child.once('exit', () => running.delete(child))
}

/** The built service as a real process on ports of its own. */
export class RunningService {
  readonly process: ChildProcess
  readonly directory: string
  readonly #directory: { path: string; [Symbol.dispose](): void } | undefined
  readonly exit: Promise<{ code: number | null; signal: string | null }>
  output = ''
  errors = ''
  url = ''
  adminUrl = ''

  constructor(options: Options) {
    this.#directory = options.directory === undefined ? temporaryDirectory() : undefined
    this.directory = options.directory ?? this.#directory!.path
    writeFileSync(join(this.directory, 'token'), `${token}\n`, { mode: 0o600 })
    const env = {
      PATH: process.env['PATH'],
      PORT: '0',
      ADMIN_PORT: '0',
      WORKERS: '2',
      ADMIN_TOKEN_FILE: join(this.directory, 'token'),
      LOG_FILE: join(this.directory, 'service.log'),
      ERROR_LOG_FILE: join(this.directory, 'service-error.log'),
      AUDIT_LOG_FILE: join(this.directory, 'audit.log'),
      STATE_DIR: join(this.directory, 'state'),
      ...options.env,
    }
    this.process = spawn(process.execPath, [bundle], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    endWithTests(this.process)
    this.process.stdout!.on('data', (chunk) => (this.output += String(chunk)))
    this.process.stderr!.on('data', (chunk) => (this.errors += String(chunk)))
    this.exit = new Promise((resolve) =>
      this.process.once('close', (code, signal) => resolve({ code, signal })),
    )
  }

  /** Resolves when it listens. */
  async ready(): Promise<this> {
    const line = await Promise.race([
      until(() => this.records().find((record) => record['msg'] === 'listening')),
      this.exit.then(() => undefined),
    ])
    if (line === undefined) throw new Error(`the service did not start:\n${this.output}${this.errors}`)
    this.url = `http://127.0.0.1:${(line['address'] as { port: number }).port}`
    this.adminUrl = `http://${String(line['admin'])}`
    return this
  }

  /** Everything logged to standard output so far. */
  records(): Record<string, unknown>[] {
    return parseRecords(this.output)
  }

  log(name: string): Record<string, unknown>[] {
    return parseRecords(readFileSync(join(this.directory, name), 'utf8'))
  }

  admin(withToken = token) {
    const link = httpLink({ url: this.adminUrl, headers: { Authorization: `Bearer ${withToken}` } })
    return createTRPCClient<AdminRouter>({ links: [link] })
  }

  async stop(): Promise<{ code: number | null; signal: string | null }> {
    this.process.kill('SIGTERM')
    return this.exit
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill('SIGTERM')
      await this.exit
    }
    this.#directory?.[Symbol.dispose]()
  }
}

export function startService(options: Options = {}): Promise<RunningService> {
  return new RunningService(options).ready()
}

/** Waits for something to be there; fails after ten seconds. */
export async function until<T>(look: () => T | undefined | Promise<T | undefined>, what = 'it'): Promise<T> {
  const end = Date.now() + 60_000
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (Date.now() > end) throw new Error(`${what} did not happen within a minute`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

/** Requests over kept connections, one after the other on each, until stopped. */
export class Load {
  readonly #agent: Agent
  readonly #loops: Promise<void>[]
  readonly ids: string[] = []
  readonly failures: string[] = []
  answered = 0
  #running = true

  constructor(url: string, path: string, connections: number) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections })
    this.#loops = Array.from({ length: connections }, () => this.#loop(url + path))
  }

  async stop(): Promise<void> {
    this.#running = false
    await Promise.all(this.#loops)
    this.#agent.destroy()
  }

  async #loop(url: string): Promise<void> {
    while (this.#running) {
      try {
        const { status, id } = await this.#get(url)
        this.answered += 1
        this.ids.push(id)
        if (status !== 200) this.failures.push(`status ${status}`)
      } catch (error) {
        this.failures.push(String(error))
      }
    }
  }

  #get(url: string): Promise<{ status: number; id: string }> {
    return new Promise((resolve, reject) => {
      request(url, { agent: this.#agent }, (response) => {
        response.resume()
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, id: String(response.headers['x-request-id']) }),
        )
        response.once('error', reject)
      })
        .once('error', reject)
        .end()
    })
  }
}

export function parseRecords(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}
