import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Machines } from './machine.ts'

const OTHER_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJY7GuSPRkXxmSCCFsoRkuyy4RGPDuMCTSpTyoGhAbEi'

// What a user meets whose host is not who it was, or who may not become root there. Nothing is touched.
describe('a host is refused, with the reason and what to do,', () => {
  const machines = new Machines()
  const file = (name: string) => join(machines.directory, name)

  beforeAll(async () => {
    await machines.up(['web1'], 'bookworm')
    await machines.ssh(
      'web1',
      `useradd -m carol && echo 'carol:right horse' | chpasswd && echo 'carol ALL=(ALL) ALL' > /etc/sudoers.d/carol && cp -r /root/.ssh /home/carol/ && chown -R carol /home/carol/.ssh`,
    )
    writeFileSync(
      file('touch.yml'),
      '- hosts: all\n  gather_facts: false\n  become: true\n  tasks:\n    - copy: { dest: /touched, content: "" }\n',
    )
  })
  afterAll(() => machines.down())

  const untouched = async () =>
    expect(await machines.ssh('web1', 'ls /touched 2>&1 || true')).toContain('No such file')

  test('when its key has changed', async () => {
    const { address, privateKeyFile } = machines.host('web1')
    writeFileSync(file('known_hosts.changed'), `${address} ${OTHER_KEY}\n`)
    writeFileSync(
      file('inventory.yml'),
      JSON.stringify({
        all: {
          hosts: {
            web1: {
              ansible_host: address,
              ansible_user: 'root',
              ansible_ssh_private_key_file: privateKeyFile,
              ansible_ssh_common_args: `-o UserKnownHostsFile=${file('known_hosts.changed')}`,
            },
          },
        },
      }),
    )
    const { exitCode, stdout } = await machines.play(file('touch.yml'))
    expect(stdout).toContain('UNREACHABLE!')
    expect(stdout).toMatch(/host key .* changed|changed host key/i)
    expect(stdout).toContain(`${file('known_hosts.changed')}:1`)
    expect(exitCode).toBe(4)
    await untouched()
  })

  test('when the become password is wrong', async () => {
    const { address, privateKeyFile, hostKeys } = machines.host('web1')
    writeFileSync(file('known_hosts'), `${hostKeys.join('\n')}\n`)
    const inventory = (password: string) =>
      JSON.stringify({
        all: {
          hosts: {
            web1: {
              ansible_host: address,
              ansible_user: 'carol',
              ansible_become_password: password,
              ansible_ssh_private_key_file: privateKeyFile,
              ansible_ssh_common_args: `-o UserKnownHostsFile=${file('known_hosts')}`,
            },
          },
        },
      })
    writeFileSync(file('inventory.yml'), inventory('wrong horse'))
    const { exitCode, stdout, stderr } = await machines.play(file('touch.yml'), '-vvv')
    expect(stdout).toMatch(/FAILED!/)
    expect(stdout).toMatch(/password/i)
    expect(stdout + stderr).not.toContain('wrong horse')
    expect(exitCode).toBe(2)
    await untouched()

    writeFileSync(file('inventory.yml'), inventory('right horse'))
    const { exitCode: fine, stdout: said } = await machines.play(file('touch.yml'), '-vvv')
    expect(fine, said).toBe(0)
    expect(said).not.toContain('right horse')
  })
})
