import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { beforeAll, expect, test, vi } from 'vitest'
import { buildBundle, Load, startService, until } from './running.ts'
import type { RunningService } from './running.ts'

// Processes start slowly on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

beforeAll(() => buildBundle('--if-stale'))

const pids = async (service: RunningService) => {
  const workers = await service.admin().workers.list.query()
  return workers.filter((worker) => worker.state === 'ready').map((worker) => worker.pid)
}

const exits = async (service: RunningService, reason: string) => {
  const text = await (await fetch(`${service.url}/metrics`)).text()
  return Number(new RegExp(`^app_worker_exits_total\\{reason="${reason}"\\} (\\d+)$`, 'm').exec(text)?.[1])
}

test('workers are replaced after a number of requests without one that fails, and nothing they counted is lost', async () => {
  await using service = await startService({
    env: { WORKER_MAX_REQUESTS: '300', WORKER_MAX_REQUESTS_JITTER: '100' },
  })
  const load = new Load(service.url, '/health', 8)
  await until(
    async () => (await exits(service, 'requests')) >= 2 || undefined,
    'the replacement of two workers',
  )
  await load.stop()
  expect(load.failures).toEqual([])
  const text = await (await fetch(`${service.url}/metrics`)).text()
  const counted = /^http_requests_total\{method="GET",route="\/health",status="200"\} (\d+)$/m.exec(text)?.[1]
  expect(Number(counted)).toBe(load.answered)
})

test('a worker above the memory mark is replaced', async () => {
  await using service = await startService({ env: { WORKERS: '1', WORKER_MAX_MEMORY_MB: '20' } })
  await until(async () => (await exits(service, 'memory')) >= 1 || undefined, 'a replacement for memory')
  expect((await fetch(`${service.url}/health`)).status).toBe(200)
})

test('a reload replaces every worker without a request that fails', async () => {
  await using service = await startService()
  const before = await pids(service)
  const load = new Load(service.url, '/health', 8)
  service.process.kill('SIGHUP')
  await until(() => service.records().find((record) => record['msg'] === 'reloaded'), 'the reload')
  await load.stop()
  expect(load.failures).toEqual([])
  expect(load.answered).toBeGreaterThan(100)
  expect((await pids(service)).filter((pid) => before.includes(pid))).toEqual([])
})

test('a worker that is killed costs the requests it had and is replaced; the others go on', async () => {
  await using service = await startService()
  const [victim] = await pids(service)
  const load = new Load(service.url, '/health', 8)
  await until(() => load.answered > 50 || undefined)
  process.kill(victim!, 'SIGKILL')
  await until(async () => {
    const now = await pids(service)
    return (now.length === 2 && !now.includes(victim!)) || undefined
  }, 'the new worker')
  const failed = load.failures.length
  const answered = load.answered
  await until(() => load.answered > answered + 200 || undefined)
  await load.stop()
  expect(failed).toBeLessThanOrEqual(8)
  expect(load.failures).toHaveLength(failed)
  expect(await exits(service, 'crash')).toBe(1)
  expect(service.log('service-error.log')).toMatchObject([
    { msg: 'worker gone unexpectedly', workerPid: victim },
  ])
})

test('connections that were on their way to a worker when it was killed are served by its successor', async () => {
  await using service = await startService({ env: { WORKERS: '1' } })
  const [victim] = await pids(service)
  process.kill(victim!, 'SIGSTOP')
  const answers = Array.from({ length: 8 }, () => fetch(`${service.url}/health`))
  // Long enough for the primary to hand them over; the worker does not take them.
  await setTimeout(200)
  process.kill(victim!, 'SIGKILL')
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array.from(answers, () => 200))
  expect(await exits(service, 'crash')).toBe(1)
})

test('a rotation of the log loses no record', async () => {
  await using service = await startService()
  const load = new Load(service.url, '/health', 4)
  for (const number of [1, 2]) {
    await until(() => load.answered > number * 100 || undefined)
    renameSync(join(service.directory, 'service.log'), join(service.directory, `service.log.${number}`))
    service.process.kill('SIGUSR2')
    await until(
      () =>
        service.records().filter((record) => record['msg'] === 'log files reopened').length === number ||
        undefined,
    )
  }
  await until(() => load.answered > 300 || undefined)
  await load.stop()
  await service.stop()
  const files = ['service.log.1', 'service.log.2', 'service.log'].map((name) =>
    service.log(name).filter((record) => record['msg'] === 'request'),
  )
  for (const records of files) expect(records.length).toBeGreaterThan(10)
  const logged = files.flat().map((record) => String(record['requestId']))
  expect(logged.sort()).toEqual([...load.ids].sort())
})
