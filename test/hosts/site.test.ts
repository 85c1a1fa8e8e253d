import { request } from 'node:http'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compare, tally } from '../fidelity/compare.ts'
import { outcomes, results } from '../fidelity/rehearse.ts'
import { table } from '../fidelity/table.ts'
import { Machines, recap, type Run, summary } from './machine.ts'
import { reaches } from './reaches.ts'

const site = resolve(import.meta.dirname, '../../playbooks/site.yml')

// The main job, as a newcomer does it, on machines that nobody has touched.
describe.each(['bookworm', 'trixie'] as const)('site.yml on %s', (suite) => {
  const machines = new Machines()
  let bare: string
  let rehearsal: Run

  beforeAll(async () => {
    await machines.up(['web1'], suite)
    bare = await machines.snapshot('web1')
  })
  afterAll(() => machines.down())

  test('a dry run of a bare host shows everything and fails nothing', async () => {
    rehearsal = await machines.play(site, '--check', '--diff', '--json')
    expect(rehearsal.stderr).toBe('')
    expect(rehearsal.exitCode).toBe(0)
    expect(summary(rehearsal, 'web1')).toMatchObject({ failed: 0, unreachable: 0 })
    for (const path of [
      '/etc/systemd/system/coderco-app.service',
      '/etc/nginx/sites-available/coderco-app',
      '/etc/logrotate.d/coderco-app',
      '/etc/prometheus/prometheus.yml',
    ]) {
      expect(rehearsal.stdout).toContain(path)
    }
  })

  test('and leaves the host untouched', async () => {
    expect(difference(bare, await machines.snapshot('web1'))).toEqual([])
  })

  test('the real run sets it up, and does what the dry run has said, task by task and byte by byte', async () => {
    const run = await machines.play(site, '--diff', '--json')
    expect(run.exitCode, run.stdout + run.stderr).toBe(0)
    const verdicts = compare(results(rehearsal.stdout), outcomes(run.stdout))
    const shown = table(suite, verdicts)
    expect(
      verdicts.filter(({ verdict }) => verdict === 'wrong'),
      shown,
    ).toEqual([])
    expect(tally(verdicts).unknownShare, shown).toBeLessThanOrEqual(2)
  })

  test('a second run changes nothing', async () => {
    const run = await machines.play(site)
    expect(run.exitCode, run.stdout).toBe(0)
    expect(recap(run, 'web1'), run.stdout).toMatchObject({ changed: 0, failed: 0 })
  })

  test('and a dry run has nothing to show', async () => {
    const run = await machines.play(site, '--check', '--diff', '--detailed-exitcode')
    expect(recap(run, 'web1'), run.stdout).toMatchObject({ changed: 0, failed: 0, unknown: 0 })
    expect(run.exitCode).toBe(0)
    expect(run.stdout.trim()).toMatch(/^PLAY RECAP \*+\nweb1 .*$/)
  })

  test('the service answers through nginx with its headers', () => answers(machines))

  test('nothing else answers from outside', async () => {
    const { address } = machines.host('web1')
    expect(await reaches(address, 22)).toBe(true)
    for (const port of [5000, 5001, 9090, 9100])
      expect(await reaches(address, port), String(port)).toBe(false)
    for (const path of ['/metrics', '/admin', '/trpc', '/api/admin']) {
      expect([403, 404], path).toContain((await get(address, path)).status)
    }
    // What the daemons have said at each of their starts, the first one, by the package, too.
    const said = await machines.ssh('web1', "journalctl --no-pager -o cat -u 'prometheus*' | grep -i listen")
    const at = [...said.matchAll(/address=(\S+)/g)].map(([, where]) => where)
    expect(new Set(at)).toEqual(new Set([9090, 9093, 9100].map((port) => `127.0.0.1:${port}`)))
  })

  test('after a reboot all of it is back', async () => {
    await machines.reboot('web1')
    await expect
      .poll(
        () =>
          get(machines.host('web1').address, '/health').then(
            ({ status }) => status,
            () => 0,
          ),
        { timeout: 60_000, interval: 500 },
      )
      .toBe(200)
    await answers(machines)
  })
})

async function answers(machines: Machines): Promise<void> {
  const { address } = machines.host('web1')
  const health = await get(address, '/health')
  expect(health.status).toBe(200)
  expect(JSON.parse(health.body)).toMatchObject({
    status: expect.any(String),
    uptime_seconds: expect.any(Number),
    version: expect.any(String),
  })
  const page = await get(address, '/')
  expect(page.status).toBe(200)
  expect(page.headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'x-frame-options': expect.any(String),
    'referrer-policy': expect.any(String),
    'content-security-policy': expect.any(String),
  })
}

function get(
  host: string,
  path: string,
): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
  return new Promise((done, fail) => {
    request({ host, path, timeout: 5000, agent: false }, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk.toString()))
      response.on('end', () => done({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
      .on('error', fail)
      .end()
  })
}

/** Lines that are in one text and not in the other. */
function difference(before: string, after: string): string[] {
  const [old, young] = [new Set(before.split('\n')), new Set(after.split('\n'))]
  return [
    ...[...old].filter((line) => !young.has(line)).map((line) => `- ${line}`),
    ...[...young].filter((line) => !old.has(line)).map((line) => `+ ${line}`),
  ]
}
