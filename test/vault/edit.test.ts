import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Vault } from '../../runner/vault/vault.ts'
import { project } from '../inventory/project.ts'

// Each test starts programs, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

const PLAY = join(import.meta.dirname, 'play-vault.ts')
const vault = new Vault([{ id: 'default', password: Buffer.from('open sesame') }])
// Tells where the plain text is, then stays open as a person's editor would.
const EDITOR = '#!/bin/sh\necho "$$ $1" >told.tmp; mv told.tmp told; echo changed >>"$1"; exec sleep 60\n'

interface Edit {
  readonly play: ChildProcess
  readonly ended: Promise<void>
  readonly encrypted: string
  readonly plain: string
  readonly editor: number
}

const editors: number[] = []
afterEach(() => {
  for (const pid of editors.splice(0)) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It is gone already.
    }
  }
})

/** `play vault edit` with the editor open. */
async function startEditing(): Promise<Edit> {
  const directory = project({ pw: 'open sesame', 'a.yml': vault.encrypt('hidden: text\n'), editor: EDITOR })
  const play = spawn(process.execPath, [PLAY, 'vault', 'edit', '--vault-password-file', 'pw', 'a.yml'], {
    cwd: directory,
    env: { PATH: process.env['PATH'], EDITOR: './editor' },
    stdio: 'ignore',
    detached: true,
  })
  const ended = new Promise<void>((resolve) => play.once('exit', () => resolve()))
  await until(() => existsSync(join(directory, 'told')))
  const [pid, plain = ''] = readFileSync(join(directory, 'told'), 'utf8').trim().split(' ')
  editors.push(Number(pid))
  await until(() => readFileSync(plain, 'utf8').includes('changed'))
  return { play, ended, encrypted: join(directory, 'a.yml'), plain, editor: Number(pid) }
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (holds()) return
    await sleep(10)
  }
  throw new Error('waited in vain')
}

describe('the plain text while it is edited', () => {
  it('lies in memory, readable by nobody else, and not beside the encrypted file', async () => {
    const { plain, encrypted, play, ended } = await startEditing()
    expect(plain.startsWith('/dev/shm/')).toBe(true)
    expect(statSync(plain).mode & 0o777).toBe(0o600)
    expect(statSync(dirname(plain)).mode & 0o777).toBe(0o700)
    expect(readdirSync(dirname(encrypted)).toSorted()).toEqual(['a.yml', 'editor', 'pw', 'told'])
    play.kill('SIGKILL')
    await ended
  })

  it.each<[string, (edit: Edit) => void]>([
    ['SIGKILL', ({ play }) => play.kill('SIGKILL')],
    ['SIGTERM', ({ play }) => play.kill('SIGTERM')],
    ['SIGHUP', ({ play }) => play.kill('SIGHUP')],
    ['SIGKILL of the whole process group', ({ play }) => process.kill(-play.pid!, 'SIGKILL')],
    ['SIGKILL of the editor', ({ editor }) => process.kill(editor, 'SIGKILL')],
  ])('is gone after %s, and the file is as it was', async (_, kill) => {
    const edit = await startEditing()
    const before = readFileSync(edit.encrypted, 'utf8')
    kill(edit)
    await edit.ended
    await until(() => !existsSync(dirname(edit.plain)))
    expect(readFileSync(edit.encrypted, 'utf8')).toBe(before)
  })

  it('survives Ctrl-C, which belongs to the editor', async () => {
    const { play, plain, editor, ended } = await startEditing()
    process.kill(play.pid!, 'SIGINT')
    await sleep(100)
    expect(readFileSync(plain, 'utf8')).toBe('hidden: text\nchanged\n')
    process.kill(editor, 'SIGKILL')
    await ended
    await until(() => !existsSync(dirname(plain)))
  })
})
