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
  beforeAll(async () => {
    await machines.up(['one'], 'bookworm')
    writeFileSync(join(machines.directory, 'playbook.yml'), playbook)
    before = await machines.snapshot('one')
  })
  afterAll(() => machines.down())

  test('from its beginning to its end', async () => {
    const run = await machines.play('playbook.yml', '--check', '--diff')
    expect(run.stdout, run.stderr).toContain('PLAY RECAP')
    expect(run.stdout).not.toContain('failed=1')
    expect(difference(before, await machines.snapshot('one'))).toEqual([])
  })

  test.each([0, 200, 1000, 4000])('interrupted %i ms after its first word', async (milliseconds) => {
    const run = await machines.interrupted(milliseconds, 'playbook.yml', '--check', '--diff')
    expect([0, 99], run.stdout + run.stderr).toContain(run.exitCode)
    // It does not go on to the end. With nothing else to do on the machine it takes a hundredth of this.
    expect(run.took ?? 0).toBeLessThan(10_000)
    // What looks after the rest ends with the session, a moment later.
    await expect
      .poll(async () => difference(before, await machines.snapshot('one')), {
        timeout: 10_000,
        interval: 500,
      })
      .toEqual([])
    expect(await machines.ssh('one', 'ls -A /dev/shm /tmp | grep rehearsal || true')).toBe('')
  })
})

/** Lines that are in one text and not in the other. */
function difference(before: string, after: string): string[] {
  const [old, young] = [new Set(before.split('\n')), new Set(after.split('\n'))]
  return [
    ...[...old].filter((line) => !young.has(line)).map((line) => `- ${line}`),
    ...[...young].filter((line) => !old.has(line)).map((line) => `+ ${line}`),
  ]
}
