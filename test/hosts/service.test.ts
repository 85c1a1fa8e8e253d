import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { median } from '../../bench/table.ts'
import { autocannon } from './autocannon.ts'
import { Load } from './load.ts'
import type { LoadResult } from './load.ts'
import { Machines, recap } from './machine.ts'
import { visitors } from './visitors.ts'

// The deployed service behind its nginx, under load while things happen to it.

const PROJECT = resolve(import.meta.dirname, '../..')
const SERVICE = 'coderco-app.service'

const machines = new Machines()

let url: string

beforeAll(async () => {
  await machines.up(['web1'], 'trixie')
  const run = await machines.play(join(PROJECT, 'playbooks/site.yml'), '--tags', 'base,app,nginx,logrotate')
  expect(recap(run, 'web1'), run.stdout + run.stderr).toMatchObject({ failed: 0, unreachable: 0 })
  url = `http://${machines.host('web1').address}/health`
})

afterAll(() => machines.down())

/** Load from before it happens until after it. */
async function under(event: () => Promise<unknown>): Promise<LoadResult> {
  const load = await Load.start(url, { rate: 600, connections: 20 })
  try {
    await event()
    await setTimeout(2000)
  } finally {
    load.end()
  }
  return load.result
}

describe('under load no request fails while', () => {
  test.each([
    ['the service is reloaded', `systemctl reload ${SERVICE}`],
    ['the service is restarted', `systemctl restart ${SERVICE}`],
  ])('%s', async (_name, command) => {
    const result = await under(() => machines.ssh('web1', command))
    expect(result).toMatchObject({ failed: 0 })
    expect(result.good).toBeGreaterThan(500)
  })

  test('nginx is reloaded', async () => {
    const children = () => machines.ssh('web1', 'pgrep -P $(systemctl show -P MainPID nginx.service) | sort')
    const before = await children()
    const end = visitors(url)
    await setTimeout(1000)
    for (let count = 0; count < 3; count += 1) {
      await machines.ssh('web1', 'systemctl reload nginx.service')
      await setTimeout(1000)
    }
    const { good, failed } = await end()
    expect(failed).toEqual([])
    expect(good).toBeGreaterThan(500)
    expect(await children()).not.toBe(before)
  })

  test('all workers are replaced by hand', async () => {
    const before = await workers()
    const result = await under(async () => {
      const run = await admin('recycle')
      expect(run, run.stderr).toMatchObject({ exitCode: 0, stdout: '4 workers replaced\n' })
    })
    expect(result).toMatchObject({ failed: 0 })
    expect((await workers()).filter((pid) => before.includes(pid))).toEqual([])
  })

  test('the logs are rotated, and each request has its record', async () => {
    const agent = 'rotation'
    const load = autocannon(url, { seconds: 6, connections: 20, rate: 600, agent })
    await setTimeout(2000)
    await machines.ssh('web1', 'logrotate -f /etc/logrotate.conf')
    const { failed, answered, sent } = await load
    expect(failed).toBe(0)
    // Records are written within a tenth of a second.
    await setTimeout(1000)
    const files = '/var/log/coderco-app/service.log /var/log/coderco-app/service.log.1'
    const logged = Number(await machines.ssh('web1', `cat ${files} | grep -c '"agent":"${agent}"'`))
    // What was under way at the end has a record but no answer.
    expect(logged).toBeGreaterThanOrEqual(answered)
    expect(logged).toBeLessThanOrEqual(sent)
  })
})

test('a worker that is killed costs no more than the requests it had, and has a successor', async () => {
  const [victim] = await workers()
  const result = await under(() => machines.ssh('web1', `kill -9 ${victim}`))
  expect(result.failed).toBeLessThanOrEqual(20)
  expect(result.good).toBeGreaterThan(500)
  const now = await workers()
  expect(now).toHaveLength(4)
  expect(now).not.toContain(victim)
})

