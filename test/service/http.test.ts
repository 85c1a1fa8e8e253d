import { statfsSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { buildBundle, startService } from './running.ts'
import type { RunningService } from './running.ts'

// Processes start slowly on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

let service: RunningService

beforeAll(async () => {
  buildBundle('--if-stale')
  service = await startService({ env: { BODY_LIMIT_BYTES: '1000', BODY_DEPTH_LIMIT: '5' } })
})

afterAll(() => service[Symbol.asyncDispose]())

const get = (path: string, headers: Record<string, string> = {}) => fetch(service.url + path, { headers })

const getJson = async (path: string) => (await (await get(path)).json()) as Record<string, unknown>

const echo = (body: string, type = 'application/json') =>
  fetch(`${service.url}/api/echo`, { method: 'POST', body, headers: { 'Content-Type': type } })

describe('health', () => {
  test('says how the service is, since when, and which', async () => {
    const response = await get('/health')
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const health = (await response.json()) as Record<string, unknown>
    expect(health).toEqual({
      status: 'healthy',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      uptime_seconds: expect.any(Number),
      version: '0.1.0',
      build: expect.stringMatching(/^[0-9a-f]{12}$/),
    })
    expect(Math.abs(Date.parse(String(health['timestamp'])) - Date.now())).toBeLessThan(5000)
  })

  test.each(['/health/live', '/health/ready'])('%s answers 200', async (path) => {
    expect((await get(path)).status).toBe(200)
  })

  test('answers HEAD without a body', async () => {
    const response = await fetch(`${service.url}/health`, { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('')
  })
})

describe('the API', () => {
  test('/api/status tells of every worker', async () => {
    const status = await getJson('/api/status')
    expect(status).toMatchObject({
      status: 'healthy',
      version: '0.1.0',
      environment: 'development',
      recent_errors: [],
    })
    expect(status['workers']).toMatchObject([
      { id: 0, state: 'ready' },
      { id: 1, state: 'ready' },
    ])
  })

  test('/api/metrics gives the host’s real figures', async () => {
    const metrics = (await getJson('/api/metrics')) as Record<string, Record<string, number>>
    const { bsize, blocks } = statfsSync('/')
    expect(Object.keys(metrics['cpu']!).sort()).toEqual(['count', 'percent'])
    expect(Object.keys(metrics['memory']!).sort()).toEqual(['available', 'percent', 'total', 'used'])
    expect(Object.keys(metrics['disk']!).sort()).toEqual(['free', 'percent', 'total', 'used'])
    expect(metrics['disk']!['total']).toBe(bsize * blocks)
    expect(metrics['memory']!['used']).toBeGreaterThan(0)
    expect(metrics['uptime_seconds']).toEqual(expect.any(Number))
  })

  test('/api/history gives points for the plots', async () => {
    expect(await getJson('/api/history')).toMatchObject({
      interval_ms: 10_000,
      points: expect.any(Array) as unknown,
    })
  })
})

describe('echo', () => {
  test.each(['{"a":[1,"ä",null,true]}', '"text"', '5', 'null', '[]', '{"__proto__":{"x":1}}'])(
    'gives back %s',
    async (body) => {
      const response = await echo(body)
      expect(response.status).toBe(200)
      expect(await response.text()).toContain(`"echo":${body}`)
    },
  )

  test.each([
    ['a body that is no JSON', '{"a":', 'application/json', 400, 'invalid_json'],
    ['a body of another type', 'text', 'text/plain', 415, 'unsupported_media_type'],
    ['a body that is too large', JSON.stringify('x'.repeat(1000)), 'application/json', 413, 'body_too_large'],
    ['a body that is too deep', '[[[[[[]]]]]]', 'application/json', 400, 'body_too_deep'],
  ])('refuses %s', async (_name, body, type, status, code) => {
    const response = await echo(body, type)
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ error: { status, code } })
  })

  test('refuses a large body without reading it to its end', async () => {
    const status = await new Promise((resolve, reject) => {
      const headers = { 'Content-Type': 'application/json', 'Content-Length': 1e9 }
      const upload = request(`${service.url}/api/echo`, { method: 'POST', headers }, (response) => {
        resolve(response.statusCode)
        upload.destroy()
      })
      upload.once('error', reject)
      upload.write('[')
    })
    expect(status).toBe(413)
  })
})

describe('errors', () => {
  test.each([
    ['text/html,application/xhtml+xml,*/*;q=0.8', 'text/html'],
    ['application/json', 'application/json'],
    ['*/*', 'application/json'],
    ['image/png', 'application/json'],
  ])('are shown as the client asks: %s gets %s', async (accept, type) => {
    const response = await get('/nowhere', { Accept: accept })
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toContain(type)
    expect(response.headers.get('vary')).toContain('Accept')
    expect(await response.text()).toContain(response.headers.get('x-request-id'))
  })

  test('an address that is known but not with this method says which ones are', async () => {
    const response = await fetch(`${service.url}/health`, { method: 'DELETE' })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET, HEAD')
    expect((await get('/api/echo')).headers.get('allow')).toBe('POST')
  })

  test('nothing of the request’s address is repeated in a page', async () => {
    const response = await get('/%3Cscript%3Ealert(1)%3C/script%3E', { Accept: 'text/html' })
    expect(await response.text()).not.toContain('alert')
  })

  test('an address that cannot be decoded is a bad request', async () => {
    expect((await get('/%E0%A4%A')).status).toBeOneOf([400, 404])
  })

  test('what is not HTTP is answered with 400 and closed', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      let text = ''
      connect(Number(new URL(service.url).port), '127.0.0.1')
        .on('data', (chunk) => (text += String(chunk)))
        .once('close', () => resolve(text))
        .once('error', reject)
        .write('\x16\x03\x01nonsense\r\n\r\n')
    })
    expect(answer).toMatch(/^HTTP\/1.1 400 /)
  })
})

