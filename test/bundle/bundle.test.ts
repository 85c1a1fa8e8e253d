import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const PROJECT = resolve(import.meta.dirname, '../..')
const directory = mkdtempSync(join(tmpdir(), 'bundle-'))

/** `play …` in an empty directory, either way. */
const play = async (words: string[], way: string): Promise<string> => {
  const code = `const { main } = await import('${PROJECT}/${way}'); await main(process.argv.slice(1))`
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', code, '--', ...words], {
    cwd: directory,
  })
  const { stdout, stderr } = await run.catch((error: { stdout: string; stderr: string }) => error)
  return `${stdout}${stderr}`
}

beforeAll(async () => {
  await promisify(execFile)(process.execPath, [join(PROJECT, 'runner/build.js')])
  writeFileSync(
    join(directory, 'hello.yml'),
    JSON.stringify([{ hosts: 'localhost', connection: 'local', gather_facts: false, tasks: TASKS }]),
  )
})

afterAll(() => rmSync(directory, { recursive: true }))

const TASKS = [
  { copy: { content: 'hello', dest: `${directory}/hello` } },
  { template: { src: 'missing.ejs', dest: '/x' }, ignore_errors: true },
  { debug: { msg: "{{ ['a', 'b'] | join('-') }}" } },
]

test.each([
  ['--help'],
  ['hello.yml', '--check', '--diff', '--json'],
  ['hello.yml', '--list-tasks'],
  ['missing.yml'],
  ['doc', 'copy'],
  ['schema'],
])('the bundle and the sources say the same to `play %s`', async (...words) => {
  const [bundled, sources] = await Promise.all([
    play(words, 'dist/play.mjs'),
    play(words, 'runner/commands/main.ts'),
  ])
  const timeless = (text: string) => text.replaceAll(/"ms":[\d.e-]+/g, '"ms":0').replaceAll(PROJECT, '')
  expect(timeless(bundled)).toBe(timeless(sources))
  expect(bundled).not.toBe('')
})
