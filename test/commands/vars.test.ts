import { describe, expect, test } from 'vitest'
import { playIn, withFiles } from './cli.ts'

const FILES = {
  'inventory.yml': `all:
  vars: { port: 1, plain: "from all" }
  children:
    web: { hosts: { h: { port: 3, path: "{{ base }}/x" } } }
`,
  'group_vars/web.yml': 'port: 2\nbase: /srv\n',
  'site.yml': `- hosts: web
  name: Web
  vars:
    port: 4
  vars_files: [more.yml]
  roles: [r]
- hosts: other
`,
  'more.yml': 'from_file: yes\n',
  'roles/r/defaults/main.yml': 'port: 0\nfrom_role: "{{ ansible_facts.os_family }}"\n',
  'roles/r/tasks/main.yml': '- debug:\n',
}

describe('play vars', () => {
  test('says where a value was written and what it overrides, highest first', () => {
    withFiles(FILES, (directory) => {
      const { stdout } = playIn(directory, 'vars', 'h', 'port', '-p', 'site.yml', '-e', 'port=5')
      expect(stdout).toBe(`port: "5"
    -e:1:1 (extra vars)
    overrides 4 of site.yml:4:5 (play vars)
    overrides 3 of inventory.yml:4:32 (inventory.yml host h)
    overrides 2 of group_vars/web.yml:1:7 (group_vars/web)
    overrides 1 of inventory.yml:2:17 (inventory.yml group all)
    overrides 0 of roles/r/defaults/main.yml:1:1 (role r defaults)
`)
    })
  })

  test('evaluates templates and shows how they were written; what needs facts says so', () => {
    withFiles(FILES, (directory) => {
      const { stdout } = playIn(directory, 'vars', 'h', '-p', 'site.yml')
      expect(stdout).toContain(
        'path: "/srv/x"\n    inventory.yml:4:41 (inventory.yml host h)\n    written as "{{ base }}/x"\n',
      )
      expect(stdout).toContain(
        'from_role: "{{ ansible_facts.os_family }}"\n    roles/r/defaults/main.yml:2:1 (role r defaults)\n    cannot be told here: ',
      )
      expect(stdout).toContain('from_file: true\n    more.yml:1:1 (vars file more.yml)\n')
      expect(stdout).not.toContain('inventory_hostname')
    })
  })

  test('without a playbook it knows what the inventory says', () => {
    withFiles(FILES, (directory) => {
      const { stdout } = playIn(directory, 'vars', 'h', 'port', '--json')
      expect(JSON.parse(stdout)).toMatchObject({
        name: 'port',
        value: 3,
        from: { layer: 'inventory.yml host h', location: { file: 'inventory.yml', line: 4, column: 32 } },
        overrides: [{ value: 2 }, { value: 1 }],
      })
    })
  })

  test('masks secrets, also inside other values', () => {
    withFiles({ ...FILES, password: 'open sesame' }, (directory) => {
      const key = ['--vault-password-file', 'password']
      const vaulted = playIn(
        directory,
        'vault',
        'encrypt-string',
        '-n',
        'token',
        'hunter2hunter2',
        ...key,
      ).stdout
      withFiles(
        { ...FILES, password: 'open sesame', 'group_vars/web.yml': `${vaulted}url: "x?t={{ token }}"\n` },
        (secretive) => {
          const { stdout } = playIn(secretive, 'vars', 'h', ...key)
          expect(stdout).toContain('token: "********"')
          expect(stdout).toContain('url: "********"')
          expect(stdout).not.toContain('hunter2')
        },
      )
    })
  })

  test.each([
    [['nobody'], "the inventory has no host 'nobody'"],
    [['h', 'prot'], "no variable 'prot'\nhint: did you mean 'port'?"],
  ])('%j is a mistake that is explained', (words, message) => {
    withFiles(FILES, (directory) => {
      const { exitCode, stderr } = playIn(directory, 'vars', ...words)
      expect(stderr).toContain(message)
      expect(exitCode).toBe(4)
    })
  })
})
