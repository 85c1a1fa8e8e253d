import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import expectModule from '../../runner/modules/expect.ts'
import { textOf } from '../../runner/variables/text.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { plan } from './harness.ts'
import { localWorld } from './local-world.ts'

const directory = mkdtempSync(join(tmpdir(), 'expect-'))
afterAll(() => rmSync(directory, { recursive: true }))
const asking = join(directory, 'asking')
writeFileSync(
  asking,
  `[ -t 0 ] || echo no terminal
printf 'Name: '; read name
printf 'Name: '; read again
stty -echo; printf 'Password (really?): '; read word; stty echo
echo; echo "hello $name $again \${#word} $1"; exit \${2:-0}`,
)
const responses = { 'Name: ': ['ann', 'bob'], '(?i)PASSWORD .*: ': `it's "$HOME"` }

async function run(args: Dict): Promise<Dict> {
  const { outcome } = plan(expectModule, { command: `sh ${asking} 'a b'`, responses, ...args })
  if (outcome.type !== 'opaque') throw new Error(JSON.stringify(outcome))
  return outcome.perform(localWorld())
}

describe('a program', () => {
  test('has a terminal, and what it asks is answered in turn', async () => {
    const result = await run({})
    expect(result).toMatchObject({ rc: 0, changed: true, cmd: `sh ${asking} 'a b'` })
    expect(textOf(result['stdout'])).toContain('hello ann bob 12 a b')
    expect(textOf(result['stdout'])).not.toMatch(/no terminal|HOME/)
  })

  test('that ends with another status has failed', async () => {
    expect(await run({ command: `sh ${asking} x 3` })).toMatchObject({
      rc: 3,
      failed: true,
      msg: 'non-zero return code',
    })
  })

  test('is not waited for without end', async () => {
    const result = await run({ responses: { 'other question': 'x' }, timeout: 1 })
    expect(result).toMatchObject({ failed: true, rc: null, msg: 'command exceeded timeout' })
    expect(textOf(result['stdout'])).toContain('Name: ')
  })

  test('that asks once more than there are answers fails', async () => {
    expect(await run({ responses: { 'Name: ': ['ann'] } })).toMatchObject({
      failed: true,
      msg: "No remaining responses for 'Name: '",
    })
  })

  test('shows what was answered where that is wanted', async () => {
    expect(textOf((await run({ echo: true }))['stdout'])).toContain('ann')
  })
})

test('what it creates keeps it from running', () => {
  const args = { command: 'x', responses, creates: '/etc/there' }
  expect(plan(expectModule, args, { files: { '/etc/there': '' } }).outcome.type).toBe('unchanged')
})
