import { connect } from 'node:net'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { buildBundle, startService, temporaryDirectory, token, until } from './running.ts'
import type { RunningService } from './running.ts'

// Processes start slowly on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

let service: RunningService

beforeAll(async () => {
  buildBundle('--if-stale')
  service = await startService({ env: { ENVIRONMENT: 'production', SECRET_KEY: 'k'.repeat(40) } })
})

afterAll(() => service[Symbol.asyncDispose]())

const health = async (path = '/health') => fetch(service.url + path)

test('status tells which program runs, since when, and how its workers are', async () => {
  expect(await service.admin().status.query()).toMatchObject({
    version: '0.1.0',
    environment: 'production',
    pid: service.process.pid,
    logLevel: 'info',
    workers: [{ slot: 0 }, { slot: 1 }],
    maintenance: { enabled: false },
  })
})

test('the configuration in force shows no secret', async () => {
  const config = await service.admin().config.query()
  expect(config).toMatchObject({ ENVIRONMENT: 'production', WORKERS: 2, BODY_DEPTH_LIMIT: 32 })
  expect(config['SECRET_KEY']).toMatch(/^\[redacted/)
  expect(JSON.stringify(config)).not.toContain('kkkk')
})

test('the log level changes in every worker at once', async () => {
  const admin = service.admin()
  await admin.logLevel.set.mutate({ level: 'error' })
  expect(await admin.logLevel.get.query()).toEqual({ level: 'error' })
  await Promise.all(
    Array.from({ length: 4 }, () =>
      fetch(`${service.url}/health`, { headers: { 'X-Request-Id': 'unlogged-request' } }),
    ),
  )
  await admin.logLevel.set.mutate({ level: 'info' })
  await fetch(`${service.url}/health`, { headers: { 'X-Request-Id': 'logged-request' } })
  await until(
    () =>
      readFileSync(join(service.directory, 'service.log'), 'utf8').includes('"logged-request"') || undefined,
  )
  expect(readFileSync(join(service.directory, 'service.log'), 'utf8')).not.toContain('unlogged-request')
})

test('the tail of the log are its last records', async () => {
  await fetch(`${service.url}/robots.txt`)
  const line = await until(async () => {
    const { lines } = await service.admin().logs.tail.query({ lines: 1 })
    return lines[0]?.includes('robots') === true ? lines[0] : undefined
  })
  expect(JSON.parse(line)).toMatchObject({ msg: 'request', path: '/robots.txt' })
})

test('the log can be followed as a stream of events', async () => {
  const input = encodeURIComponent(JSON.stringify({ lines: 0 }))
  const stop = new AbortController()
  const response = await fetch(`${service.adminUrl}/logs.follow?input=${input}`, {
    headers: { Authorization: `Bearer ${token}`, Accept: 'text/event-stream' },
    signal: stop.signal,
  })
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  let seen = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    // The stream says when it is set up; only then is the request made that it is to show.
    if (!seen.includes('connected') && chunk.includes('connected')) {
      await fetch(`${service.url}/health`, { headers: { 'X-Request-Id': 'followed-request' } })
    }
    seen += chunk
    if (seen.includes('followed-request')) break
  }
  stop.abort()
  expect(seen).toMatch(/id: \d+:\d+/)
})

test('maintenance turns visitors away, tells health apart, and outlives a restart', async () => {
  using directory = temporaryDirectory()
  const first = await startService({ directory: directory.path })
  await first.admin().maintenance.on.mutate({ message: 'Moving house.', retryAfterSeconds: 77 })
  const turnedAway = await until(async () => {
    const response = await fetch(first.url)
    return response.status === 503 ? response : undefined
  })
  expect(turnedAway.headers.get('retry-after')).toBe('77')
  expect(await turnedAway.text()).toContain('Moving house.')
  await first.stop()

  await using second = await startService({ directory: directory.path })
  expect((await fetch(second.url)).status).toBe(503)
  expect(await (await fetch(`${second.url}/health`)).json()).toMatchObject({ status: 'maintenance' })
  await second.admin().maintenance.off.mutate()
  await until(async () => (await fetch(second.url)).status === 200 || undefined)
})

test('a worker can be replaced by hand, and the answer comes when its successor serves', async () => {
  const admin = service.admin()
  const before = await admin.workers.list.query()
  expect(await admin.workers.recycle.mutate({ worker: 1 })).toEqual({ recycled: 1 })
  const after = await admin.workers.list.query()
  const pid = (workers: typeof before, slot: number) =>
    workers.find((worker) => worker.slot === slot && worker.state === 'ready')?.pid
  expect(pid(after, 0)).toBe(pid(before, 0))
  expect(pid(after, 1)).not.toBe(pid(before, 1))
  expect((await health()).status).toBe(200)
})

