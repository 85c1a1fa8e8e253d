import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Machines, recap, type Run } from './machine.ts'

const PROGRAMS = `
- hosts: web
  become: true
  gather_facts: false
  tasks:
    - apt: { name: [ufw, cron], update_cache: true }
`

// Each task changes something, alone or on top of one before it.
const PLAY = `
- hosts: web
  become: true
  gather_facts: false
  tasks:
    - ufw: { rule: limit, port: 22, proto: tcp, comment: SSH }
    - ufw: { rule: allow, port: '{{ item }}', proto: tcp }
      loop: ['443,80', '9000:9010', https]
    - ufw: { rule: allow, name: www full, from: 10.0.0.0/255.0.0.0 }
    - ufw: { rule: allow, port: 22, proto: tcp, from: '{{ item }}', insert: 0, insert_relative_to: "{{ 'first-ipv6' if ':' in item else 'first-ipv4' }}" }
      loop: [10.1.2.3/8, '2001:DB8::1/64']
    - ufw: { default: reject, direction: routed }
    - ufw: { logging: medium }
    - ufw: { state: enabled }
    - sysctl: { name: net.ipv4.tcp_fin_timeout, value: 31, sysctl_file: /etc/sysctl.d/60-x.conf, sysctl_set: true }
    - cron: { name: job, job: "echo '1 $x'", minute: '*/5' }
    - cron: { name: PATH, job: /usr/bin:/bin, env: true, user: debian }
    - cron: { name: file, job: echo f, cron_file: ours, user: root, hour: 3 }
    - file: { path: /srv/parts, state: directory, mode: '0750', owner: debian }
    - copy: { content: "{{ item }}\\n", dest: '/srv/parts/{{ item }}' }
      loop: [b, a]
    - assemble: { src: /srv/parts, dest: /srv/assembled, delimiter: '---' }
    - copy: { src: /srv/assembled, dest: /srv/whole, remote_src: true, force: false }
    - lineinfile: { path: /srv/whole, line: c, insertbefore: BOF }
    - blockinfile: { path: /srv/whole, block: "x\\nz", insertafter: '^---' }
    - replace: { path: /srv/whole, regexp: '^b$', replace: B }
    - ini_file: { path: /srv/new/app.ini, section: a, option: b, value: c, mode: '0640' }
    - slurp: { src: /srv/whole }
      register: whole
    - copy: { content: "{{ whole.content | b64decode }}", dest: /srv/copied }
    - find: { paths: [/srv/parts, /srv/new], recurse: true, patterns: '*' }
      register: found
    - copy: { content: "{{ found.files | map(attribute='path') | sort | join(' ') }}", dest: /srv/list }
    - file: { path: '/srv/{{ item }}', state: directory }
      loop: [here, there]
    - unarchive: { src: app.tgz, dest: /srv/here }
    - copy: { src: app.tgz, dest: /srv/app.tgz }
    - unarchive: { src: /srv/app.tgz, dest: /srv/there, remote_src: true, owner: debian, extra_opts: --strip-components=1 }
    - copy: { src: /srv/here/, dest: /srv/tree, remote_src: true }
    - get_url: { url: 'file:///etc/hostname', dest: /srv/name, mode: '0600' }
    - file: { path: /srv/link, src: whole, state: link, owner: debian }
    - fetch: { src: /srv/list, dest: fetched/, flat: true }
`

// All but slurp and find, which only look.
const CHANGES = 29

// What a dry run of files, archives, jobs and the firewall shows is what the run does.
describe.each(['bookworm', 'trixie'] as const)('files, archives, jobs and the firewall on %s', (suite) => {
  const machines = new Machines()
  const file = (name: string) => join(machines.directory, name)
  let rehearsal: Run

  beforeAll(async () => {
    await machines.up(['web1'], suite)
    writeFileSync(file('programs.yml'), PROGRAMS)
    writeFileSync(file('play.yml'), PLAY)
    mkdirSync(file('files'))
    mkdirSync(file('app/bin'), { recursive: true })
    writeFileSync(file('app/bin/run'), '#!/bin/sh\n', { mode: 0o755 })
    writeFileSync(file('app/größe'), 'x')
    execFileSync('tar', ['-czf', 'files/app.tgz', '--owner=nobody:65534', '--group=4711:4711', 'app'], {
      cwd: machines.directory,
    })
    const run = await machines.play(file('programs.yml'))
    expect(run.exitCode, run.stdout + run.stderr).toBe(0)
  })
  afterAll(() => machines.down())

  test('a dry run shows every change and makes none', async () => {
    const before = await machines.snapshot('web1')
    rehearsal = await machines.play(file('play.yml'), '--check', '--diff')
    expect(recap(rehearsal, 'web1'), rehearsal.stdout).toMatchObject({
      failed: 0,
      unknown: 0,
      changed: CHANGES,
    })
    expect(await machines.snapshot('web1')).toBe(before)
  })

  test('the run does what the dry run showed', async () => {
    const run = await machines.play(file('play.yml'), '--diff')
    expect(run.stdout).not.toContain('NOT AS PREDICTED')
    expect(recap(run, 'web1'), run.stdout).toMatchObject({ failed: 0, changed: CHANGES })
    expect(diffs(run)).toEqual(diffs(rehearsal))
  })

  test('and that is what is there', async () => {
    expect(
      await machines.ssh('web1', 'cat /srv/whole; crontab -l; cat /proc/sys/net/ipv4/tcp_fin_timeout'),
    ).toBe(
      "c\na\n---\n# BEGIN ANSIBLE MANAGED BLOCK\nx\nz\n# END ANSIBLE MANAGED BLOCK\nB\n#Ansible: job\n*/5 * * * * echo '1 $x'\n31\n",
    )
    const status = await machines.ssh('web1', 'ufw status verbose')
    expect(status).toMatch(
      /Status: active\nLogging: on \(medium\)\nDefault: deny \(incoming\), allow \(outgoing\)/,
    )
    expect(status.indexOf('10.0.0.0/8')).toBeLessThan(status.indexOf('80,443/tcp'))
    expect(readFileSync(file('fetched/list'), 'utf8')).toBe('/srv/new/app.ini /srv/parts/a /srv/parts/b')
  })

  test('a second run changes nothing', async () => {
    const run = await machines.play(file('play.yml'), '--diff')
    expect(recap(run, 'web1'), run.stdout).toMatchObject({ failed: 0, changed: 0 })
  })
})

/** The diffs that a run printed, one after another. */
function diffs({ stdout }: Run): string[] {
  return stdout.split('\n').filter((line) => /^(---|\+\+\+|[-+ @]|\w[\w ]*: .* → )/.test(line))
}
