import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Load, type LoadResult } from './load.ts'
import { Machines, recap } from './machine.ts'
import { reaches } from './reaches.ts'

const project = resolve(import.meta.dirname, '../..')
const playbook = (name: string) => resolve(project, 'playbooks', name)
const machinesWanted = [
  { name: 'web1', suite: 'bookworm' },
  { name: 'web2', suite: 'trixie' },
  { name: 'web3', suite: 'trixie' },
] as const
const names = machinesWanted.map(({ name }) => name)

/** Three hosts that serve together, each through its own nginx, under constant load. */
describe('several hosts', () => {
  const machines = new Machines()
  const everywhere = (command: string) => Promise.all(names.map((name) => machines.ssh(name, command)))
  const play = (file: string, ...words: string[]) => machines.play(file, '-e', '@together.yml', ...words)
  const inUse = async () =>
    (await everywhere('basename $(readlink /opt/coderco-app/current)')).map((text) => text.trim())
  const address = (name: string) => machines.host(name).address
  let setUp: string
  let second: string

  beforeAll(async () => {
    // The third is there, but nobody has heard of it yet.
    await machines.upInGroups({ web: ['web1', 'web2'] }, machinesWanted)
    machines.write('together.yml', TOGETHER)
    setUp = machines.write(
      'set-up.yml',
      `
- hosts: web
  become: true
  roles: [${['firewall', 'app', 'nginx'].map((role) => resolve(project, 'roles', role)).join(', ')}]
`,
    )
    second = machines.write(
      'second.mjs',
      `${readFileSync(resolve(project, 'dist/service.mjs'), 'utf8')}\n// second\n`,
    )
    const run = await play(setUp)
    expect(run.exitCode, run.stdout + run.stderr).toBe(0)
  })
  afterAll(() => machines.down())

  /** Which backends the nginx of a host has had answers from, of a number of requests. */
  async function backends(name: string, requests = 30): Promise<string[]> {
    await machines.ssh(name, ': > /var/log/nginx/coderco-app.access.log')
    for (let count = 0; count < requests; count++)
      await (await fetch(`http://${address(name)}/health`)).arrayBuffer()
    const log = await machines.ssh(name, "awk '{ print $NF }' /var/log/nginx/coderco-app.access.log")
    return [...new Set(log.trim().split('\n'))].sort()
  }

  const ofAll = (name: string, among: readonly string[]) =>
    among.map((each) => `${each === name ? '127.0.0.1' : address(each)}:5000`).sort()

  async function underLoad(
    hosts: readonly string[],
    work: () => Promise<unknown>,
    post = false,
  ): Promise<LoadResult[]> {
    const more = post ? ({ method: 'POST', body: '{"a":1}', connections: 5 } as const) : {}
    const path = post ? '/api/echo' : '/api/status'
    const loads = await Promise.all(
      hosts.map((name) => Load.start(`http://${address(name)}${path}`, { rate: 60, ...more })),
    )
    try {
      await work()
    } finally {
      for (const load of loads) load.end()
    }
    return Promise.all(loads.map(({ result }) => result))
  }

  const nothingLost = (results: LoadResult[]) => {
    for (const { details, good } of results) {
      expect(details).toEqual({ errors: 0, timeouts: 0, non2xx: 0, unanswered: 0 })
      expect(good).toBeGreaterThan(100)
    }
  }

  test('share the requests that reach any of them', async () => {
    expect(await backends('web1')).toEqual(ofAll('web1', ['web1', 'web2']))
    expect(await backends('web2')).toEqual(ofAll('web2', ['web1', 'web2']))
  })

  test('become more by one more line in the inventory', async () => {
    await machines.upInGroups({ web: names }, machinesWanted)
    const run = await play(setUp)
    expect(run.exitCode, run.stdout + run.stderr).toBe(0)
    for (const name of names) expect(await backends(name)).toEqual(ofAll(name, names))
    const again = await play(setUp)
    for (const name of names)
      expect(recap(again, name), again.stdout).toMatchObject({ changed: 0, failed: 0 })
  })

  test('let each other reach the service, and nobody else', async () => {
    for (const name of names) expect(await reaches(address(name), 5000), name).toBe(false)
    const asked = await machines.ssh(
      'web1',
      `bash -c 'exec 3<>/dev/tcp/${address('web2')}/5000; printf "GET /health HTTP/1.0\\r\\n\\r\\n" >&3; head -1 <&3'`,
    )
    expect(asked).toContain('200')
  })

  test('get a release one after the other without a failed request', async () => {
    const before = await inUse()
    nothingLost(
      await underLoad(names, async () => {
        const run = await play(playbook('deploy.yml'), '-e', `app_bundle=${second}`)
        expect(run.exitCode, run.stdout + run.stderr).toBe(0)
        expect(run.stdout).not.toContain('NOT AS PREDICTED')
      }),
    )
    const after = await inUse()
    expect(new Set(after).size).toBe(1)
    expect(after[0]).not.toBe(before[0])
    for (const text of await everywhere('ls /etc/nginx/drained/coderco-app')) expect(text).toBe('')
  })

  test('are not asked while they are drained, unless nobody else answers', async () => {
    await machines.ssh('web1', 'touch /etc/nginx/drained/coderco-app/web2')
    expect(await backends('web1')).toEqual(ofAll('web1', ['web1', 'web3']))
    await machines.ssh('web1', 'rm /etc/nginx/drained/coderco-app/web2')
    expect(await backends('web1')).toEqual(ofAll('web1', names))
  })

  test('keep the release they have when it fails on the first of them, again without a failed request', async () => {
    const before = await inUse()
    const broken = machines.write('broken.mjs', 'process.exit(1)\n')
    nothingLost(
      await underLoad(names, async () => {
        const run = await play(
          playbook('deploy.yml'),
          '-e',
          `app_bundle=${broken}`,
          '-e',
          'app_health_retries=2',
        )
        expect(run.exitCode).toBe(2)
        expect(run.stdout).toContain(`Release ${before[0]} is in use again`)
        expect(run.stdout).not.toContain('ok: [web2]')
      }),
    )
    expect(await inUse()).toEqual(before)
    for (const text of await everywhere('ls /etc/nginx/drained/coderco-app')) expect(text).toBe('')
  })

  test('go back to the release before without a failed request', async () => {
    const before = await inUse()
    nothingLost(
      await underLoad(names, async () => {
        const run = await play(playbook('rollback.yml'))
        expect(run.exitCode, run.stdout + run.stderr).toBe(0)
      }),
    )
    const after = await inUse()
    expect(new Set(after).size).toBe(1)
    expect(after[0]).not.toBe(before[0])
  })

  test('lose one of them and no request but those that were under way to it, and take it back', async () => {
    const lost = `
way=$(ip -4 route show default); sleep 1
ip link set eth0 down; sleep 14; ip link set eth0 up; ip route replace $way`
    const [asked, sent] = await Promise.all([
      underLoad(['web1', 'web2'], async () => {
        await machines.ssh('web3', `systemd-run --quiet sh -c '${lost}'`)
        await delay(12_000)
      }),
      underLoad(['web1', 'web2'], () => delay(13_000), true),
    ])
    // What may be repeated is, even when it was under way; what may not be is lost at most once a connection.
    nothingLost(asked)
    for (const { failed, good } of sent) {
      expect(failed).toBeLessThanOrEqual(5)
      expect(good).toBeGreaterThan(100)
    }
    await expect
      .poll(() => backends('web1', 10), { timeout: 30_000, interval: 1000 })
      .toEqual(ofAll('web1', names))
  })
})

const TOGETHER = `
app_workers: 2
firewall_spare_control: true
nginx_rate_limit_general: 100000r/s
nginx_rate_limit_api: 100000r/s
nginx_rate_limit_general_burst: 10000
nginx_rate_limit_api_burst: 10000
nginx_connections_per_address: 1000
nginx_keepalive_requests: 10000000
# So that the test need not wait for as long as a service may take.
nginx_proxy_read_timeout: 5s
`
