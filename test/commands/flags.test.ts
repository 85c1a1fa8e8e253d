import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { playIn, playWith, write } from './cli.ts'

const FILES = {
  'hosts.yml': 'all: { hosts: { one: { ansible_connection: local } } }',
  'site.yml': `
- hosts: all
  gather_facts: false
  tasks:
    - { name: install, debug: , tags: [configure, web] }
    - { name: start, debug: , tags: deploy }
    - include_tasks: more.yml`,
  'more.yml': '- { name: inside, debug: , tags: [deep] }',
  'three.yml': `
- hosts: all
  gather_facts: false
  tasks: [{ name: one, debug: }, { name: two, debug: }, { name: three, debug: }, { name: four, debug: }]`,
  'sudo.yml': `
- hosts: all
  gather_facts: false
  become: true
  become_method: sduo
  tasks: [{ command: "true" }]`,
}

const cases: readonly [words: string, says: string, exitCode: number][] = [
  ['circle', "error: there is no playbook 'circle': looked for ./circle and playbooks/circle", 4],
  ['directory', 'error: directory is a directory, not a playbook', 4],
  [
    'sit.yml',
    "error: there is no playbook 'sit.yml': looked for ./sit.yml and playbooks/sit.yml; did you mean 'site.yml'?",
    4,
  ],
  [
    'lnit',
    "error: there is no playbook 'lnit': looked for ./lnit and playbooks/lnit; did you mean 'lint'?",
    4,
  ],
  ['site.yml -e @missing.yml', 'error: missing.yml:1:1: cannot read the file: there is no such file', 4],
  ['site.yml -e @directory', 'error: directory:1:1: cannot read the file: it is a directory', 4],
  ['site.yml --forks 0', "error: --forks must be a whole number from 1 on, not '0'", 5],
  ['site.yml --timeout soon', "error: --timeout must be a whole number from 1 on, not 'soon'", 5],
  ['site.yml --task-timeout=-1', "error: --task-timeout must be a whole number from 0 on, not '-1'", 5],
  [
    'site.yml --become-method sduo',
    "error: --become-method is one of sudo, su, doas, not 'sduo'; did you mean 'sudo'?",
    5,
  ],
  [
    'site.yml -c telnet',
    "error: --connection is one of ssh, local, smart, paramiko, paramiko_ssh, ssh2, not 'telnet'",
    5,
  ],
  ['site.yml --plan directory', 'error: the plan cannot be written to directory: it is a directory', 4],
  [
    'site.yml --plan none/x.plan',
    'error: the plan cannot be written to none/x.plan: none: there is no such directory',
    4,
  ],
  ['apply missing.plan', 'error: missing.plan cannot be used: there is no such file', 4],
  ['vault view missing.yml', 'error: cannot read missing.yml: there is no such file', 4],
  ['site.yml -t deplyo', "[WARNING]: no task has the tag 'deplyo'; did you mean 'deploy'?", 0],
  [
    'site.yml -t nothing',
    "[WARNING]: no task has the tag 'nothing'; there are configure, deep, deploy, web",
    0,
  ],
  [
    'site.yml --skip-tags confgure',
    "[WARNING]: no task has the tag 'confgure'; did you mean 'configure'?",
    0,
  ],
  [
    'site.yml --start-at-task instal',
    "error: no task matches --start-at-task 'instal'; did you mean 'install'?",
    5,
  ],
]

describe('play', () => {
  let directory: string
  const play = (words: string) => {
    const [first = '', ...others] = words.split(' ')
    const inventory = first.endsWith('.yml') ? ['-i', 'hosts.yml'] : []
    return playIn(directory, first, ...others, ...inventory)
  }
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'flags-'))
    write(directory, FILES)
    mkdirSync(join(directory, 'directory'))
    symlinkSync('circle', join(directory, 'circle'))
  })
  afterAll(() => rmSync(directory, { recursive: true }))

  test.each(cases)('%s: %s', (words, says, exitCode) => {
    const done = play(words)
    expect(done.stderr.split('\n')).toContain(says)
    expect(done.exitCode).toBe(exitCode)
  })

  test('tags that stand somewhere are no mistake, also where a run passes over them', () => {
    expect(play('site.yml -t web,deep').stderr).toBe('')
    expect(play('site.yml --skip-tags deep,configure').stderr).toBe('')
    expect(play('site.yml -t untagged').stderr).toBe('')
  })

  test('--step without anybody who answers runs nothing and ends', () => {
    const { stdout, exitCode } = play('site.yml --step')
    expect(stdout).not.toContain('TASK [')
    expect(exitCode).toBe(0)
  })

  test('--step asks before each task, and goes on by itself when told so', () => {
    const done = playWith('n\ny\nc\n', directory, 'three.yml', '-i', 'hosts.yml', '--step')
    expect(done.stderr).toContain('Perform task: TASK: one (N)o/(y)es/(c)ontinue: ')
    expect(done.stdout.match(/TASK \[\w+\]/g)).toEqual(['TASK [two]', 'TASK [three]', 'TASK [four]'])
  })

  test('a become method that there is none of is told where it stands', () => {
    const { stdout, exitCode } = play('sudo.yml')
    expect(stdout).toContain("there is no become method 'sduo' (sudo.yml:5:18); it is 'sudo', 'su' or 'doas'")
    expect(exitCode).toBe(2)
  })
})
