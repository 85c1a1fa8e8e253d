import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Machines } from './machine.ts'

// Everything at once that a dry run looks at: files, validation, packages, services, users to come.
const playbook = `
- hosts: all
  become: true
  tasks:
    - user: { name: someone }
    - copy: { dest: ~/file, content: "x\\n" }
      become_user: someone
    - copy: { dest: /etc/sudoers.d/someone, content: "someone ALL=(ALL) ALL\\n", validate: visudo -cf %s }
    - file: { path: /etc/motd, state: absent }
    - apt: { name: [nginx-light, tree], update_cache: true }
    - service: { name: nginx, state: started, enabled: true }
    - lineinfile: { path: /etc/nginx/nginx.conf, line: "# ours" }
    - command: touch /never
    - wait_for: { port: 22 }
`

describe('a dry run leaves a machine as it was', () => {
  const machines = new Machines()
  let before: string
  let running: string[]
  beforeAll(async () => {
    await machines.up(['one'], 'bookworm')
    writeFileSync(join(machines.directory, 'playbook.yml'), playbook)
    before = await machines.snapshot('one')
    running = await processes()
  })
  afterAll(() => machines.down())

  test('from its beginning to its end', async () => {
    const run = await machines.play('playbook.yml', '--check', '--diff')
    expect(run.stdout, run.stderr).toContain('PLAY RECAP')
    expect(run.stdout).not.toContain('failed=1')
    expect(difference(before, await machines.snapshot('one'))).toEqual([])
  })

  test.each([
    ['SIGINT', 0],
    ['SIGINT', 200],
    ['SIGINT', 1000],
    ['SIGINT', 2000],
    ['SIGTERM', 500],
    ['SIGTERM', 1500],
  ] as const)('interrupted by %s, %i ms after its first word', async (signal, milliseconds) => {
    const run = await machines.interrupted(milliseconds, signal, 'playbook.yml', '--check', '--diff')
    expect([0, 99], run.stdout + run.stderr).toContain(run.exitCode)
    // It does not go on to the end. With nothing else to do on the machine it takes a fiftieth of this.
    expect(run.took ?? 0).toBeLessThan(5000)
    await isAsBefore()
  })

  test.each([200, 700, 1500])('when it is killed, %i ms after its first word', async (milliseconds) => {
    const run = await machines.interrupted(milliseconds, 'SIGKILL', 'playbook.yml', '--check', '--diff')
    expect(run.stdout).not.toContain('PLAY RECAP')
    await isAsBefore()
  })

  test.each([200, 1000])('when the connection is cut, %i ms after its first word', async (milliseconds) => {
    const loginsBefore = await logins()
    let cut: Promise<unknown> = Promise.resolve()
    const run = await machines.interrupted(
      milliseconds,
      // This connection is cut with the others.
      () =>
        (cut = machines
          .fresh('one', "pkill -KILL -f '^sshd(-session)?: [a-z]+(@| .priv)'")
          .catch(() => undefined)),
      'playbook.yml',
      '--check',
      '--diff',
    )
    await cut
    expect(run.stdout, run.stderr).toContain('PLAY RECAP')
    expect((await logins()) - loginsBefore, run.stdout).toBe(2)
    expect(run.stdout).not.toContain('failed=1')
    await isAsBefore()
  })

  // What looks after the rest ends with the session, a moment later.
  async function isAsBefore(): Promise<void> {
    const patience = { timeout: 10_000, interval: 500 }
    await expect.poll(processes, patience).toEqual(running)
    await expect.poll(async () => difference(before, await machines.snapshot('one')), patience).toEqual([])
    expect(await machines.ssh('one', 'ls -A /dev/shm /tmp | grep rehearsal || true')).toBe('')
  }

  /** How often the program under test has logged in. */
  async function logins(): Promise<number> {
    const { user } = machines.host('one')
    return Number(
      await machines.ssh(
        'one',
        `journalctl -t sshd -t sshd-session | grep -c "Accepted .* for ${user} " || true`,
      ),
    )
  }

  /** What runs on the machine, but for the kernel's own and what a login brings. */
  async function processes(): Promise<string[]> {
    const all = await machines.ssh(
      'one',
      "for each in /proc/[0-9]*; do tr '\\0' ' ' < $each/cmdline; echo; done 2>/dev/null | sort -u",
    )
    return all.split('\n').filter((line) => line !== '' && !/^(sshd|tr |bash -c for |sort )/.test(line))
  }
})

/** Lines that are in one text and not in the other. */
function difference(before: string, after: string): string[] {
  const [old, young] = [new Set(before.split('\n')), new Set(after.split('\n'))]
  return [
    ...[...old].filter((line) => !young.has(line)).map((line) => `- ${line}`),
    ...[...young].filter((line) => !old.has(line)).map((line) => `+ ${line}`),
  ]
}
