import { describe, expect, test } from 'vitest'
import { playIn, PROJECT, withFiles } from './cli.ts'

const INVENTORY = 'all: { hosts: { h: { from_inventory: 1 } } }\n'
const WRONG = `- hosts: all
  tasks:
    - copy: { content: "{{ nope }}", dest: /x, mode: 644 }
    - meta: end_play
    - debug:
`

describe('play lint', () => {
  test('finds nothing wrong with the delivered playbooks and roles', () => {
    const { exitCode, stdout, stderr } = playIn(PROJECT, 'lint')
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' })
    expect(stderr).toMatch(/^\d+ playbooks?: 0 errors, 0 warnings\n$/)
  })

  test('looks at every playbook under playbooks/, also when one of them cannot be read', () => {
    const files = {
      'inventory.yml': INVENTORY,
      'playbooks/a.yml': '- hsots: all\n',
      'playbooks/b.yml': WRONG,
    }
    withFiles(files, (directory) => {
      const { exitCode, stdout, stderr } = playIn(directory, 'lint')
      expect(stdout).toContain("error: playbooks/a.yml:1:3: unknown keyword 'hsots'")
      expect(stdout).toContain("error: playbooks/b.yml:3:28: nothing defines 'nope'")
      expect(stdout).toContain('warning: playbooks/b.yml:5:7: this task never runs')
      expect(stderr).toMatch(/^2 playbooks: \d errors, 1 warning\n$/)
      expect(exitCode).toBe(4)
    })
  })

  test('knows the variables of the inventory and of the command line', () => {
    const playbook = '- hosts: all\n  tasks:\n    - debug: { msg: "{{ from_inventory }} {{ given }}" }\n'
    withFiles({ 'inventory.yml': INVENTORY, 'a.yml': playbook }, (directory) => {
      expect(playIn(directory, 'lint', 'a.yml', '-e', 'given=1')).toMatchObject({ exitCode: 0, stdout: '' })
      expect(playIn(directory, 'lint', 'a.yml').stdout).toContain("nothing defines 'given'")
    })
  })

  test('knows modules of one’s own by name', () => {
    const files = {
      'a.yml': '- hosts: all\n  tasks:\n    - mine: { anything: 1 }\n    - yours:\n',
      'library/mine.sh': '#!/bin/sh\n',
    }
    withFiles(files, (directory) => {
      const { stdout } = playIn(directory, 'lint', 'a.yml')
      expect(stdout).toContain("unknown module 'yours'")
      expect(stdout).not.toContain("'mine'")
    })
  })

  test('a warning alone is no failure', () => {
    withFiles({ 'a.yml': '- hosts: all\n  tasks:\n    - { debug: , when: false }\n' }, (directory) => {
      const { exitCode, stdout } = playIn(directory, 'lint', 'a.yml')
      expect(stdout).toContain('warning: a.yml:3:24: this task never runs')
      expect(exitCode).toBe(0)
    })
  })

  test('--json gives one finding a line, --output github annotations', () => {
    withFiles({ 'a.yml': WRONG }, (directory) => {
      const [first] = playIn(directory, 'lint', 'a.yml', '--json').stdout.split('\n')
      expect(JSON.parse(first!)).toEqual({
        v: 1,
        type: 'diagnostic',
        severity: 'error',
        message: "nothing defines 'nope'",
        location: { file: 'a.yml', line: 3, column: 28 },
      })
      expect(playIn(directory, 'lint', 'a.yml', '--output', 'github').stdout).toContain(
        "::error file=a.yml,line=3,col=28::nothing defines 'nope'\n",
      )
    })
  })
})
