import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { attempt, hasProgram, identify, isAlive, run } from '../../runner/sandbox/process.ts'

describe('a command', () => {
  test('gives what it prints', async () => {
    expect(await run(['cat'], { input: 'text' })).toBe('text')
  })

  test('that fails is an error with its name, status and words', async () => {
    await expect(run(['sh', '-c', 'echo no such thing >&2; exit 3'])).rejects.toThrow(
      /^sh -c .*\nfailed with status 3:\nno such thing$/,
    )
  })

  test('that does not exist has status 127', async () => {
    expect((await attempt(['no-such-program'])).status).toBe(127)
    expect(await hasProgram('no-such-program')).toBe(false)
    expect(await hasProgram('sh')).toBe(true)
  })

  test('that does not read its input is no failure', async () => {
    expect((await attempt(['true'], { input: 'x'.repeat(1_000_000) })).status).toBe(0)
  })

  test('is ended after its time', async () => {
    expect((await attempt(['sleep', '60'], { timeout: 50 })).status).not.toBe(0)
  })
})

test('a process is alive until it ends, and is not taken for another one of its number', async () => {
  const child = spawn('sleep', ['60'])
  const id = identify(child.pid!)!
  expect(isAlive(id)).toBe(true)
  expect(isAlive({ ...id, startTime: '1' })).toBe(false)
  child.kill()
  await once(child, 'exit')
  expect(isAlive(id)).toBe(false)
})
