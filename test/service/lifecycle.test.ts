import { spawn } from 'node:child_process'
import { request } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { beforeAll, expect, test, vi } from 'vitest'
import {
  buildBundle,
  bundle,
  endWithTests,
  Load,
  parseRecords,
  RunningService,
  startService,
  until,
} from './running.ts'

// Processes start slowly on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

beforeAll(() => buildBundle('--if-stale'))

const pids = async (service: RunningService) => {
  const workers = await service.admin().workers.list.query()
  return workers.filter((worker) => worker.state === 'ready').map((worker) => worker.pid)
}

test('stopping finishes the request under way, refuses new ones, and exits with 0', async () => {
  await using service = await startService()
  const slow = slowEcho(service.url)
  await slow.started
  service.process.kill('SIGTERM')
  await until(() => service.records().find((record) => record['msg'] === 'stopping'), 'the stop')
  await expect(fetch(`${service.url}/health`)).rejects.toThrow('fetch failed')
  const answer = await slow.finish()
  expect(answer).toEqual({ status: 200, connection: 'close' })
  expect(await service.exit).toEqual({ code: 0, signal: null })
})

test('stopping does not wait for ever', async () => {
  await using service = await startService({ env: { STOP_TIMEOUT_SECONDS: '1' } })
  const slow = slowEcho(service.url)
  await slow.started
  const start = Date.now()
  expect(await service.stop()).toEqual({ code: 0, signal: null })
  expect(Date.now() - start).toBeLessThan(5000)
  expect(service.output).toContain('did not finish in time')
  await expect(slow.finish()).rejects.toThrow(/hang up|ECONNRESET|EPIPE/)
})

test('stopping works when nobody reads the standard output any more', async () => {
  await using service = await startService({ env: { WORKERS: '1' } })
  service.process.stdout!.destroy()
  await fetch(`${service.url}/health`)
  expect(await service.stop()).toEqual({ code: 0, signal: null })
  expect(service.log('service.log').at(-1)).toMatchObject({ msg: 'stopped' })
})

test('a signal to the whole process group is as good as one to the primary', async () => {
  await using service = await startService()
  const workers = await pids(service)
  for (const pid of [...workers, service.process.pid!]) process.kill(pid, 'SIGTERM')
  expect(await service.exit).toEqual({ code: 0, signal: null })
})

test('restarting with a socket held by systemd refuses and loses no request', async () => {
  await using systemd = await socketUnit()
  const first = await systemd.start()
  const load = new Load(systemd.url, '/health', 4)
  await until(() => load.answered > 50 || undefined)
  process.kill(first, 'SIGTERM')
  await systemd.start()
  const answered = load.answered
  await until(() => load.answered > answered + 50 || undefined)
  await load.stop()
  expect(load.failures).toEqual([])
})

test.each([
  ['a bad value', { PORT: 'x' }, 78, 'PORT: expected a whole number from 0 to 65535, got "x"'],
  [
    'a log that cannot be written',
    { LOG_FILE: '/nowhere/a.log' },
    78,
    'LOG_FILE: cannot write to /nowhere/a.log (ENOENT)',
  ],
  [
    'an address that is not of this host',
    { HOST: '192.0.2.1' },
    1,
    'HOST: 192.0.2.1 is not an address of this host',
  ],
])('%s ends the start with a clear message', async (_name, env, code, message) => {
  await using service = new RunningService({ env: { WORKERS: '1', ...env } })
  expect((await service.exit).code).toBe(code)
  expect(service.output + service.errors).toContain(message.replaceAll('"', code === 1 ? '\\"' : '"'))
})

test('a port in use ends the start and names it', async () => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  const { port } = taken.address() as AddressInfo
  await using service = new RunningService({ env: { WORKERS: '1', PORT: String(port) } })
  expect((await service.exit).code).toBe(1)
  expect(service.output).toContain(`PORT: ${port} on 127.0.0.1 is in use`)
  taken.close()
})

test('the primary’s death ends its workers', async () => {
  await using service = await startService()
  const workers = await pids(service)
  service.process.kill('SIGKILL')
  await service.exit
  await expect.poll(() => workers.filter(alive), { timeout: 10_000 }).toEqual([])
})

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** An echo whose body is not sent to its end until told. */
function slowEcho(url: string) {
  const started = Promise.withResolvers<void>()
  const answered = Promise.withResolvers<{ status: number | undefined; connection: string | undefined }>()
  answered.promise.catch(() => {})
  const body = '{"slow":true}'
  const upload = request(`${url}/api/echo`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Content-Length': body.length, Expect: '100-continue' },
  })
  upload.once('continue', () => {
    upload.write(body.slice(0, 5))
    started.resolve()
  })
  upload.once('response', (response) => {
    response.resume()
    answered.resolve({ status: response.statusCode, connection: response.headers.connection })
  })
  upload.once('error', (error) => answered.reject(error))
  upload.flushHeaders()
  return {
    started: started.promise,
    finish: () => {
      upload.end(body.slice(5))
      return answered.promise
    },
  }
}

/** A shell that holds a listening socket, as systemd does for a socket unit, and starts the service with it. */
async function socketUnit() {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const { fd } = (server as unknown as { _handle: { fd: number } })._handle
  const service = 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" "$1"'
  const loop = `while read _; do sh -c '${service}' "$0" "$1"; done`
  const shell = spawn('sh', ['-c', loop, process.execPath, bundle], {
    env: { PATH: process.env['PATH'], PORT: '1', WORKERS: '1' },
    stdio: ['pipe', 'pipe', 'inherit', fd],
  })
  endWithTests(shell)
  // The shell has the socket now, and nobody accepts from it but the service.
  server.close()
  let output = ''
  shell.stdout!.on('data', (chunk) => (output += String(chunk)))
  const started = () => parseRecords(output).filter((record) => record['msg'] === 'listening')
  return {
    url: `http://127.0.0.1:${port}`,
    start: async () => {
      const count = started().length
      shell.stdin!.write('\n')
      return Number((await until(() => started()[count]))['pid'])
    },
    [Symbol.asyncDispose]: async () => {
      shell.stdin!.end()
      const last = started().at(-1)
      if (last !== undefined) process.kill(Number(last['pid']), 'SIGTERM')
      await new Promise((resolve) => shell.once('close', resolve))
    },
  }
}
