import { copyFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const RUNNER = resolve(import.meta.dirname, '../../runner')
const BEFORE = new Date('2026-01-01T00:00:00Z')
const BUILT = new Date('2026-01-02T00:00:00Z')
const AFTER = new Date('2026-01-03T00:00:00Z')

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stale-'))
  for (const folder of ['dist', 'runner/engine']) mkdirSync(join(root, folder), { recursive: true })
  copyFileSync(join(RUNNER, 'stale.js'), join(root, 'runner/stale.js'))
  for (const file of ['package.json', 'package-lock.json', 'runner/engine/play.ts', 'dist/play.mjs'])
    writeFileSync(join(root, file), file === 'package.json' ? '{"type":"module"}' : '')
  for (const path of [
    'package-lock.json',
    'runner/engine/play.ts',
    'runner/stale.js',
    'runner/engine',
    'runner',
  ])
    utimesSync(join(root, path), BEFORE, BEFORE)
  utimesSync(join(root, 'dist/play.mjs'), BUILT, BUILT)
})

afterEach(() => rmSync(root, { recursive: true }))

const isStale = async (): Promise<boolean> =>
  ((await import(join(root, 'runner/stale.js'))) as { isStale(): boolean }).isStale()

test('a bundle is used that is newer than all it is made from', async () => {
  expect(await isStale()).toBe(false)
})

test.each([
  ['a source was changed', 'runner/engine/play.ts'],
  ['a source was added or removed', 'runner/engine'],
  ['another dependency was installed', 'package-lock.json'],
])('it is not used once %s', async (_, path) => {
  utimesSync(join(root, path), AFTER, AFTER)
  expect(await isStale()).toBe(true)
})

test('nor when a source changed in the very moment of building', async () => {
  utimesSync(join(root, 'runner/engine/play.ts'), BUILT, BUILT)
  expect(await isStale()).toBe(true)
})

test('where there is none, the sources are run', async () => {
  rmSync(join(root, 'dist/play.mjs'))
  expect(await isStale()).toBe(true)
})
