import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import pino from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createApp } from '../../service/http/app.ts'
import type { AppContext } from '../../service/http/context.ts'
import type { Problem } from '../../service/ipc/messages.ts'
import { WorkerMetrics } from '../../service/metrics/workerMetrics.ts'
import { NO_MAINTENANCE } from '../../service/primary/maintenance.ts'
import { SystemSampler } from '../../service/system/sampler.ts'

// What cannot be brought about from outside: a primary that fails, and answers that take too long.

let problems: Problem[]
let logged: string
let context: AppContext
let close: () => void

beforeEach(() => {
  problems = []
  logged = ''
  const stream = new PassThrough().on('data', (chunk) => (logged += String(chunk)))
  context = {
    settings: {
      slot: 0,
      environment: 'test',
      level: 'info',
      logFile: undefined,
      errorLogFile: undefined,
      diskPath: '/',
      startedAt: Date.now(),
      maxRequests: 0,
      maxMemory: 0,
      requestTimeoutMs: 200,
      keepAliveMs: 1000,
      bodyLimit: 1000,
      bodyDepthLimit: 5,
      apiRateLimit: 0,
      trustedProxies: [],
      maintenance: NO_MAINTENANCE,
    },
    state: { maintenance: NO_MAINTENANCE, draining: false },
    metrics: new WorkerMetrics(),
    logger: pino({}, stream),
    sampler: new SystemSampler('/'),
    ask: () => Promise.reject(new Error('the vault code is 1234')),
    report: (problem) => problems.push(problem),
  }
})

afterEach(() => {
  close()
  context.sampler.stop()
})

async function serve(): Promise<string> {
  const server = createServer(createApp(context))
  close = () => server.closeAllConnections()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('an unexpected error is 500 without what went wrong, which is in the log', async () => {
  const response = await fetch(`${await serve()}/api/status`)
  const body = await response.text()
  expect(response.status).toBe(500)
  expect(JSON.parse(body)).toMatchObject({ error: { code: 'internal_error' } })
  expect(body).not.toContain('1234')
  expect(logged).toContain('the vault code is 1234')
})

test('an error is reported for the status page by route and status alone', async () => {
  const response = await fetch(`${await serve()}/api/status?secret=1`)
  const requestId = response.headers.get('x-request-id')
  await expect
    .poll(() => problems)
    .toEqual([{ time: expect.any(String), method: 'GET', route: '/api/status', status: 500, requestId }])
})

test('a flood of errors is reported a few times a second only', async () => {
  const url = await serve()
  for (let count = 0; count < 20; count += 1) await fetch(`${url}/api/status`)
  expect(problems.length).toBeGreaterThan(0)
  expect(problems.length).toBeLessThanOrEqual(10)
})

test('a request that takes too long is answered with 503', async () => {
  context.ask = () => new Promise(() => {})
  const response = await fetch(`${await serve()}/api/status`)
  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).toBe('5')
  expect(await response.json()).toMatchObject({ error: { code: 'timeout' } })
})

test('in maintenance visitors are turned away, health and assets are not', async () => {
  context.state.maintenance = {
    ...NO_MAINTENANCE,
    enabled: true,
    message: 'Back at <noon>.',
    retryAfterSeconds: 90,
  }
  const url = await serve()
  const page = await fetch(url, { headers: { Accept: 'text/html' } })
  expect(page.status).toBe(503)
  expect(page.headers.get('retry-after')).toBe('90')
  expect(await page.text()).toContain('Back at &lt;noon&gt;.')
  const style = /href="(\/assets\/[^"]+\.css)"/.exec(
    await (await fetch(url, { headers: { Accept: 'text/html' } })).text(),
  )
  expect((await fetch(url + style![1]!)).status).toBe(200)
  expect((await fetch(`${url}/api/metrics`)).status).toBe(503)
  expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: 'maintenance' })
  expect((await fetch(`${url}/health`)).status).toBe(200)
  expect((await fetch(`${url}/health/live`)).status).toBe(200)
  expect((await fetch(`${url}/health/ready`)).status).toBe(503)
  expect(problems).toEqual([])
})

test('when draining the service is live but not ready', async () => {
  context.state.draining = true
  const url = await serve()
  expect((await fetch(`${url}/health/live`)).status).toBe(200)
  expect((await fetch(`${url}/health/ready`)).status).toBe(503)
})

test('one client’s API requests are limited, where a limit is set, and health is not', async () => {
  context.settings.apiRateLimit = 3
  const url = await serve()
  const statuses: number[] = []
  for (let count = 0; count < 5; count += 1) statuses.push((await fetch(`${url}/api/metrics`)).status)
  expect(statuses).toEqual([200, 200, 200, 429, 429])
  expect((await fetch(`${url}/health`)).status).toBe(200)
})
