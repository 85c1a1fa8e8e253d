import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const CLI = resolve(import.meta.dirname, '../../runner/play.js')

interface Case {
  readonly name: string
  readonly playbook: string
  readonly files?: Readonly<Record<string, string>>
  /** What the message says, word for word. */
  readonly says: readonly string[]
  readonly exitCode: number
}

const cases: readonly Case[] = [
  {
    name: 'an unknown module',
    playbook: '- hosts: localhost\n  tasks: [ { cpoy: { src: a, dest: b } } ]\n',
    says: ["error: site.yml:2:14: unknown module 'cpoy'", "hint: did you mean 'copy'?"],
    exitCode: 4,
  },
  {
    name: 'an unknown argument',
    playbook: '- hosts: localhost\n  tasks: [ { copy: { content: a, dset: /b } } ]\n',
    says: ["error: site.yml:2:34: unknown argument 'dset' of 'copy'", "hint: did you mean 'dest'?"],
    exitCode: 4,
  },
  {
    name: 'a wrong type',
    playbook: '- hosts: localhost\n  tasks: [ { copy: { content: a, dest: /b, force: maybe } } ]\n',
    says: ["error: site.yml:2:51: 'force' must be true or false, not 'maybe'"],
    exitCode: 4,
  },
  {
    name: 'a missing role',
    playbook: '- hosts: localhost\n  roles: [ ngnix ]\n',
    says: ["error: site.yml:2:12: there is no role 'ngnix'", 'hint: looked for roles/ngnix'],
    exitCode: 4,
  },
  {
    name: 'an undefined variable in a template',
    playbook:
      '- hosts: localhost\n  gather_facts: false\n  tasks: [ { template: { src: a.ejs, dest: /tmp/never } } ]\n',
    files: { 'a.ejs': 'listen <%= prot %>\n' },
    says: ["'prot' is undefined", 'a.ejs:1:12'],
    exitCode: 2,
  },
  {
    name: 'a YAML syntax error',
    playbook: '- hosts: localhost\n  tasks: [ { debug: }\n',
    says: ["error: site.yml:2:12: '{' is opened here and not closed"],
    exitCode: 4,
  },
  {
    name: 'a duplicate key',
    playbook: '- hosts: localhost\n  name: a\n  name: b\n',
    says: ["error: site.yml:3:3: duplicate key 'name'", 'hint: it was first given at site.yml:2:3'],
    exitCode: 4,
  },
  {
    name: 'a tab',
    playbook: '- hosts: localhost\n\ttasks: []\n',
    says: ['error: site.yml:2:1: a tab is used to indent'],
    exitCode: 4,
  },
  {
    name: 'an empty playbook',
    playbook: '',
    says: ['error: site.yml:1:1: the playbook is empty'],
    exitCode: 4,
  },
  {
    name: 'a host pattern that matches nothing',
    playbook: '- hosts: webb\n  tasks: [ { debug: } ]\n',
    files: { 'inventory.yml': 'web: { hosts: { web1: } }\n' },
    says: ['error: site.yml:1:10: the host pattern webb matches no host', "did you mean 'web'?"],
    exitCode: 4,
  },
  {
    name: 'a refused connection',
    playbook: '- hosts: all\n  gather_facts: false\n  tasks: [ { command: id } ]\n',
    files: { 'inventory.yml': 'all: { hosts: { h: { ansible_host: 127.0.0.1, ansible_port: 1 } } }\n' },
    says: ['fatal: [h]: UNREACHABLE!', 'connection refused'],
    exitCode: 4,
  },
]

describe('a clear message, the right exit code and no stack trace for', () => {
  let directory: string
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'bad-'))
  })
  afterAll(() => rmSync(directory, { recursive: true }))

  test.each(cases)('$name', ({ playbook, files = {}, says, exitCode }) => {
    for (const [name, text] of Object.entries({
      'inventory.yml': 'all: { hosts: { localhost: { ansible_connection: local } } }\n',
      ...files,
      'site.yml': playbook,
    })) {
      writeFileSync(join(directory, name), text)
    }
    const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, '-i', 'inventory.yml', 'site.yml'], {
      cwd: directory,
      encoding: 'utf8',
    })
    const said = stdout + stderr
    for (const each of says) expect(said).toContain(each)
    expect(said).not.toMatch(/^ {4}at /m)
    expect(status).toBe(exitCode)
  })

  test('every mistake of every file, in one go', () => {
    writeFileSync(
      join(directory, 'site.yml'),
      '- hosts: localhost\n  tsaks: []\n  tasks:\n    - cpoy: {}\n    - import_tasks: more.yml\n',
    )
    writeFileSync(join(directory, 'more.yml'), '- copy: { dset: /b }\n- debug:\n  wehn: true\n')
    const { stderr } = spawnSync(process.execPath, [CLI, 'site.yml'], { cwd: directory, encoding: 'utf8' })
    expect(stderr.match(/^error: \S+/gm)).toEqual([
      'error: more.yml:1:11:',
      'error: more.yml:3:3:',
      'error: site.yml:2:3:',
      'error: site.yml:4:7:',
    ])
  })

  test('an unknown flag', () => {
    const { status, stderr } = spawnSync(process.execPath, [CLI, '--chekc', 'site.yml'], { encoding: 'utf8' })
    expect(stderr).toContain("unknown option '--chekc'")
    expect(stderr).toContain('Did you mean --check?')
    expect(status).toBe(5)
  })
})
