import { describe, expect, test } from 'vitest'
import { absentEffects, fileEffects } from '../../runner/host/files.ts'
import command from '../../runner/modules/command.ts'
import script from '../../runner/modules/script.ts'
import shell from '../../runner/modules/shell.ts'
import type { AnyModule } from '../../runner/modules/module.ts'
import type { World } from '../../runner/modules/outcome.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { localWorld } from './local-world.ts'
import { type Host, plan } from './harness.ts'

const host: Host = {
  files: { '/srv/there': '', '/tmp/x': '' },
  author: { 'do.sh': '#!/bin/sh\nprintf "%s|" "$0" "$@"; pwd\n' },
}

async function run(module: AnyModule, args: Dict, world: World = localWorld()): Promise<Dict> {
  const { outcome } = plan(module, args, host)
  if (outcome.type !== 'opaque') throw new Error(JSON.stringify(outcome))
  return outcome.perform(world)
}

describe('a command', () => {
  test.each<[string, Dict, string]>([
    ['gets its words', { cmd: `printf '%s|' a 'b c' "d"` }, 'a|b c|d|'],
    ['goes through no shell', { cmd: 'echo a > b; $(id) * && x' }, 'a > b; $(id) * && x'],
    [
      'may be words already',
      { argv: ['printf', '%s|', 'a b', '$HOME'], expand_argument_vars: false },
      'a b|$HOME|',
    ],
    ['has variables of the environment expanded', { cmd: 'echo ${TESTED}x $NOT_SET' }, 'yesx $NOT_SET'],
    ['is the program, not what is built into a shell', { cmd: `echo 'a\\nb'` }, 'a\\nb'],
    ['runs where it is told to', { cmd: 'pwd', chdir: '/tmp' }, '/tmp'],
    ['reads what it is given', { cmd: 'cat', stdin: 'text' }, 'text'],
    ['reads exactly what it is given', { cmd: 'wc -c', stdin: 'text', stdin_add_newline: false }, '4'],
    ['loses empty lines at the end', { cmd: `printf 'a\\n\\n'` }, 'a'],
  ])('%s', async (_, args, stdout) => {
    process.env['TESTED'] = 'yes'
    expect(await run(command, args)).toMatchObject({ rc: 0, stdout, changed: true, stderr: '' })
  })

  test.each([
    [
      'is not there',
      { cmd: 'no-such-program x' },
      2,
      "[Errno 2] No such file or directory: b'no-such-program'",
    ],
    ['may not be run', { cmd: '/etc/passwd' }, 13, "[Errno 13] Permission denied: b'/etc/passwd'"],
  ])('that %s has said nothing', async (_, args, rc, msg) => {
    const result = await run(command, args)
    expect(result).toMatchObject({ failed: true, changed: false, rc, msg, stdout: '', stderr: '' })
  })

  test('that ends with 127 of its own has run', async () => {
    const result = await run(command, { argv: ['sh', '-c', 'echo sorry >&2; exit 127'] })
    expect(result).toMatchObject({ failed: true, changed: true, rc: 127, stderr: 'sorry' })
  })

  test('is the line or its words, not both', () => {
    const { outcome } = plan(command, { cmd: 'ls', argv: ['ls'] }, host)
    expect(outcome).toMatchObject({ type: 'failed', result: { rc: 256 } })
  })

  test('that fails has failed, with all that it said', async () => {
    expect(await run(shell, { cmd: 'echo out; echo err >&2; exit 3' })).toMatchObject({
      failed: true,
      rc: 3,
      msg: 'non-zero return code',
      stdout_lines: ['out'],
      stderr_lines: ['err'],
    })
  })

  test('of a shell is the shell’s', async () => {
    expect(await run(shell, { cmd: 'for i in 1 2; do printf $i; done | cat' })).toMatchObject({
      stdout: '12',
    })
  })

  test('of another shell is that one’s', async () => {
    expect(await run(shell, { cmd: 'echo ${BASH_VERSION:+bash}', executable: '/bin/bash' })).toMatchObject({
      stdout: 'bash',
    })
  })
})

describe('a script of this side', () => {
  test('runs on the host with its arguments and leaves nothing behind', async () => {
    const result = await run(script, { cmd: `do.sh one 'two three'`, chdir: '/tmp' })
    expect(result).toMatchObject({ rc: 0, changed: true })
    const [name, one, two, directory] = (result['stdout'] as string).split('|')
    expect([one, two, directory]).toEqual(['one', 'two three', '/tmp'])
    expect(await run(command, { argv: ['ls', name!] })).toMatchObject({ failed: true })
  })

  test('runs in the program that is wanted', async () => {
    expect(await run(script, { cmd: 'do.sh', executable: 'cat' })).toMatchObject({
      stdout: expect.stringContaining('printf "%s|"'),
    })
  })
})

describe.each<[string, AnyModule, Dict]>([
  ['command', command, { cmd: 'make it' }],
  ['shell', shell, { cmd: 'make it' }],
])('%s', (_, module, args) => {
  test.each<[string, Dict]>([
    ['creates what is there', { creates: '/srv/there' }],
    ['creates what matches a pattern', { creates: '/srv/th*' }],
    ['removes what is not there', { removes: '/srv/none' }],
  ])('is not run when it %s', (_name, guard) => {
    expect(plan(module, { ...args, ...guard }, host).outcome).toMatchObject({
      type: 'unchanged',
      result: { changed: false, rc: 0, msg: expect.stringContaining('Did not run command since') },
    })
  })

  test('is not run in a dry run, and what it creates will be there', () => {
    const planned = plan(module, { ...args, creates: '/srv/made' }, host)
    expect(planned.outcome).toMatchObject({ type: 'opaque', what: 'make it' })
    expect(planned.files.exists('/srv/made')).toBe(true)
  })
})

test('a script is skipped when what it creates is there', () => {
  expect(plan(script, { cmd: 'do.sh', creates: '/srv/there' }, host).outcome).toMatchObject({
    type: 'skipped',
  })
})

test.each([
  [command, 'no command given'],
  [shell, 'no command given'],
  [script, 'one of the following is required: a script as free text, cmd'],
])('nothing to run is an error', (module, msg) => {
  expect(plan(module, {}, host).outcome).toMatchObject({ type: 'failed', result: { msg } })
})

describe('a pattern of what it creates', () => {
  const args = { cmd: 'make', creates: '/opt/app-*/bin/r?n' }
  const made = (path: string) =>
    fileEffects(path, Buffer.alloc(0), { mode: 0o644, owner: 'root', group: 'root' })
  test.each<[says: string, host: Host, type: string]>([
    ['is matched by what is there', { files: { '/opt/app-1/bin/run': '' } }, 'unchanged'],
    ['is not matched', { files: { '/opt/app-1/bin/other': '', '/opt/bin/run': '' } }, 'opaque'],
    [
      'is matched by what the run makes',
      { files: { '/opt/app-1/bin/other': '' }, predicted: made('/opt/app-1/bin/ran') },
      'unchanged',
    ],
    [
      'is matched no more by what the run removes',
      { files: { '/opt/app-1/bin/run': '' }, predicted: absentEffects('/opt/app-1/bin/run') },
      'opaque',
    ],
    ['does not mean hidden names', { files: { '/opt/app-1/bin/r': '', '/opt/.app-/bin/run': '' } }, 'opaque'],
  ])('%s', (_, on, type) => expect(plan(command, args, on).outcome.type).toBe(type))
})
