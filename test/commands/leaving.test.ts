import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { PROJECT, withFiles } from './cli.ts'

const about = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as { version: string }
const CLI = join(PROJECT, 'runner/play.js')

test('a current directory that was removed is told', () => {
  withFiles({}, (directory) => {
    const gone = join(directory, 'gone')
    mkdirSync(gone)
    const { stderr, status } = spawnSync(
      '/bin/sh',
      ['-c', 'rmdir "$PWD" && exec "$@"', 'sh', process.execPath, CLI, 'doc'],
      { cwd: gone, encoding: 'utf8' },
    )
    expect(stderr).toBe(
      `error: the current directory (${gone}) is not there any more; go to another one and try again\n`,
    )
    expect(status).toBe(5)
  })
})

test('whoever reads only the beginning of the help has seen enough', () => {
  const pipeline = 'set -o pipefail; "$@" --help | true; echo ${PIPESTATUS[0]}'
  const { stdout, stderr } = spawnSync('/bin/bash', ['-c', pipeline, 'bash', process.execPath, CLI], {
    encoding: 'utf8',
  })
  expect({ stdout, stderr }).toEqual({ stdout: '0\n', stderr: '' })
})

test('--version names the program and its Node', () => {
  const { stdout } = spawnSync(process.execPath, [CLI, '--version'], { encoding: 'utf8' })
  expect(stdout).toBe(`play ${about.version} (Node ${process.versions.node})\n`)
})

describe('the first Ctrl-C', () => {
  test.each([
    [
      'ends a command and says so',
      'shell: touch begun; sleep 60; touch survived',
      /\[one\]: FAILED![^]*interrupted/,
    ],
    ['ends a wait', 'wait_for: { path: never }', /RECAP[^]*one +: ok=1 .*failed=0/],
    [
      'ends what is tried again',
      'command: test -e never\n      retries: 100\n      delay: 60\n      until: false',
      /RECAP[^]*one +: ok=1 .*failed=0/,
    ],
  ])(
    '%s',
    async (_, task, says) => {
      const directory = mkdtempSync(join(tmpdir(), 'leaving-'))
      try {
        writeFileSync(
          join(directory, 'site.yml'),
          `- hosts: all\n  gather_facts: false\n  tasks:\n    - file: { path: "{{ playbook_dir }}/begun", state: touch }\n    - ${task}\n    - file: { path: "{{ playbook_dir }}/later", state: touch }\n`,
        )
        const child = spawn(process.execPath, [CLI, '-i', 'one,', '-c', 'local', 'site.yml'], {
          cwd: directory,
        })
        const ended = once(child, 'close')
        let said = ''
        for (const stream of [child.stdout, child.stderr])
          stream.on('data', (data: Buffer) => (said += data.toString()))
        while (!existsSync(join(directory, 'begun'))) await sleep(50)
        await sleep(1000)
        child.kill('SIGINT')
        await ended
        expect(child.exitCode, said).toBe(99)
        expect(said).toMatch(says)
        expect(readdirSync(directory).sort()).toEqual(['begun', 'site.yml'])
      } finally {
        rmSync(directory, { recursive: true, force: true })
      }
      // Each of them would take a minute at least.
    },
    45_000,
  )
})

test('Ctrl-C keeps the handlers that are owed, and says so; where that cannot be, it says that', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'leaving-'))
  const journal = join(directory, 'kept', 'pending.json')
  const interrupted = async (to: string) => {
    rmSync(join(directory, 'begun'), { force: true })
    const child = spawn(process.execPath, [CLI, '-i', 'one,', '-c', 'local', 'site.yml'], {
      cwd: directory,
      env: { ...process.env, REHEARSAL_JOURNAL: to },
    })
    const ended = once(child, 'close')
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => (said += data.toString()))
    while (!existsSync(join(directory, 'begun'))) await sleep(50)
    await sleep(500)
    child.kill('SIGINT')
    await ended
    expect(child.exitCode, said).toBe(99)
    return said
  }
  try {
    writeFileSync(
      join(directory, 'site.yml'),
      `- name: site
  hosts: all
  gather_facts: false
  tasks:
    - { command: "true", notify: Reload }
    - { shell: "touch begun; sleep 60", notify: Restart }
  handlers:
    - { name: Reload, debug: }
    - { name: Restart, debug: }
    - { name: Never, debug: }
`,
    )
    const said = await interrupted(journal)
    expect(said).toContain("[one]: handler 'Reload' is kept for the next run")
    expect(said).toContain("[one]: handler 'Restart' is kept for the next run")
    const kept = JSON.parse(readFileSync(journal, 'utf8')) as { handler: string }[]
    expect(kept.map(({ handler }) => handler)).toEqual(['Reload', 'Restart'])
    expect(await interrupted('/dev/null/pending.json')).toContain(
      "[one]: handler 'Reload' is owed and cannot be kept on the host",
    )
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}, 45_000)

test('the second Ctrl-C kills what runs on this machine, and says what it leaves', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'leaving-'))
  try {
    writeFileSync(
      join(directory, 'site.yml'),
      `- hosts: localhost
  gather_facts: false
  tasks:
    - shell: trap '' TERM; touch begun; sleep 4; touch survived
`,
    )
    const child = spawn(process.execPath, [CLI, 'site.yml'], { cwd: directory })
    const ended = once(child, 'close')
    let said = ''
    child.stderr.on('data', (data: Buffer) => (said += data.toString()))
    while (!existsSync(join(directory, 'begun'))) await sleep(50)
    child.kill('SIGINT')
    while (!said.includes('once more')) await sleep(20)
    child.kill('SIGINT')
    await ended
    expect(child.exitCode).toBe(99)
    expect(said).toContain(
      'left at once: what was under way on this machine is killed; on other hosts it may go on',
    )
    await sleep(4500)
    expect(existsSync(join(directory, 'survived'))).toBe(false)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}, 30_000)
