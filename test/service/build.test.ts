import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { buildBundle, bundle, startService } from './running.ts'

vi.setConfig({ testTimeout: 30_000 })

test('the same sources give the same bytes, wherever they are built', () => {
  buildBundle()
  const first = readFileSync(bundle)
  buildBundle()
  expect(readFileSync(bundle).equals(first)).toBe(true)
  expect(first.includes(fileURLToPath(new URL('../..', import.meta.url)))).toBe(false)
})

test('a bundle that is up to date is left alone', () => {
  buildBundle('--if-stale')
  const { mtimeMs } = statSync(bundle)
  buildBundle('--if-stale')
  expect(statSync(bundle).mtimeMs).toBe(mtimeMs)
})

test('the bundle names its version and build, and checks an environment without starting', () => {
  expect(run('--version')).toMatch(/^0\.1\.0 [0-9a-f]{12}\n$/)
  expect(run('--check')).toBe('The configuration is valid.\n')
  expect(() => run('--check', { PORT: 'x' })).toThrow(expect.objectContaining({ status: 78 }))
})

test('the bundle says whether the service that runs here lives', async () => {
  buildBundle('--if-stale')
  await using service = await startService()
  const PORT = new URL(service.url).port
  expect(run('--health', { PORT, HOST: '0.0.0.0' })).toBe('')
  await service[Symbol.asyncDispose]()
  expect(() => run('--health', { PORT })).toThrow(expect.objectContaining({ status: 1 }))
})

function run(argument: string, env = {}) {
  return execFileSync(process.execPath, [bundle, argument], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}
