import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Machines, recap, type Run } from './machine.ts'

const roles = resolve(import.meta.dirname, '../../roles')
const SECONDS = 12

// Both releases side by side: what takes long here is waiting.
const names = ['bookworm', 'trixie'] as const

/** A change that would lock out whoever makes it is taken back by the host itself. */
describe('a lock-out', () => {
  const machines = new Machines()
  const armed = (name: string) =>
    machines.ssh(name, "journalctl --no-pager -o cat -u 'rehearsal-guard@*.timer' | grep -c ^Started || true")
  const waits = (name: string) =>
    machines.ssh(
      name,
      "systemctl list-units --all --no-legend --plain 'rehearsal-guard@*.timer'; ls /etc/systemd/system/timers.target.wants | grep guard || true",
    )
  let guarded: string

  beforeAll(async () => {
    await machines.upInGroups(
      { web: names },
      names.map((suite) => ({ name: suite, suite })),
    )
    guarded = machines.write(
      'guarded.yml',
      `
- hosts: all
  become: true
  vars: { guard_seconds: ${SECONDS}, firewall_fail2ban: false, firewall_spare_control: true }
  tasks:
    - import_role: { name: ${roles}/base, tasks_from: sshd }
      tags: [sshd]
    - import_role: { name: ${roles}/firewall }
      tags: [firewall]
`,
    )
  })
  afterAll(() => machines.down())

  const each = (run: Run, expected: Record<string, number>) => {
    for (const name of names) expect(recap(run, name), run.stdout + run.stderr).toMatchObject(expected)
  }

  test('is guarded against in a dry run without a timer on the host', async () => {
    const run = await machines.play(guarded, '--check')
    each(run, { failed: 0, unknown: 0 })
    expect(run.stdout).toContain('Arm the guard of sshd')
    expect(run.stdout).toContain('Arm the guard of firewall')
    for (const name of names) {
      expect(await waits(name)).toBe('')
      expect(
        await machines.ssh(
          name,
          'ls -d /usr/local/lib/rehearsal-guard /var/lib/rehearsal-guard 2>&1 || true',
        ),
      ).not.toMatch(/^\//m)
    }
  })

  test('that does not happen leaves the change, and no timer', async () => {
    const run = await machines.play(guarded)
    expect(run.stdout).not.toContain('NOT AS PREDICTED')
    each(run, { failed: 0 })
    for (const name of names) {
      expect(await machines.ssh(name, 'ufw status; sshd -T')).toMatch(
        /22\/tcp +LIMIT[^]*passwordauthentication no/,
      )
      expect(await waits(name)).toBe('')
      expect(await armed(name)).toBe('2\n')
    }
  })

  test('cannot come of a run that changes nothing: nothing is armed', async () => {
    each(await machines.play(guarded), { changed: 0, failed: 0 })
    for (const name of names) expect(await armed(name)).toBe('2\n')
  })

  test('by the firewall is taken back in time, and the run says so', async () => {
    const run = await machines.play(guarded, '--tags', 'firewall', '-e', '{"firewall_ssh_ports": [2222]}')
    expect(run.exitCode, run.stdout).toBe(2)
    expect(run.stdout).toContain('The change of firewall let no new connection in')
    for (const name of names) {
      expect(await machines.ssh(name, 'ufw status')).toMatch(/^22\/tcp +LIMIT/m)
      expect(await machines.ssh(name, 'ufw status')).not.toContain('2222')
      expect(await waits(name)).toBe('')
    }
  })

  test('by sshd is taken back in time, and the run says so', async () => {
    const run = await machines.play(
      guarded,
      '--tags',
      'sshd',
      '-e',
      '{"base_sshd_settings": {"DenyUsers": "debian"}}',
    )
    expect(run.exitCode, run.stdout).toBe(2)
    expect(run.stdout).toContain('The change of sshd let no new connection in')
    for (const name of names) {
      expect(await machines.ssh(name, 'sshd -T')).not.toContain('denyusers')
      expect(await waits(name)).toBe('')
    }
  })

  test('is over then: what was there before is as the play wants it', async () => {
    each(await machines.play(guarded), { changed: 0, failed: 0 })
  })

  test('is taken back even when the host is started anew meanwhile', async () => {
    const half = machines.write(
      'half.yml',
      `
- hosts: all
  become: true
  vars: { guard_seconds: ${SECONDS}, guard_name: sshd, guard_paths: [/etc/ssh/sshd_config.d], guard_apply: systemctl restart ssh }
  tasks:
    - include_role: { name: ${roles}/guard, tasks_from: arm }
    - copy: { dest: /etc/ssh/sshd_config.d/00-a.conf, content: DenyUsers root debian }
`,
    )
    expect((await machines.play(half)).exitCode).toBe(0)
    await Promise.all(names.map((name) => machines.reboot(name).catch(() => undefined)))
    for (const name of names) {
      await expect
        .poll(() => machines.ssh(name, 'sshd -T').catch(() => 'refused'), {
          timeout: 60_000,
          interval: 6_000,
        })
        .toContain('permitrootlogin')
      expect(await machines.ssh(name, 'ls /etc/ssh/sshd_config.d')).toBe('00-rehearsal.conf\n')
      expect(await waits(name)).toBe('')
    }
  })
})
