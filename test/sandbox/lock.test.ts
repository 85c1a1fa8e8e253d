import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { withLock } from '../../runner/sandbox/lock.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'))
  vi.stubEnv('XDG_CACHE_HOME', folder)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true })
})

test('work under one lock is done one after the other', async () => {
  const events: string[] = []
  const work = async (name: string) =>
    withLock('one', async () => {
      events.push(`${name} begins`)
      await sleep(30)
      events.push(`${name} ends`)
    })
  await Promise.all([work('a'), work('b')])
  expect(events[1]).toBe(events[0]!.replace('begins', 'ends'))
})

test('work under different locks is not', async () => {
  await withLock('one', async () => {
    await expect(withLock('two', async () => 'done')).resolves.toBe('done')
  })
})

test('a lock is free again after an error', async () => {
  await expect(
    withLock('one', async () => {
      throw new Error('broken')
    }),
  ).rejects.toThrow('broken')
  await expect(withLock('one', async () => 'done')).resolves.toBe('done')
})

test('a lock is free again when the process that held it was killed', async () => {
  const module = join(import.meta.dirname, '../../runner/sandbox/lock.ts')
  const program = `
    import { withLock } from ${JSON.stringify(module)}
    await withLock('one', async () => {
      console.log('locked')
      await new Promise((resolve) => setTimeout(resolve, 60_000))
    })`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  const waiting = withLock('one', async () => 'done')
  child.kill('SIGKILL')
  await expect(waiting).resolves.toBe('done')
})
