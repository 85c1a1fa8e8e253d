import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { registerSandbox } from '../../runner/commands/sandbox.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'command-'))
  vi.stubEnv('XDG_STATE_HOME', folder)
  vi.stubEnv('XDG_CACHE_HOME', folder)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true })
})

describe('play sandbox', () => {
  test.each([
    ['up without a name needs hosts in the inventory', ['up'], /inventory has no host with `sandbox:`/],
    [
      'up refuses a suite there is not',
      ['up', 'web1', '--suite', 'buster'],
      /Allowed choices are bookworm, trixie/,
    ],
    ['up refuses a name that is a path', ['up', '../web1'], /cannot be named "\.\.\/web1"/],
    ['reset needs a sandbox', ['reset', 'web1'], /no sandbox web1/],
    ['ssh tells how to make the sandbox it needs', ['ssh', 'web1'], /`play sandbox up web1` makes one/],
    ['down names those it did not find', ['down', 'web1', 'web2'], /no sandbox web1, web2/],
  ])('%s', async (_, words, message) => {
    await expect(play(...words)).rejects.toThrow(message)
  })

  test('list prints nothing where there is nothing', async () => {
    const print = vi.spyOn(console, 'log').mockImplementation(() => {})
    await play('list')
    expect(print).not.toHaveBeenCalled()
    print.mockRestore()
  })
})

async function play(...words: string[]) {
  const program = new Command('play')
  registerSandbox(program)
  const settings = (command: Command) => {
    command.exitOverride().configureOutput({ writeErr: () => {} })
    command.commands.forEach(settings)
  }
  settings(program)
  await program.parseAsync(['sandbox', ...words], { from: 'user' })
}
