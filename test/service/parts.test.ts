import { mkdirSync, readFileSync, symlinkSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { FailureLimiter } from '../../service/admin/failureLimiter.ts'
import { listReleases, releasesDirectory } from '../../service/admin/releases.ts'
import { authorized } from '../../service/admin/token.ts'
import { Secret } from '../../service/config/secret.ts'
import { trustProxies } from '../../service/http/proxies.ts'
import { nestedDeeperThan } from '../../service/http/nesting.ts'
import { escapeHtml } from '../../service/page/escapeHtml.ts'
import { Backoff } from '../../service/primary/backoff.ts'
import { StateFile } from '../../service/primary/stateFile.ts'
import { connectSystemd } from '../../service/primary/systemd.ts'
import { temporaryDirectory } from './running.ts'

describe('nesting', () => {
  test.each([
    ['a plain value is not nested', 0, 'text', false],
    ['null is not nested', 0, null, false],
    ['an array is one level', 0, [], true],
    ['one level is within one', 1, { a: 1 }, false],
    ['objects and arrays count alike', 2, { a: [{}] }, true],
    ['exactly the limit', 32, deep(32), false],
    ['one more', 32, deep(33), true],
    ['far too many', 32, deep(50_000), true],
  ])('%s', (_name, limit, value, deeper) => {
    expect(nestedDeeperThan(limit, value)).toBe(deeper)
  })
})

test.each([
  ['Bearer right', true],
  ['Bearer wrong', false],
  ['Bearer right ', false],
  ['bearer right', false],
  ['right', false],
  ['Bearer ', false],
  [undefined, false],
])('the admin token: header %j is %s', (header, accepted) => {
  expect(authorized(header, new Secret('right'))).toBe(accepted)
})

test('a source with too many failures is refused until its minute is over; others are not', () => {
  const limiter = new FailureLimiter(3)
  for (let attempt = 0; attempt < 3; attempt += 1) {
    expect(limiter.blockedFor('a', 1000)).toBe(0)
    limiter.fail('a', 1000)
  }
  expect(limiter.blockedFor('a', 31_000)).toBe(30)
  expect(limiter.blockedFor('b', 31_000)).toBe(0)
  expect(limiter.blockedFor('a', 61_000)).toBe(0)
  limiter.fail('a', 61_000)
  expect(limiter.blockedFor('a', 61_000)).toBe(0)
})

test.each([
  [[], '127.0.0.1', true],
  [[], '::1', true],
  [[], '::ffff:127.0.0.1', true],
  [[], '10.1.2.3', false],
  [[], undefined, false],
  [['10.0.0.0/8'], '10.1.2.3', true],
  [['10.0.0.0/8'], '::ffff:10.1.2.3', true],
  [['10.0.0.0/8'], '11.1.2.3', false],
  [['192.0.2.7'], '192.0.2.7', true],
  [['192.0.2.7'], '127.0.0.1', true],
  [['2001:db8::/32'], '2001:db8::5', true],
  [['2001:db8::/32'], '2001:db9::5', false],
])('proxies %j besides loopback: whether %s is one: %s', (given, address, trusted) => {
  expect(trustProxies(given)(address)).toBe(trusted)
})

test('waiting times double up to ten seconds and start anew after a success', () => {
  const backoff = new Backoff()
  expect(Array.from({ length: 9 }, () => backoff.next())).toEqual([
    100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000,
  ])
  backoff.reset()
  expect(backoff.next()).toBe(100)
})

test('a state file gives back what was written, and nothing when it makes no sense', () => {
  using directory = temporaryDirectory()
  const file = new StateFile<number>(join(directory.path, 'new'), 'state.json')
  expect(file.read(acceptNumber)).toBeUndefined()
  file.write(5)
  expect(file.read(acceptNumber)).toBe(5)
  expect(readFileSync(join(directory.path, 'new/state.json'), 'utf8')).toBe('5')
  expect(file.read(() => undefined)).toBeUndefined()
})

test('text in a page cannot become markup', () => {
  expect(escapeHtml(`<a href="x" id='y'>&`)).toBe('&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;')
})

test('releases are listed newest first, with the one that is current and the one that runs', async () => {
  using directory = temporaryDirectory()
  const releases = join(directory.path, 'releases')
  for (const [name, seconds] of [
    ['one', 1000],
    ['two', 2000],
    ['three', 3000],
  ] as const) {
    mkdirSync(join(releases, name), { recursive: true })
    utimesSync(join(releases, name), seconds, seconds)
  }
  symlinkSync('releases/two', join(directory.path, 'current'))
  const program = join(releases, 'one', 'service.mjs')
  expect(releasesDirectory(program)).toBe(releases)
  expect(releasesDirectory('/srv/dist/service.mjs')).toBeUndefined()
  expect(await listReleases(releases, program)).toEqual([
    { name: 'three', time: '1970-01-01T00:50:00.000Z', current: false, running: false },
    { name: 'two', time: '1970-01-01T00:33:20.000Z', current: true, running: false },
    { name: 'one', time: '1970-01-01T00:16:40.000Z', current: false, running: true },
  ])
})

describe('systemd', () => {
  test.each([
    [{ LISTEN_PID: '7', LISTEN_FDS: '1' }, 3],
    [{ LISTEN_PID: '8', LISTEN_FDS: '1' }, undefined],
    [{ LISTEN_PID: '7', LISTEN_FDS: '0' }, undefined],
    [{}, undefined],
  ])('a socket is taken only if it was passed to this process: %j', (env, fd) => {
    expect(connectAsSeven(env).listenFd).toBe(fd)
  })

  test.each([
    [{ WATCHDOG_USEC: '30000000' }, 30_000],
    [{ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '7' }, 30_000],
    [{ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '8' }, undefined],
    [{}, undefined],
  ])('a watchdog is fed only if it watches this process: %j', (env, ms) => {
    expect(connectAsSeven(env).watchdogMs).toBe(ms)
  })

  test('a message that cannot be delivered is reported and harms nobody', async () => {
    const said: string[] = []
    await connectSystemd({ NOTIFY_SOCKET: '/nowhere/notify' }, 7, (message) => said.push(message)).notify(
      'READY=1',
    )
    expect(said).toHaveLength(1)
  })
})

function deep(levels: number): unknown {
  return JSON.parse('['.repeat(levels) + ']'.repeat(levels))
}

function acceptNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}

function connectAsSeven(env: Record<string, string>) {
  return connectSystemd(env, 7, () => {})
}
