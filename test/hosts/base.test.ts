import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Machines, recap } from './machine.ts'

const roles = resolve(import.meta.dirname, '../../roles')
const names = ['bookworm', 'trixie'] as const

describe('the base', () => {
  const machines = new Machines()
  const key = join(machines.directory, 'ada')
  let play: string

  beforeAll(async () => {
    await machines.upInGroups(
      {},
      names.map((suite) => ({ name: suite, suite })),
    )
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key])
    play = machines.write(
      'play.yml',
      JSON.stringify([
        {
          hosts: 'all',
          become: true,
          vars: {
            base_timezone: 'Europe/Vienna',
            base_hostname: '{{ inventory_hostname }}.example.org',
            base_time_servers: ['ntp1.example.org'],
            base_admin_users: [
              {
                name: 'ada',
                comment: 'Ada Lovelace',
                authorized_keys: [readFileSync(`${key}.pub`, 'utf8').trim()],
              },
              { name: 'bob', sudo: false, authorized_keys: [readFileSync(`${key}.pub`, 'utf8').trim()] },
              { name: 'eve', state: 'absent' },
            ],
            base_sshd_settings: { MaxSessions: 20, AcceptEnv: ['LANG', 'LC_*'] },
            base_swap_size: '16M',
            base_upgrade: 'never',
          },
          roles: [`${roles}/base`],
        },
      ]),
    )
    const run = await machines.play(play)
    expect(run.exitCode, run.stdout + run.stderr).toBe(0)
    expect(run.stdout).not.toContain('NOT AS PREDICTED')
  })
  afterAll(() => machines.down())

  test('changes nothing in a second run, and a dry run has nothing to show', async () => {
    for (const run of [await machines.play(play), await machines.play(play, '--check')])
      for (const name of names)
        // Only a dry run counts what is unknown.
        expect({ unknown: 0, ...recap(run, name) }, run.stdout).toMatchObject({
          changed: 0,
          failed: 0,
          unknown: 0,
        })
  })

  describe.each(names)('on %s', (name) => {
    test('has an sshd that stands an audit', async () => {
      const said = (await machines.ssh(name, 'sshd -T')).split('\n')
      const settings = Object.fromEntries(said.map((line) => line.split(/ (.*)/, 2) as [string, string]))
      expect(settings).toMatchObject({
        permitrootlogin: 'without-password',
        passwordauthentication: 'no',
        kbdinteractiveauthentication: 'no',
        permitemptypasswords: 'no',
        permituserenvironment: 'no',
        x11forwarding: 'no',
        allowagentforwarding: 'no',
        allowtcpforwarding: 'local',
        gatewayports: 'no',
        permittunnel: 'no',
        maxauthtries: '6',
        logingracetime: '30',
        usedns: 'no',
        maxsessions: '20',
      })
      expect(said).toContain('acceptenv LC_*')
      expect(
        await machines.ssh(name, "timeout 5 bash -c 'read -r line </dev/tcp/127.0.0.1/22; echo $line'"),
      ).toMatch(/^SSH-2\.0-OpenSSH_[\d.p]+\s*$/)
      expect(settings['kexalgorithms']).toMatch(/sntrup761x25519/)
    })

    test('has an sshd of which ssh-audit has nothing bad to say', async () => {
      // The one of Debian 13 knows all algorithms of both.
      const found = await machines.ssh(
        'trixie',
        `which ssh-audit >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -qqy --no-install-recommends ssh-audit >/dev/null 2>&1
        ssh-audit --json ${machines.host(name).address} || test $? -lt 4`,
      )
      const { cves, recommendations, ...report } = JSON.parse(found) as Report
      expect(report.kex.length).toBeGreaterThan(2)
      expect(cves).toEqual([])
      const weak = [...report.enc, ...report.kex, ...report.key, ...report.mac].filter(
        ({ notes }) => notes.fail ?? notes.warn,
      )
      expect(weak).toEqual([])
      expect(recommendations).not.toHaveProperty('critical')
    })

    test('lets users in with their keys, and those who may become root', async () => {
      const as = (user: string, command: string) => machines.fresh(name, command, { user, key })
      expect(await as('ada', 'sudo -n id -un; id -Gn')).toMatch(/^root\nada .*\bsudo\b/)
      expect(await as('bob', 'sudo -n id -un 2>/dev/null || echo no; id -Gn')).toBe('no\nbob\n')
      await expect(as('eve', 'true')).rejects.toThrow('Permission denied')
    })

    test('knows its time, its name and its limits', async () => {
      expect(await machines.fresh(name, 'date +%Z; hostname -f; echo $LANG')).toMatch(
        /^CES?T\n\w+\.example\.org\nC\.UTF-8\n$/,
      )
      expect(
        await machines.ssh(
          name,
          'systemctl is-enabled systemd-timesyncd; systemd-analyze cat-config systemd/timesyncd.conf',
        ),
      ).toMatch(/^enabled[^]*NTP=ntp1\.example\.org/)
      const journal = await machines.ssh(
        name,
        'systemd-analyze cat-config systemd/journald.conf; ls -d /var/log/journal/*',
      )
      expect(journal).toMatch(/^SystemMaxUse=500M$[^]*^MaxRetentionSec=1month$[^]*\/var\/log\/journal\/\w+/m)
      expect(
        await machines.ssh(
          name,
          'sysctl -n net.ipv4.conf.all.accept_redirects net.core.somaxconn net.ipv4.tcp_syncookies',
        ),
      ).toBe('0\n4096\n1\n')
    })

    test('installs security updates by itself', async () => {
      const settings = await machines.ssh(name, 'apt-config dump')
      expect(settings).toContain('APT::Periodic::Unattended-Upgrade "1";')
      expect(settings).toMatch(/Unattended-Upgrade::Origins-Pattern:: ".*label=Debian-Security/)
      expect(
        await machines.ssh(
          name,
          'systemctl is-enabled apt-daily-upgrade.timer; unattended-upgrade --dry-run 2>&1; echo $?',
        ),
      ).toMatch(/^enabled\n[^]*0\n$/)
    })

    test('has its swap file ready', async () => {
      expect(await machines.ssh(name, 'stat -c "%a %s" /swapfile; systemctl is-enabled swapfile.swap')).toBe(
        '600 16777216\nenabled\n',
      )
      expect(await machines.ssh(name, 'tail -c +4087 /swapfile | head -c 10')).toBe('SWAPSPACE2')
    })
  })
})

interface Algorithm {
  readonly algorithm: string
  readonly notes: { readonly fail?: string[]; readonly warn?: string[] }
}

type Report = Readonly<Record<'enc' | 'kex' | 'key' | 'mac', Algorithm[]>> & {
  readonly cves: unknown[]
  readonly recommendations: object
}
