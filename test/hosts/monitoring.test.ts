import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Machines, recap } from './machine.ts'

const roles = resolve(import.meta.dirname, '../../roles')
const names = ['bookworm', 'trixie'] as const

// Each of them watches both: so Prometheus of either release is seen at work.
describe('monitoring', () => {
  const machines = new Machines()
  let play: string

  beforeAll(async () => {
    await machines.upInGroups(
      { web: names, monitoring: names },
      names.map((suite) => ({ name: suite, suite })),
    )
    play = machines.write(
      'play.yml',
      `
- hosts: all
  become: true
  vars:
    firewall_fail2ban: false
    monitoring_scrape_interval: 1s
    monitoring_alert_receivers:
      - name: pager
        webhook_configs: [{ url: 'http://127.0.0.1:8099/' }]
    monitoring_alert_route: { group_wait: 1s }
  roles: [${roles}/firewall, ${roles}/monitoring]
`,
    )
    const run = await machines.play(play)
    expect(run.exitCode, run.stdout + run.stderr).toBe(0)
    expect(run.stdout).not.toContain('NOT AS PREDICTED')
  })
  afterAll(() => machines.down())

  /** What the host's own Prometheus, or its alertmanager, answers. */
  const get = async (name: string, path: string, port = 9090) =>
    machines.ssh(
      name,
      `python3 -c "import sys, urllib.request; sys.stdout.write(urllib.request.urlopen('http://127.0.0.1:${port}${path}').read().decode())"`,
    )

  test('changes nothing in a second run', async () => {
    const run = await machines.play(play)
    for (const name of names) expect(recap(run, name), run.stdout).toMatchObject({ changed: 0, failed: 0 })
  })

  describe.each(names)('on %s', (name) => {
    test('has a configuration and rules that promtool and amtool accept', async () => {
      const said = await machines.ssh(
        name,
        'promtool check config /etc/prometheus/prometheus.yml; amtool check-config /etc/prometheus/alertmanager.yml',
      )
      expect(said).toContain('SUCCESS')
      expect(said).toMatch(/1 receivers/)
    })

    test('alerts when it should, and not before', async () => {
      const tests = readFileSync(`${roles}/monitoring/tests/rules.yml`, 'utf8')
      expect(
        await machines.ssh(
          name,
          `cd $(mktemp -d) && cp /etc/prometheus/rules/coderco-app.yml . && cat > tests.yml <<'END'\n${tests}\nEND\npromtool test rules tests.yml 2>&1 || true`,
        ),
      ).toMatch(/SUCCESS\s*$/)
    })

    test('scrapes every host of the inventory', async () => {
      const up = async () => {
        const { data } = JSON.parse(await get(name, '/api/v1/query?query=up%7Bjob=%22node%22%7D')) as {
          data: { result: { metric: { instance: string }; value: [number, string] }[] }
        }
        return Object.fromEntries(data.result.map(({ metric, value }) => [metric.instance, value[1]]))
      }
      await expect.poll(up, { timeout: 30_000, interval: 1000 }).toEqual({ bookworm: '1', trixie: '1' })
    })

    test('hands its alerts to the alertmanager', async () => {
      const managers = async () =>
        (JSON.parse(await get(name, '/api/v1/alertmanagers')) as { data: { activeAlertmanagers: unknown[] } })
          .data.activeAlertmanagers
      await expect.poll(managers, { timeout: 30_000, interval: 1000 }).toHaveLength(1)
      // No service runs here, so sooner or later it is missed.
      const alerts = async () =>
        (JSON.parse(await get(name, '/api/v2/alerts', 9093)) as { labels: { alertname: string } }[]).map(
          ({ labels }) => labels.alertname,
        )
      await expect.poll(alerts, { timeout: 120_000, interval: 2000 }).toContain('ServiceDown')
    })

    test('has a dashboard that takes nothing from elsewhere', async () => {
      const page = await get(name, '/consoles/dashboard.html')
      expect(page).toMatch(/<td>node<\/td>\s*<td>trixie<\/td>\s*<td>up<\/td>\s*<td>\s*[\d.]+m?s\s*<\/td>/)
      expect(page).toContain('<td>ServiceDown</td>')
      expect(page.match(/(?:src|href|@import|url\()[^>]*/g)).toBeNull()
      expect(page.match(/https?:\/\/[^'"\s]+/g)).toEqual(['http://www.w3.org/2000/svg'])
    })

    test('listens to nobody else, and never has, not even when it was installed', async () => {
      const units = ['prometheus', 'prometheus-alertmanager'].map((unit) => `-u ${unit}`).join(' ')
      const said = await machines.ssh(name, `journalctl --no-pager -o cat ${units} | grep -i listen`)
      const at = [...said.matchAll(/address=(\S+)/g)].map(([, address]) => address)
      expect(new Set(at)).toEqual(new Set(['127.0.0.1:9090', '127.0.0.1:9093']))
      const listening = await machines.ssh(name, "ss -Hltn | awk '{print $4}'")
      expect(listening).toContain('127.0.0.1:9090')
      expect(listening).toContain('127.0.0.1:9093')
      expect(listening).not.toMatch(/(?<!127\.0\.0\.1):(9090|9093|9094)$/m)
    })
  })
})
