import { Agent, request } from 'node:http'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Machines } from './machine.ts'

const roles = resolve(import.meta.dirname, '../../roles')
const names = ['bookworm', 'trixie'] as const
const REQUESTS = 3000

describe('log rotation', () => {
  const machines = new Machines()

  beforeAll(async () => {
    await machines.upInGroups(
      {},
      names.map((suite) => ({ name: suite, suite })),
    )
    const play = machines.write(
      'play.yml',
      `
- hosts: all
  become: true
  vars:
    app_workers: 2
    nginx_rate_limit_general: 100000r/s
    nginx_rate_limit_api: 100000r/s
    nginx_rate_limit_api_burst: 10000
  pre_tasks:
    - apt: { update_cache: true }
  roles: [${roles}/app, ${roles}/nginx, ${roles}/logrotate]
`,
    )
    const run = await machines.play(play)
    expect(run.exitCode, run.stdout + run.stderr).toBe(0)
  })
  afterAll(() => machines.down())

  // Each request has an id that nginx makes and the service logs too.
  test.each(names)('on %s loses no line of nginx or of the service under load', async (name) => {
    const load = ask(machines.host(name).address, REQUESTS)
    for (let count = 0; count < 3; count++) {
      await new Promise((go) => setTimeout(go, 300))
      await machines.ssh(
        name,
        'logrotate -f /etc/logrotate.d/nginx; logrotate -f /etc/logrotate.d/coderco-app',
      )
    }
    expect(await load).toEqual([])
    const ids = async (files: string) =>
      (
        await machines.ssh(
          name,
          `zcat -f ${files} | grep -F /api/status | grep -oE '[0-9a-f]{32}' | sort -u | wc -l`,
        )
      ).trim()
    await expect
      .poll(() => ids('/var/log/nginx/coderco-app.access.log*'), { timeout: 10_000 })
      .toBe(String(REQUESTS))
    await expect
      .poll(() => ids('/var/log/coderco-app/service.log*'), { timeout: 10_000 })
      .toBe(String(REQUESTS))
    // All of them have gone on to the new files.
    const files = await machines.ssh(name, 'ls -l /var/log/nginx /var/log/coderco-app')
    expect(files).toMatch(/www-data adm +\d+ .* coderco-app\.access\.log$/m)
    expect(files).toMatch(/coderco coderco +\d+ .* service\.log$/m)
    expect(files).toMatch(/service\.log\.3\.gz$/m)
    const open = await machines.ssh(
      name,
      "find /proc/[0-9]*/fd -lname '/var/log/*' -printf '%l\\n' 2>/dev/null | sort -u",
    )
    expect(open).not.toMatch(/\.log\.\d/)
  })
})

/** Sends requests to the service through nginx, twenty at a time. @returns what became of those not answered with 200 */
async function ask(host: string, count: number): Promise<string[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 20 })
  const one = () =>
    new Promise<string>((done) => {
      request({ host, path: '/api/status', agent }, (response) => {
        response.resume()
        response.on('end', () => done(String(response.statusCode)))
      })
        .on('error', (error) => done(error.message))
        .end()
    })
  const answers = await Promise.all(Array.from({ length: count }, one))
  agent.destroy()
  return answers.filter((answer) => answer !== '200')
}
