import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Machines, recap, type Run } from './machine.ts'

const KEY = 'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'

const PLAY = `
- hosts: web
  become: true
  tasks:
    - group: { name: apps, system: true }
    - user: { name: app, group: apps, home: /srv/app, create_home: false, shell: /usr/sbin/nologin, system: true }
    - user: { name: ada, comment: Ada L, groups: [adm, apps], append: true, shell: /bin/bash, password: '$6$salt$hash' }
    - user: { name: deep, home: /srv/a/b/deep, expires: 1900000000, uid: 4242, generate_ssh_key: true, ssh_key_type: ed25519, ssh_key_passphrase: open sesame }
    - user: { name: apps }
    - lineinfile: { path: /home/ada/.bashrc, line: '# mine' }
    - authorized_key: { user: ada, key: ssh-ed25519 ${KEY} ada }
    - copy:
        dest: /etc/systemd/system/demo.service
        content: |
          [Service]
          ExecStart=/bin/sleep infinity
          [Install]
          WantedBy=multi-user.target
      notify: Restart it
    - systemd: { daemon_reload: true }
    - systemd: { name: demo, enabled: true, state: started, daemon_reload: true }
    - systemd: { name: apt-daily.timer, masked: true, state: stopped }
    - known_hosts: { name: git.example, hash_host: true, path: /etc/ssh/ssh_known_hosts, key: git.example ssh-ed25519 ${KEY} }
    - mount: { path: /srv/scratch, src: tmpfs, fstype: tmpfs, opts: 'size=10m,mode=0755', state: mounted }
    - copy: { dest: /srv/scratch/x, content: hi }
    - alternatives: { name: mytool, link: /usr/local/bin/mytool, path: /usr/bin/env, priority: 10 }
    - file: { path: /usr/local/bin/tool, src: /usr/local/bin/mytool, state: link }
    - file: { path: /etc/ansible/facts.d, state: directory }
    - copy: { dest: /etc/ansible/facts.d/role.fact, content: '{"kind": "web"}' }
    - hostname: { name: web9.example }
    - setup:
    - copy:
        dest: /etc/motd
        content: "{{ ansible_facts.local.role.kind }} {{ ansible_facts.fqdn }} {{ ansible_facts.distribution }}\\n"
  handlers:
    - name: Restart it
      systemd: { name: demo, state: restarted, daemon_reload: true }
`

// What is said of the host's own parts before is what is done to them, and is found as it was said.
describe.each(['bookworm', 'trixie'] as const)('users, units, mounts and names on %s', (suite) => {
  const machines = new Machines()
  const play = (...words: string[]) => machines.play(join(machines.directory, 'play.yml'), ...words)
  let rehearsal: Run

  beforeAll(async () => {
    await machines.up(['web1'], suite)
    writeFileSync(join(machines.directory, 'play.yml'), PLAY)
  })
  afterAll(() => machines.down())

  test('a dry run shows every change and makes none', async () => {
    const before = await machines.snapshot('web1')
    rehearsal = await play('--check', '--diff')
    expect(recap(rehearsal, 'web1')).toMatchObject({ failed: 0, unknown: 0, changed: 21 })
    expect(await machines.snapshot('web1')).toBe(before)
  })

  test('the run does what the dry run showed', async () => {
    const run = await play('--diff')
    expect(diffs(run)).toEqual(diffs(rehearsal))
    expect(run.stdout).not.toContain('NOT AS PREDICTED')
    expect(recap(run, 'web1')).toMatchObject({ failed: 0, changed: 21 })
    expect(await machines.ssh('web1', 'systemctl is-active demo; cat /etc/motd; hostname; id -nG ada')).toBe(
      'active\nweb web9.example Debian\nweb9.example\nada adm apps\n',
    )
  })

  test('the passphrase opens the key, and the password is the one that was given', async () => {
    const key = '/srv/a/b/deep/.ssh/id_ed25519'
    expect(await machines.ssh('web1', `ssh-keygen -y -P 'open sesame' -f ${key}`)).toContain('ssh-ed25519')
    expect(await machines.ssh('web1', 'getent shadow ada')).toContain('ada:$6$salt$hash:')
  })

  test('a second run changes nothing', async () => {
    expect(recap(await play(), 'web1')).toMatchObject({ failed: 0, changed: 0 })
  })

  test('a reboot is waited for, and all is as before', async () => {
    writeFileSync(
      join(machines.directory, 'reboot.yml'),
      '- hosts: web\n  become: true\n  gather_facts: false\n  tasks:\n    - reboot: { reboot_timeout: 120 }\n',
    )
    const run = await machines.play(join(machines.directory, 'reboot.yml'))
    expect(recap(run, 'web1')).toMatchObject({ failed: 0, changed: 1 })
    expect(await machines.ssh('web1', 'systemctl is-active demo; findmnt -no FSTYPE /srv/scratch')).toBe(
      'active\ntmpfs\n',
    )
  })
})

/** The diffs that a run printed, one after another. */
function diffs({ stdout }: Run): string[] {
  return stdout.split('\n').filter((line) => /^([-+ @~]|\w[\w ]*: .* → )/.test(line))
}