describe('what cannot be done says why', () => {
  test('a worker that does not exist', async () => {
    await expect(service.admin().workers.recycle.mutate({ worker: 9 })).rejects.toThrow(
      'There is no worker 9',
    )
  })

  test('releases of a program that does not run from a releases directory', async () => {
    await expect(service.admin().releases.list.query()).rejects.toThrow(
      'does not run from a releases directory',
    )
  })

  test('an input that makes no sense', async () => {
    await expect(service.admin().logLevel.set.mutate({ level: 'loud' as 'info' })).rejects.toThrow(
      'Invalid option',
    )
  })

  test('and shows no stack trace', async () => {
    const response = await fetch(`${service.adminUrl}/nothing`, {
      headers: { Authorization: `Bearer ${token}` },
    })
    expect(response.status).toBe(404)
    expect(await response.text()).not.toContain('stack')
  })
})

test('every change is on record, also one that failed, and looking is not', async () => {
  const admin = service.admin()
  await admin.maintenance.on.mutate({ message: 'On record.' })
  await admin.maintenance.off.mutate()
  await admin.status.query()
  await expect(admin.workers.recycle.mutate({ worker: 7 })).rejects.toThrow('no worker 7')
  const latest = await admin.audit.list.query({ count: 3 })
  expect(latest).toMatchObject([
    { procedure: 'workers.recycle', input: { worker: 7 }, outcome: 'failed', source: '127.0.0.1' },
    { procedure: 'maintenance.off', outcome: 'done' },
    { procedure: 'maintenance.on', input: { message: 'On record.' }, outcome: 'done' },
  ])
  const file = readFileSync(join(service.directory, 'audit.log'), 'utf8')
  expect(
    file
      .trim()
      .split('\n')
      .slice(-3)
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([...latest].reverse())
})

describe('access', () => {
  test('needs the token, and ten wrong ones block the source, with the right one too', async () => {
    await using guarded = await startService({ env: { WORKERS: '1' } })
    const status = async (header?: string) =>
      (
        await fetch(
          `${guarded.adminUrl}/status`,
          header === undefined ? {} : { headers: { Authorization: header } },
        )
      ).status
    expect(await status(`Bearer ${token}`)).toBe(200)
    expect(await status()).toBe(401)
    expect(await status(token)).toBe(401)
    for (let attempt = 0; attempt < 8; attempt += 1) expect(await status(`Bearer guess-${attempt}`)).toBe(401)
    expect(await status('Bearer another')).toBe(429)
    expect(await status(`Bearer ${token}`)).toBe(429)
    expect(await (await fetch(`${guarded.url}/metrics`)).text()).toContain('app_admin_auth_failures_total 10')
  })

  test('is not on the public listener', async () => {
    expect(
      (await fetch(`${service.url}/status`, { headers: { Authorization: `Bearer ${token}` } })).status,
    ).toBe(404)
  })

  test('can be by a Unix socket that is closed to other users and replaces one left behind', async () => {
    using directory = temporaryDirectory()
    const socketPath = join(directory.path, 'admin.sock')
    const env = { WORKERS: '1', ADMIN_PORT: '', ADMIN_SOCKET: socketPath }
    const killed = await startService({ directory: directory.path, env })
    killed.process.kill('SIGKILL')
    await killed.exit
    expect(existsSync(socketPath)).toBe(true)

    const next = await startService({ directory: directory.path, env })
    expect(statSync(socketPath).mode & 0o777).toBe(0o660)
    const body = await new Promise<string>((resolve, reject) => {
      const headers = { Authorization: `Bearer ${token}` }
      request({ socketPath, path: '/logLevel.get', headers }, (response) => {
        let text = ''
        response.on('data', (chunk) => (text += String(chunk)))
        response.once('end', () => resolve(text))
      })
        .once('error', reject)
        .end()
    })
    expect(JSON.parse(body)).toEqual({ result: { data: { level: 'info' } } })
    await next.stop()
    expect(existsSync(socketPath)).toBe(false)
  })

  test('is off without a token, and the log says so', async () => {
    await using open = await startService({ env: { WORKERS: '1', ADMIN_TOKEN_FILE: '', ADMIN_PORT: '5999' } })
    expect(open.output).toContain('no admin API, because ADMIN_TOKEN_FILE is not set')
    const refused = await new Promise((resolve) => {
      connect(5999, '127.0.0.1')
        .once('error', () => resolve(true))
        .once('connect', () => resolve(false))
    })
    expect(refused).toBe(true)
  })
})
