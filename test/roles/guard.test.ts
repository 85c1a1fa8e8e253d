import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const text = readFileSync(resolve(import.meta.dirname, '../../roles/guard/templates/guard.ejs'), 'utf8')

/** The guard's script, on files of the test's own, with a systemctl that says what it is to say. */
describe('the guard', () => {
  let root: string
  const at = (...names: string[]) => join(root, ...names)
  const program = (name: string, lines: string) =>
    writeFileSync(at('bin', name), `#!/bin/sh\n${lines}\n`, { mode: 0o755 })

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'guard-'))
    for (const name of ['bin', 'lib', 'state', 'etc']) mkdirSync(at(name))
    program('systemctl', 'echo running')
    writeFileSync(
      at('guard'),
      text
        .replaceAll('/var/lib/rehearsal-guard', at('state'))
        .replaceAll('/usr/local/lib/rehearsal-guard', at('lib')),
    )
    writeFileSync(
      at('lib/sshd'),
      `paths='${at('one')} ${at('etc')}'\napply() {\n    : > ${at('applied')}\n}\n`,
    )
    write('old')
  })
  afterEach(() => rmSync(root, { recursive: true }))

  const write = (content: string) => {
    writeFileSync(at('one'), content)
    writeFileSync(at('etc', content), content)
  }
  const guard = (verb: string) =>
    spawnSync('sh', [at('guard'), verb, 'sshd'], {
      env: { PATH: `${at('bin')}:/usr/bin:/bin` },
      encoding: 'utf8',
    })
  const isAsBefore = () =>
    readFileSync(at('one'), 'utf8') === 'old' && existsSync(at('etc/old')) && !existsSync(at('etc/new'))

  test('puts back what was there before', () => {
    guard('save')
    write('new')
    expect(isAsBefore()).toBe(false)
    expect(guard('back').stdout).toContain('sshd is as it was before')
    expect(isAsBefore()).toBe(true)
    expect(existsSync(at('applied')) && existsSync(at('state/sshd/taken-back'))).toBe(true)
  })

  test('keeps a change that is confirmed, and puts back the next one', () => {
    guard('save')
    write('new')
    guard('keep')
    guard('back')
    expect(readFileSync(at('one'), 'utf8')).toBe('new')
    expect(existsSync(at('state/sshd/taken-back'))).toBe(false)
  })

  test('keeps what it has saved when the host is started anew before anybody has confirmed', () => {
    guard('save')
    write('new')
    program('systemctl', 'echo stopping')
    guard('keep')
    guard('save')
    guard('back')
    expect(isAsBefore()).toBe(true)
  })

  test('goes on where the power failed while it was putting things back', () => {
    guard('save')
    write('new')
    program('cp', 'kill -9 $PPID')
    guard('back')
    expect(existsSync(at('one'))).toBe(false)
    rmSync(at('bin/cp'))
    guard('save')
    guard('back')
    expect(isAsBefore()).toBe(true)
    guard('back')
    expect(isAsBefore()).toBe(true)
  })

  test('that has acted once can be armed again', () => {
    guard('save')
    guard('back')
    rmSync(at('state/sshd/taken-back'), { recursive: true })
    guard('save')
    write('new')
    guard('back')
    expect(isAsBefore()).toBe(true)
  })
})
