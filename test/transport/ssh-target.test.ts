import { describe, expect, test } from 'vitest'
import { sshTarget } from '../../runner/transport/ssh-target.ts'
import { Secret } from '../../runner/variables/secret.ts'

function target(variables: Record<string, unknown>): Record<string, unknown> {
  const read = sshTarget((name) => variables[name], 'web1')
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined))
}

describe("Ansible's variables describe the target", () => {
  test.each<[Record<string, unknown>, Record<string, unknown>]>([
    [{}, { host: 'web1' }],
    [{ ansible_host: '192.0.2.1' }, { host: '192.0.2.1' }],
    [{ ansible_port: 2222 }, { host: 'web1', port: 2222 }],
    [{ ansible_port: '2222' }, { host: 'web1', port: 2222 }],
    [
      { ansible_user: 'debian', ansible_ssh_user: 'admin' },
      { host: 'web1', user: 'admin' },
    ],
    [{ ansible_password: new Secret('pw') }, { host: 'web1', password: 'pw' }],
    [{ ansible_ssh_pass: 'pw' }, { host: 'web1', password: 'pw' }],
    [{ ansible_ssh_private_key_file: '~/.ssh/web' }, { host: 'web1', privateKeyFile: '~/.ssh/web' }],
    [{ ansible_host_key_checking: false }, { host: 'web1', hostKeyChecking: 'no' }],
    [{ ansible_host_key_checking: 'accept-new' }, { host: 'web1', hostKeyChecking: 'accept-new' }],
    [{ ansible_ssh_host_key_checking: 'yes' }, { host: 'web1', hostKeyChecking: 'yes' }],
    [{ ansible_ssh_timeout: 30 }, { host: 'web1', timeout: 30 }],
    [
      { ansible_ssh_common_args: '-J bastion', ansible_ssh_extra_args: "-o 'User=x y'" },
      { host: 'web1', sshArguments: ['-J', 'bastion', '-o', 'User=x y'] },
    ],
  ])('%j', (variables, expected) => {
    expect(target(variables)).toEqual({ sshArguments: [], ...expected })
  })
})

describe('a value that cannot be used is refused, naming the variable', () => {
  test.each<[Record<string, unknown>, string]>([
    [{ ansible_port: 'ssh' }, 'ansible_port cannot be "ssh"; expected a number from 1 to 65535'],
    [{ ansible_port: 70_000 }, 'ansible_port cannot be 70000'],
    [{ ansible_host: ['a'] }, 'ansible_host cannot be ["a"]; expected text'],
    [{ ansible_host_key_checking: 'maybe' }, 'expected true, false or accept-new'],
    [{ ansible_ssh_common_args: "-o 'open" }, 'with quotes closed'],
  ])('%j', (variables, message) => {
    expect(() => target(variables)).toThrow(message)
  })

  test('and never shows a secret', () => {
    expect(() => target({ ansible_port: new Secret('S3cret') })).toThrow('ansible_port cannot be ********')
  })
})