describe('play admin', () => {
  test('switches maintenance, which visitors see and health checks do not', async () => {
    const page = () => fetch(`http://${machines.host('web1').address}/`)
    const on = await admin('maintenance', 'on', '--retry-after', '33')
    expect(on, on.stderr).toMatchObject({ exitCode: 0 })
    await expect.poll(async () => (await page()).status).toBe(503)
    expect((await page()).headers.get('retry-after')).toBe('33')
    expect(await (await fetch(url)).json()).toMatchObject({ status: 'maintenance' })
    expect((await fetch(url)).status).toBe(200)
    await admin('maintenance', 'off')
    await expect.poll(async () => (await page()).status).toBe(200)
  })

  test('shows status, releases and log, and keeps a record of what it changed', async () => {
    const status = await admin('status', '--json')
    expect(JSON.parse(status.stdout)).toMatchObject({ environment: 'production', workers: { length: 4 } })
    const releases = await admin('releases', '--json')
    expect(JSON.parse(releases.stdout)).toMatchObject([{ current: true, running: true }])
    const log = await admin('logs', '-n', '500')
    expect(log.stdout).toContain('admin: maintenance.off done')
    const audited = (await machines.ssh('web1', 'cat /var/log/coderco-app/audit.log')).trim().split('\n')
    expect(audited.map((line) => JSON.parse(line) as unknown)).toEqual(
      expect.arrayContaining([expect.objectContaining({ procedure: 'maintenance.off', outcome: 'done' })]),
    )
  })

  test('sets how much is logged, in all workers, while they run', async () => {
    const before = await workers()
    const records = async (agent: string) => {
      await Promise.all(Array.from({ length: 12 }, () => fetch(url, { headers: { 'user-agent': agent } })))
      await setTimeout(1000)
      return Number(
        await machines.ssh('web1', `grep -c '"agent":"${agent}"' /var/log/coderco-app/service.log || true`),
      )
    }
    expect(await admin('log-level', 'error')).toMatchObject({ exitCode: 0, stdout: 'error\n' })
    expect(await records('quiet')).toBe(0)
    expect(await admin('log-level', 'info')).toMatchObject({ exitCode: 0 })
    expect(await records('told')).toBe(12)
    expect(await workers()).toEqual(before)
  })

  test('says that the service is down', async () => {
    await machines.ssh('web1', `systemctl stop coderco-app.socket ${SERVICE}`)
    const run = await admin()
    await machines.ssh('web1', `systemctl start coderco-app.socket ${SERVICE}`)
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toContain('web1: coderco-app.service does not run')
  })
})

test('serves at least 60 % of what a bare node:http server with as many workers does behind the same nginx', async () => {
  await startBare()
  const urls = { bare: url.replace('/health', ':8081/health'), service: url }
  // Requests per second are what the processors can do, so they are counted by the work for each, in microseconds: of
  // the machine with nginx and the journal, and of the load. That can be told when others use the processors as well.
  const used = async () =>
    Number(/usage_usec (\d+)/.exec(await machines.ssh('web1', 'cat /sys/fs/cgroup/cpu.stat'))![1])
  const rush = async (name: keyof typeof urls, seconds: number) => {
    const before = await used()
    // nginx lets an address have fifty connections; those of the turn before may not all be gone.
    const { answered, work, details } = await autocannon(urls[name], { seconds, connections: 24 })
    // It closes a connection after a thousand requests, which the load may notice only as it sends the next.
    if (name === 'service') expect(details).toMatchObject({ non2xx: 0, timeouts: 0 })
    return { answered, work: (work + (await used()) - before) / answered }
  }
  const works: Record<'bare' | 'service', number[]> = { bare: [], service: [] }
  for (const name of ['bare', 'service'] as const) {
    // Until what they run is compiled, in each worker.
    for (let answered = 0; answered < 40_000;) answered += (await rush(name, 4)).answered
  }
  for (let turn = 0; turn < 7; turn += 1)
    for (const name of ['bare', 'service'] as const) works[name].push((await rush(name, 3)).work)
  const ratio = median(works.bare) / median(works.service)
  const shown = (name: keyof typeof works) => works[name].map((each) => Math.round(each)).join(' ')
  const measured = `bare ${shown('bare')}; service ${shown('service')}; ${Math.round(100 * ratio)} %`
  process.stderr.write(`microseconds of processor for a request: ${measured}\n`)
  expect(ratio, measured).toBeGreaterThanOrEqual(0.6)
})

/** `play admin web1 …` */
function admin(...words: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const inventory = ['-i', join(machines.directory, 'inventory.yml')]
  const argv = [join(PROJECT, 'runner/cli.ts'), 'admin', 'web1', ...words, ...inventory]
  return new Promise((done) => {
    execFile(process.execPath, argv, { cwd: machines.directory }, (error, stdout, stderr) => {
      done({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })
}

async function workers(): Promise<number[]> {
  const main = `$(systemctl show -p MainPID --value ${SERVICE})`
  const listed = await machines.ssh('web1', `cat /proc/${main}/task/${main}/children`)
  return listed.trim().split(' ').map(Number)
}

/** The bare server in a unit of its own, and the site's own configuration of nginx before it, on another port. */
async function startBare(): Promise<void> {
  const program = readFileSync(join(PROJECT, 'bench/service/bare.ts')).toString('base64')
  await machines.ssh(
    'web1',
    [
      `echo ${program} | base64 -d >/opt/coderco-app/bare.ts && chmod 0644 /opt/coderco-app/bare.ts`,
      'systemd-run -q --unit bare --property=User=coderco /opt/coderco-app/current/node /opt/coderco-app/bare.ts 5991 4',
      `sed -e 's/coderco-app/bare/g' -e 's/80 default/8081 default/' -e 's/443 ssl/8443 ssl/' -e 's/127.0.0.1:5000/127.0.0.1:5991/' -e 's#\\(ssl_certificate.*\\)bare#\\1coderco-app#' /etc/nginx/sites-available/coderco-app >/etc/nginx/sites-enabled/bare`,
      'nginx -t -q',
      'systemctl reload nginx.service',
    ].join(' && '),
  )
  await expect
    .poll(async () => (await fetch(url.replace('/health', ':8081/health'))).status, {
      timeout: 20_000,
    })
    .toBe(200)
}