describe('every answer', () => {
  test('carries a strict content security policy and the other security headers', async () => {
    const { headers } = await get('/')
    const policy = headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('x-powered-by')).toBeNull()
  })

  test.each([
    ['a name from the proxy is kept', 'abc-123.def_456', true],
    ['one that is too short is replaced', 'abc', false],
    ['one with other characters is replaced', 'abcdefgh{}', false],
    ['one that is too long is replaced', 'x'.repeat(65), false],
  ])('carries a request id: %s', async (_name, given, kept) => {
    const id = (await get('/health', { 'X-Request-Id': given })).headers.get('x-request-id')
    expect(id === given).toBe(kept)
    expect(id).toMatch(/^[\w.-]{8,64}$/)
  })
})

test('an idle connection is kept for longer than nginx keeps it', async () => {
  expect((await get('/health')).headers.get('keep-alive')).toBe('timeout=75')
})

describe('the status page', () => {
  test('loads nothing but its own style, script and icon, which may be kept for ever', async () => {
    const page = await (await get('/')).text()
    const links = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((match) => match[1]!)
    expect(links).toHaveLength(3)
    expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
    expect(page).not.toMatch(/<style|<script>|style="|onclick/)
    for (const link of links) {
      const response = await get(link)
      expect(response.status).toBe(200)
      expect(response.headers.get('cache-control')).toContain('immutable')
      expect((await response.text()).length).toBeGreaterThan(100)
    }
  })
})

describe('/metrics', () => {
  test('adds up what all workers counted', async () => {
    const before = await requestsTo('/robots.txt')
    // Each has a connection of its own and so reaches another worker.
    await Promise.all(Array.from({ length: 6 }, () => get('/robots.txt', { Connection: 'close' })))
    expect((await requestsTo('/robots.txt')) - before).toBe(6)
  })

  test('tells of builds, workers, durations and refused addresses by pattern only', async () => {
    await get('/some/invented/path')
    const text = await (await get('/metrics')).text()
    expect(text).toMatch(/^app_build_info\{version="0\.1\.0",build="[0-9a-f]{12}",node="[\d.]+"\} 1$/m)
    expect(text).toMatch(/^app_workers\{state="ready"\} 2$/m)
    expect(text).toMatch(/^app_worker_eventloop_lag_seconds\{worker="1"\} [\d.]+$/m)
    expect(text).toMatch(/^http_request_duration_seconds_bucket\{le="0.005",route="\/health"\} \d+$/m)
    expect(text).toContain('route="unmatched",status="404"')
    expect(text).not.toContain('invented')
  })
})

describe('the log', () => {
  test('has one record for each request, with its id, and errors in a file of their own', async () => {
    const id = 'a-request-to-be-found'
    await get('/api/status?token=hidden', { 'X-Request-Id': id, 'X-Forwarded-For': '203.0.113.7' })
    await service.admin().logLevel.get.query()
    const find = () => service.log('service.log').filter((record) => record['requestId'] === id)
    await expect.poll(find).toMatchObject([
      {
        level: 'info',
        method: 'GET',
        path: '/api/status',
        status: 200,
        ip: '203.0.113.7',
        service: 'coderco-app',
      },
    ])
    expect(JSON.stringify(service.log('service.log'))).not.toContain('hidden')
    expect(service.log('service-error.log')).toEqual([])
  })
})

async function requestsTo(route: string): Promise<number> {
  const text = await (await get('/metrics')).text()
  const lines = text
    .split('\n')
    .filter((line) => line.startsWith('http_requests_total') && line.includes(`"${route}"`))
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}
