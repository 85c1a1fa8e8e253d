import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
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
