import { afterEach, expect, test, vi } from 'vitest'
import { chooseEngine } from '../../runner/sandbox/choose-engine.ts'
import { SandboxError } from '../../runner/sandbox/index.ts'

afterEach(() => vi.unstubAllEnvs())

test('where no engine can be used, the error says of each what it lacks, and what to do instead', async () => {
  vi.stubEnv('PATH', '/nonexistent')
  const error: unknown = await chooseEngine(['docker', 'podman']).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(SandboxError)
  expect(String(error)).toMatch(/^ {2}docker: not installed$/m)
  expect(String(error)).toMatch(/^ {2}podman: not installed$/m)
  expect(String(error)).toContain('replace `sandbox:` in the inventory with `ansible_host:`')
})
