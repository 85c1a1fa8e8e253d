import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Machines } from './machine.ts'

const UNIT = `[Service]
ExecStart=/bin/sleep infinity
ExecReload=/bin/sh -c 'cat /etc/reloads.conf >> /var/log/reloads'
`
const PLAYBOOK = `
- name: site
  hosts: all
  gather_facts: false
  become: true
  tasks:
    - { copy: { dest: /etc/systemd/system/reloads.service, content: ${JSON.stringify(UNIT)} } }
    - { systemd: { name: reloads, state: started, daemon_reload: true } }
    - { name: Configure, copy: { dest: /etc/reloads.conf, content: "{{ setting }}\\n" }, notify: Reload }
    - { name: Check, command: test -e /mended }
  handlers:
    - { name: Reload, systemd: { name: reloads, state: reloaded } }
`

// A site that fails between the change of a file and the reload it asks for, on a host where sudo makes root.
describe('a handler that a failed run did not come to', () => {
  const machines = new Machines()
  const said = async (command: string) => (await machines.ssh('web1', `${command} || true`)).trim()
  const journal = () => said('ls -l /var/lib/rehearsal/* 2>/dev/null')
  const reloads = () => said('cat /var/log/reloads 2>/dev/null')
  const site = (...words: string[]) =>
    machines.play(machines.write('site.yml', PLAYBOOK), '-u', 'carol', '-e', 'setting=new', ...words)

  beforeAll(async () => {
    await machines.up(['web1'], 'trixie')
    await machines.ssh(
      'web1',
      `useradd -m carol && echo 'carol ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/carol && cp -r /root/.ssh /home/carol/ && chown -R carol /home/carol/.ssh`,
    )
  })
  afterAll(() => machines.down())

  test('is kept there by a run that fails, and by nothing else', async () => {
    await site('--check')
    expect(await journal()).toBe('')
    const { exitCode, stderr } = await site()
    expect([exitCode, await reloads()]).toEqual([2, ''])
    expect(stderr).toContain("[web1]: handler 'Reload' is kept for the next run")
    expect(await journal()).toMatch(
      /^-rw------- 1 root root .* \/var\/lib\/rehearsal\/pending-handlers\.json$/,
    )
  })

  test('is shown by a dry run, with the reason', async () => {
    await machines.ssh('web1', 'touch /mended')
    const { stdout } = await site('--check')
    expect(stdout).toContain('RUNNING HANDLER [Reload]')
    expect(stdout).toMatch(/notified by an earlier run, which failed before this: \S*site\.yml:9 \(web1\)/)
    expect(await reloads()).toBe('')
  })

  test('runs with the next run, although nothing changed, and once', async () => {
    const { exitCode, stdout } = await site()
    expect([exitCode, await reloads()]).toEqual([0, 'new'])
    expect(stdout).toMatch(/web1 +: ok=\d+ +changed=2 /)
    expect(await journal()).toBe('')
    expect((await site()).stdout).not.toContain('RUNNING HANDLER')
    expect(await reloads()).toBe('new')
  })
})
