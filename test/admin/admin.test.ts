import { appendFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { ACTIONS } from '../../runner/admin/actions.ts'
import { adminClient } from '../../runner/admin/client.ts'
import type { AdminHost } from '../../runner/admin/client.ts'
import { eventsIn, followLog } from '../../runner/admin/follow.ts'
import { processOfUnit } from '../../runner/admin/relay.ts'
import { connectLocal } from '../../runner/transport/local.ts'
import type { Connection, Frame, Session } from '../../runner/transport/session.ts'
import { sh } from '../../runner/transport/shell.ts'
import { buildBundle, startService, temporaryDirectory, token } from '../service/running.ts'
import type { RunningService } from '../service/running.ts'

// A real service and a real shell; what differs from a host is that no SSH lies between them and no systemd knows it.

// Processes start slowly on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

let service: RunningService
let connection: Connection
let session: Session
const sent: Frame[] = []

beforeAll(async () => {
  buildBundle('--if-stale')
  service = await startOnSocket({ WORKERS: '2' })
  connection = await connectLocal()
  const real = await connection.session()
  session = {
    user: real.user,
    run: (frame) => {
      sent.push(frame)
      return real.run(frame)
    },
  }
})

afterAll(async () => {
  await connection.close()
  await service[Symbol.asyncDispose]()
})

const directories: { [Symbol.dispose](): void }[] = []

afterAll(() => directories.forEach((directory) => directory[Symbol.dispose]()))

async function startOnSocket(env: Record<string, string> = {}): Promise<RunningService> {
  const directory = temporaryDirectory()
  directories.push(directory)
  const socket = join(directory.path, 'admin.sock')
  return startService({
    directory: directory.path,
    env: { WORKERS: '1', ADMIN_PORT: '', ADMIN_SOCKET: socket, ...env },
  })
}

const hostOf = (running: RunningService): AdminHost => ({
  session,
  locate: sh`echo ${String(running.process.pid)}`,
  service: 'coderco-app.service',
})

const perform = async (action: string, words: string[] = [], options = {}) =>
  ACTIONS[action]!.with(words, options)(adminClient(hostOf(service)))

describe('an action gives what the service answers, and shows it', () => {
  test.each([
    ['status', [], { version: '0.1.0', logLevel: 'info' }, /^version +0\.1\.0 \(.*\nstate +in service$/ms],
    ['metrics', [], { cpu: { count: expect.any(Number) as number } }, /^memory +[\d.]+ %/m],
    ['config', [], { WORKERS: 2 }, /^WORKERS +2$/m],
    ['log-level', [], { level: 'info' }, /^info\n$/],
    ['log-level', ['warn'], { level: 'warn' }, /^warn\n$/],
    ['log-level', ['info'], { level: 'info' }, /^info\n$/],
    ['maintenance', [], { enabled: false }, /^in service\n$/],
    ['workers', [], [{ slot: 0 }, { slot: 1 }], /^WORKER +PID .*\n0 +\d+ +ready/],
    ['recycle', ['1'], { recycled: 1 }, /^1 worker replaced\n$/],
  ])('%s %j', async (action, words, value, text) => {
    const outcome = await perform(action, words)
    expect(outcome.value).toMatchObject(value)
    expect(outcome.text).toMatch(text)
  })

  test('metrics as Prometheus reads them', async () => {
    expect((await perform('metrics', [], { prometheus: true })).text).toMatch(/^app_workers_wanted 2$/m)
  })

  test('maintenance, with what visitors are told', async () => {
    const on = await perform('maintenance', ['on'], { message: 'Moving.', retryAfter: 30 })
    expect(on.value).toMatchObject({ enabled: true, message: 'Moving.', retryAfterSeconds: 30 })
    expect(on.text).toContain('Moving.')
    await expect.poll(async () => (await fetch(service.url)).headers.get('retry-after')).toBe('30')
    expect((await perform('maintenance', ['off'])).text).toBe('in service\n')
  })
})

test('the token stays on the host: it is in nothing that was sent', () => {
  expect(sent.length).toBeGreaterThan(5)
  const all = sent.map(({ script, payload }) => script.text + Buffer.from(payload ?? []).toString()).join('')
  expect(all).toContain('/status')
  expect(all).not.toContain(token)
})

describe('what makes no sense is said before anything is asked', () => {
  test.each([
    ['log-level', 'loud', "there is no log level 'loud'; there are trace, debug"],
    ['maintenance', 'maybe', "maintenance is 'on' or 'off', not 'maybe'"],
    ['recycle', 'all', "'all' is no number of a worker"],
  ])('%s %s', (action, word, message) => {
    expect(() => ACTIONS[action]!.with([word], {})).toThrow(message)
  })
})

describe('what cannot be done says why', () => {
  test('a worker that does not exist', async () => {
    await expect(perform('recycle', ['9'])).rejects.toThrow('There is no worker 9')
  })

  test.each([
    ['a unit that does not exist', 'missing', 'there is no coderco-app.service; --service names another'],
    ['a service that does not run', '0', 'coderco-app.service does not run; journalctl -u'],
  ])('%s', async (_name, pid, message) => {
    const client = adminClient({ session, locate: sh`echo ${pid}`, service: 'coderco-app.service' })
    await expect(client.status.query()).rejects.toThrow(message)
  })

  test('a token that the service refuses, and how to have it read anew', async () => {
    await using other = await startOnSocket()
    writeFileSync(join(other.directory, 'token'), 'another-token-of-more-than-32-characters')
    await expect(adminClient(hostOf(other)).status.query()).rejects.toThrow('refuses the token in its file')
    other.process.kill('SIGHUP')
    await expect.poll(() => adminClient(hostOf(other)).logLevel.get.query()).toEqual({ level: 'info' })
  })

  test('a service without an admin API, and one whose API is gone', async () => {
    await using without = await startOnSocket({ ADMIN_TOKEN_FILE: '' })
    await expect(adminClient(hostOf(without)).status.query()).rejects.toThrow('ADMIN_TOKEN_FILE is not set')

    await using other = await startOnSocket()
    const socket = join(other.directory, 'admin.sock')
    await expect(adminClient(hostOf(other)).logLevel.get.query()).resolves.toEqual({ level: 'info' })
    renameSync(socket, `${socket}.away`)
    await expect(adminClient(hostOf(other)).status.query()).rejects.toThrow(
      `does not answer at ${socket} (ENOENT)`,
    )
  })
})

test('a unit that systemd does not know is missing', async () => {
  const { stdout } = await session.run({ script: processOfUnit('no-such-unit.service') })
  expect(stdout.toString()).toBe('missing\n')
})

describe('following a log', () => {
  test('begins with its last lines and misses none that come while nobody asks, across a rotation', async () => {
    const file = join(service.directory, 'audit.log')
    writeFileSync(file, 'one\ntwo\n')
    const seen: string[] = []
    const stop = new AbortController()
    for await (const line of followLog(hostOf(service), { log: 'audit', lines: 1, signal: stop.signal })) {
      seen.push(line)
      if (line === 'two') appendFileSync(file, 'three\nfour\n')
      if (line === 'four') {
        appendFileSync(file, 'five\n')
        renameSync(file, `${file}.1`)
        writeFileSync(file, 'six\n')
      }
      if (line === 'six') break
    }
    expect(seen).toEqual(['two', 'three', 'four', 'five', 'six'])
  })

  test('an event that was cut off is left for the next time', () => {
    const stream = 'event: connected\ndata: {}\n\nid: 1:2\ndata: {"line":"a"}\n\nid: 1:4\ndata: {"li'
    expect(eventsIn(stream)).toEqual([{ id: '1:2', line: 'a' }])
  })
})
