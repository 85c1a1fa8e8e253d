import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Machines, recap } from './machine.ts'
import { reaches } from './reaches.ts'

const playbook = (name: string) => resolve(import.meta.dirname, '../../playbooks', name)

/** One host that serves, and another that watches it, set up as the README says. */
describe('a host that is watched by another', () => {
  const machines = new Machines()
  const settings = ['-e', 'app_workers=2', '-e', 'base_upgrade=never', '-e', 'monitoring_scrape_interval=2s']
  const play = async (name: string, ...words: string[]) => {
    const run = await machines.play(playbook(name), ...settings, ...words)
    expect(run.exitCode, run.stdout + run.stderr).toBe(0)
    return run
  }

  beforeAll(async () => {
    await machines.upInGroups({ web: ['web1'], monitoring: ['watch1'] }, [
      { name: 'web1', suite: 'bookworm' },
      { name: 'watch1', suite: 'trixie' },
    ])
    await play('monitoring.yml')
    await play('site.yml')
  })
  afterAll(() => machines.down())

  test('is scraped, the service as well as the host', async () => {
    const up = async () => {
      const said = await machines.ssh('watch1', "curl -s 'http://127.0.0.1:9090/api/v1/query?query=up'")
      const { data } = JSON.parse(said) as {
        data: { result: { metric: { job: string; instance: string }; value: [number, string] }[] }
      }
      return Object.fromEntries(
        data.result.map(({ metric, value }) => [`${metric.job} ${metric.instance}`, value[1]]),
      )
    }
    await expect.poll(up, { timeout: 60_000, interval: 2000 }).toEqual({
      'alertmanager watch1': '1',
      'coderco-app web1': '1',
      'node watch1': '1',
      'node web1': '1',
      'prometheus watch1': '1',
    })
  })

  test('is open to nobody else, and runs no Prometheus of its own', async () => {
    const { address } = machines.host('web1')
    expect(await reaches(address, 80)).toBe(true)
    for (const port of [5000, 9090, 9100]) expect(await reaches(address, port), String(port)).toBe(false)
    expect(await machines.ssh('web1', 'systemctl is-active prometheus || true')).toBe('inactive\n')
  })

  test('is still known when the one that watches was lost', async () => {
    const first = async () => {
      const query = 'query=min_over_time(timestamp(up{job="prometheus"})[1h:1s])'
      const said = await machines.ssh(
        'watch1',
        `curl -sG http://127.0.0.1:9090/api/v1/query --data-urlencode '${query}' || true`,
      )
      const { data } = JSON.parse(said || '{}') as { data?: { result: { value: [number, string] }[] } }
      return Number(data?.result[0]?.value[1])
    }
    const before = await first()
    expect(before).toBeGreaterThan(0)
    await play('backup.yml', '--limit', 'watch1')
    await machines.reset('watch1')
    await play('restore.yml', '--limit', 'watch1')
    await expect
      .poll(async () => Math.abs((await first()) - before), { timeout: 60_000, interval: 1000 })
      .toBeLessThan(10)
  })

  test('and stays as it is when both are set up again', async () => {
    expect(recap(await play('monitoring.yml'), 'watch1')).toMatchObject({ changed: 0, failed: 0 })
    expect(recap(await play('site.yml'), 'web1')).toMatchObject({ changed: 0, failed: 0 })
  })
})
