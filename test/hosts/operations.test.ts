import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Load, type LoadResult } from './load.ts'
import { Machines, recap, type Run } from './machine.ts'

const project = resolve(import.meta.dirname, '../..')
const playbook = (name: string) => resolve(project, 'playbooks', name)
const names = ['bookworm', 'trixie'] as const
const SERVICE = 'coderco-app.service'

/** What an operator does to a host that serves: each with no request lost, on both releases of Debian side by side. */
describe('a host that serves alone', () => {
  const machines = new Machines()
  const everywhere = (command: string) => Promise.all(names.map((name) => machines.ssh(name, command)))
  const inUse = async () =>
    (await everywhere('readlink /opt/coderco-app/current')).map((link) =>
      link.trim().replace('releases/', ''),
    )
  let setUp: string
  const bundles = new Map<string, string>()
  const releases: string[] = []

  beforeAll(async () => {
    await machines.upInGroups(
      { web: names },
      names.map((suite) => ({ name: suite, suite })),
    )
    machines.write('alone.yml', ALONE)
    setUp = machines.write(
      'set-up.yml',
      `
- hosts: web
  become: true
  roles: [${['app', 'nginx', 'logrotate'].map((role) => resolve(project, 'roles', role)).join(', ')}]
`,
    )
    const service = readFileSync(resolve(project, 'dist/service.mjs'), 'utf8')
    for (const name of ['second', 'third'])
      bundles.set(name, machines.write(`${name}.mjs`, `${service}\n// ${name}\n`))
    bundles.set('broken', machines.write('broken.mjs', 'process.exit(1)\n'))
    // It serves, says that it is well, and is not what was deployed.
    bundles.set('sick', machines.write('sick.mjs', SICK))
    const run = await machines.play(setUp, '-e', '@alone.yml')
    expect(run.exitCode, run.stdout + run.stderr).toBe(0)
    expect(run.stdout).not.toContain('NOT AS PREDICTED')
    releases.push(...new Set(await inUse()))
  })
  afterAll(() => machines.down())

  const play = (file: string, ...words: string[]) => machines.play(file, '-e', '@alone.yml', ...words)
  const bundle = (name: string) => ['-e', `app_bundle=${bundles.get(name)!}`]
  const each = (run: Run, expected: Record<string, unknown>) => {
    for (const name of names) expect(recap(run, name), run.stdout + run.stderr).toMatchObject(expected)
  }

  /** Runs something while both hosts are under constant load; what became of the load. */
  async function underLoad(work: () => Promise<unknown>): Promise<LoadResult[]> {
    const loads = await Promise.all(
      names.map((name) => Load.start(`http://${machines.host(name).address}/api/status`, { rate: 100 })),
    )
    try {
      await work()
    } finally {
      for (const load of loads) load.end()
    }
    return Promise.all(loads.map((load) => load.result))
  }

  const nothingLost = (results: LoadResult[]) => {
    expect(results.map(({ details }) => details)).toEqual(
      names.map(() => ({ errors: 0, timeouts: 0, non2xx: 0, unanswered: 0 })),
    )
    for (const { good } of results) expect(good).toBeGreaterThan(100)
  }

  test('has secrets of its own that were made there, and a service that can do little else', async () => {
    const secrets = await everywhere(
      'cat /etc/coderco-app/secret-key; stat -c "%U:%G %a" /etc/coderco-app/secret-key /etc/coderco-app/admin-token',
    )
    expect(new Set(secrets.map((text) => text.split('\n')[0])).size).toBe(2)
    for (const text of secrets) expect(text).toMatch(/^[\da-f]{64}\nroot:coderco 640\nroot:coderco 640\n$/)
    for (const text of await everywhere(`systemd-analyze security ${SERVICE} --no-pager | tail -1`))
      expect(Number(/: ([\d.]+) /.exec(text)?.[1])).toBeLessThanOrEqual(2)
    for (const text of await everywhere(`systemctl show ${SERVICE} -p MemoryMax -p TasksMax -p LimitNOFILE`))
      expect(text).not.toContain('infinity')
    // Each request is a line in the journal, and none may be left out.
    for (const text of await everywhere(`systemctl show ${SERVICE} -P LogRateLimitIntervalUSec`))
      expect(text).toBe('0\n')
  })

  test('knows each request by one id, in the answer, in the logs of nginx and of the service, and in the journal', async () => {
    for (const name of names) {
      const answer = await fetch(`http://${machines.host(name).address}/api/status`)
      const id = answer.headers.get('x-request-id')!
      expect(id).toMatch(/^[\da-f]{32}$/)
      for (const where of [
        'cat /var/log/nginx/coderco-app.access.log',
        'cat /var/log/coderco-app/service.log',
        `journalctl --no-pager -o cat -u ${SERVICE}`,
      ])
        await expect
          .poll(() => machines.ssh(name, `${where} | grep -c ${id} || true`), { timeout: 10_000 })
          .toBe('1\n')
    }
  })

  test('compresses what it sends, keeps what never changes, and is as careful with everything', async () => {
    for (const name of names) {
      const at = (path: string) => fetch(`http://${machines.host(name).address}${path}`)
      const page = await at('/')
      expect(page.headers.get('content-encoding')).toBe('gzip')
      const style = /\/assets\/status\.[\da-f]+\.css/.exec(await page.text())![0]
      for (let count = 0; count < 4; count++) {
        const answer = await at(style)
        expect(answer.headers.get('cache-control')).toContain('immutable')
        expect(await answer.text()).toContain('color-scheme')
      }
      // Who was asked behind nginx: the service once, and then nobody any more.
      const asked = `grep -F 'GET ${style}' /var/log/nginx/coderco-app.access.log | awk '{ print $NF }'`
      expect(await machines.ssh(name, asked)).toBe('127.0.0.1:5000\n-\n-\n-\n')
      for (const path of ['/', style, '/api/status', '/nowhere', '/metrics']) {
        const { headers } = await at(path)
        expect(Object.fromEntries(headers), path).toMatchObject({
          'cross-origin-opener-policy': 'same-origin',
          'permissions-policy': expect.stringContaining('camera=()'),
          'referrer-policy': 'no-referrer',
          'x-content-type-options': 'nosniff',
          'x-frame-options': 'DENY',
          server: 'nginx',
        })
        expect(headers.get('x-powered-by')).toBeNull()
      }
    }
  })

  test('loses requests when nginx is down for a moment, as the load has to notice', async () => {
    for (const { failed } of await underLoad(() =>
      everywhere('systemctl stop nginx; sleep 1; systemctl start nginx'),
    ))
      expect(failed).toBeGreaterThan(0)
  })

  test('loses no request when its service is restarted', async () => {
    nothingLost(await underLoad(() => everywhere(`systemctl restart ${SERVICE}`)))
  })

  test('nor when all workers are replaced', async () => {
    const workers = async () => (await everywhere(`pgrep -P $(systemctl show -P MainPID ${SERVICE})`)).join()
    const before = await workers()
    nothingLost(
      await underLoad(async () => {
        await everywhere(`systemctl reload ${SERVICE}`)
        await expect
          .poll(async () => (await workers()).includes(before.slice(0, 8)), {
            timeout: 60_000,
            interval: 1000,
          })
          .toBe(false)
      }),
    )
  })

  test('nor when the logs are rotated, of which no line is lost either', async () => {
    const counted =
      'cat /var/log/nginx/coderco-app.access.log.1 /var/log/nginx/coderco-app.access.log | grep -c "GET /api/status"'
    await everywhere(
      'rm -f /var/log/*/*.log.1; logrotate -f /etc/logrotate.d/coderco-app; logrotate -f /etc/logrotate.d/nginx; rm -f /var/log/*/*.log.1',
    )
    const results = await underLoad(() =>
      everywhere('logrotate -f /etc/logrotate.d/coderco-app; logrotate -f /etc/logrotate.d/nginx'),
    )
    nothingLost(results)
    for (const [index, text] of (await everywhere(counted)).entries())
      expect(Number(text)).toBeGreaterThanOrEqual(results[index]!.good)
  })

  test('nor, but for what it was just answering, when a worker is killed', async () => {
    const results = await underLoad(() =>
      everywhere(`kill -9 $(pgrep -P $(systemctl show -P MainPID ${SERVICE}) | head -1)`),
    )
    // A worker has at most the requests of all ten connections.
    for (const { failed, good } of results) {
      expect(failed).toBeLessThanOrEqual(10)
      expect(good).toBeGreaterThan(100)
    }
  })

  test('has another worker in the place of one that hangs', async () => {
    const children = `pgrep -P $(systemctl show -P MainPID ${SERVICE})`
    const hung = (await everywhere(`${children} | head -1`)).map((text) => text.trim())
    const results = await underLoad(async () => {
      await Promise.all(names.map((name, index) => machines.ssh(name, `kill -STOP ${hung[index]}`)))
      for (const [index, name] of names.entries())
        await expect
          .poll(() => machines.ssh(name, `ps -o pid= -p ${hung[index]} || ${children} | wc -l`), {
            timeout: 60_000,
            interval: 1000,
          })
          .toBe('2\n')
    })
    for (const { failed, good } of results) {
      expect(failed).toBeLessThanOrEqual(10)
      expect(good).toBeGreaterThan(100)
    }
  })

  test('is started anew by systemd when it gives no sign of life', async () => {
    const main = () => everywhere(`systemctl show -P MainPID ${SERVICE}`)
    const before = await main()
    await everywhere(`kill -STOP $(systemctl show -P MainPID ${SERVICE})`)
    for (const [index, name] of names.entries()) {
      const successor = async () =>
        (await machines.ssh(name, `systemctl show -P MainPID ${SERVICE}`)) !== before[index]
      await expect.poll(successor, { timeout: 60_000, interval: 1000 }).toBe(true)
      // Asked meanwhile, it answers as soon as it serves: the connection waits in systemd's socket.
      expect((await fetch(`http://${machines.host(name).address}/health`)).status).toBe(200)
      expect(await machines.ssh(name, `journalctl --no-pager -o cat -u ${SERVICE}`)).toMatch(
        /Watchdog timeout/i,
      )
    }
  })

  test('loses no request when a release is deployed', async () => {
    let run: Run | undefined
    nothingLost(await underLoad(async () => (run = await play(playbook('deploy.yml'), ...bundle('second')))))
    each(run!, { failed: 0 })
    expect(run!.exitCode).toBe(0)
    expect(new Set([...releases, ...(await inUse())]).size).toBe(2)
    releases.push(...new Set(await inUse()))
  })

  test('answers 503 in maintenance, with when to come back, and is healthy all the same', async () => {
    const admin = (name: string, mode: string) =>
      promisify(execFile)(
        process.execPath,
        [resolve(project, 'runner/cli.ts'), 'admin', name, 'maintenance', mode, '-i', 'inventory.yml'],
        { cwd: machines.directory },
      )
    const [name] = names
    const at = (path: string) => fetch(`http://${machines.host(name).address}${path}`)
    await admin(name, 'on')
    const page = await at('/')
    expect([page.status, Number(page.headers.get('retry-after'))]).toEqual([503, expect.any(Number)])
    expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await page.text()).toContain('being maintained')
    expect((await at('/health')).status).toBe(200)
    expect((await at('/health/ready')).status).toBe(503)
    await admin(name, 'off')
    expect((await at('/')).status).toBe(200)
  })

  test('makes no new release of code that has not changed', async () => {
    const run = await play(playbook('deploy.yml'), ...bundle('second'))
    each(run, { changed: 0, failed: 0 })
    const count = await everywhere('ls /opt/coderco-app/releases | wc -l')
    expect(count.map(Number)).toEqual([2, 2])
  })

  test.each(['broken', 'sick'])('takes a %s release back by itself, and the play fails', async (kind) => {
    const run = await play(setUp, ...bundle(kind), '-e', 'app_health_retries=2')
    expect(run.exitCode).toBe(2)
    for (const name of names)
      expect(run.stdout).toMatch(
        new RegExp(
          `did not come into service: [\\s\\S]*Release ${releases.at(-1)} is in use again[\\s\\S]* on ${name} `,
        ),
      )
    expect(await inUse()).toEqual([releases.at(-1), releases.at(-1)])
    for (const name of names)
      expect((await fetch(`http://${machines.host(name).address}/health`)).status).toBe(200)
  })

  test('loses no request when it goes back to the release before', async () => {
    let run: Run | undefined
    nothingLost(await underLoad(async () => (run = await play(playbook('rollback.yml')))))
    each(run!, { failed: 0 })
    expect(await inUse()).toEqual([releases[0], releases[0]])
  })

  test('goes to a release by name, says which there are, and foretells it', async () => {
    const wrong = await play(playbook('rollback.yml'), '-e', 'release=none')
    expect(wrong.exitCode).toBe(2)
    expect(wrong.stdout).toContain('There is no release none')
    expect(wrong.stdout).toContain(releases[1])
    const oldest = await play(playbook('rollback.yml'))
    expect(oldest.stdout).toContain('There is no release before the one in use')
    const check = await play(playbook('rollback.yml'), '-e', `release=${releases[1]}`, '--check', '--diff')
    expect(check.stdout).toContain(`link to releases/${releases[0]} → releases/${releases[1]}`)
    expect(await inUse()).toEqual([releases[0], releases[0]])
    const run = await play(playbook('rollback.yml'), '-e', `release=${releases[1]}`)
    each(run, { failed: 0 })
    expect(await inUse()).toEqual([releases[1], releases[1]])
  })

  test('keeps as many releases as it is told, and its secrets', async () => {
    const secrets = () => everywhere('sha256sum /etc/coderco-app/secret-key /etc/coderco-app/admin-token')
    const before = await secrets()
    const run = await play(setUp, ...bundle('third'), '-e', 'app_keep_releases=2')
    each(run, { failed: 0 })
    const [kept] = await everywhere('ls /opt/coderco-app/releases')
    expect(kept!.trim().split('\n')).toHaveLength(2)
    expect(kept).toContain(releases[1])
    expect(await secrets()).toEqual(before)
  })
})

const ALONE = `
app_hosts: ["{{ inventory_hostname }}"]
nginx_upstream_hosts: ["{{ inventory_hostname }}"]
app_workers: 2
app_watchdog: 6s
nginx_rate_limit_general: 100000r/s
nginx_rate_limit_api: 100000r/s
nginx_rate_limit_general_burst: 10000
nginx_rate_limit_api_burst: 10000
nginx_connections_per_address: 1000
nginx_keepalive_requests: 10000000
`

const SICK = `
import { spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
createServer((_, response) => response.end('{"status":"healthy"}')).listen({ fd: 3 }, () => spawnSync('systemd-notify', ['READY=1']))
`
