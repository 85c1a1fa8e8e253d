import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fileEffects } from '../../runner/host/files.ts'
import fetch from '../../runner/modules/fetch.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { diffLines, type Host, plan } from './harness.ts'

let here: string
beforeEach(() => {
  here = mkdtempSync(join(tmpdir(), 'fetch-'))
})
afterEach(() => rmSync(here, { recursive: true }))

const host = (): Host => ({
  files: { '/etc/motd': 'hello\n' },
  variables: { inventory_hostname: 'web1', playbook_dir: here },
})

test.each<[string, Dict, string]>([
  ['under the name of the host and its path there', { dest: 'got' }, 'got/web1/etc/motd'],
  ['as the file itself', { dest: 'got/file', flat: true }, 'got/file'],
  ['in a directory', { dest: 'got/', flat: true }, 'got/motd'],
])('a file is written %s, and not before the real run', (_, args, path) => {
  const { outcome } = plan(fetch, { src: '/etc/motd', ...args }, host())
  expect(diffLines(outcome)).toEqual([join(here, path), '+hello'])
  expect(existsSync(join(here, path))).toBe(false)
  if (outcome.type !== 'change') throw new Error(outcome.type)
  const answer = { status: 0, stdout: Buffer.from('hello\n'), stderr: Buffer.alloc(0) }
  expect(outcome.finish!(answer)).toEqual(outcome.result)
  expect(outcome.result).toMatchObject({ checksum: 'f572d396fae9206628714fb2ce00f72e94f2258f' })
  expect(readFileSync(join(here, path), 'utf8')).toBe('hello\n')
  expect(plan(fetch, { src: '/etc/motd', ...args }, host()).outcome).toMatchObject({ type: 'unchanged' })
})

test('what an earlier task would write is what would be fetched', () => {
  const predicted = fileEffects('/etc/motd', Buffer.from('new\n'), {
    mode: 0o644,
    owner: 'root',
    group: 'root',
  })
  writeFileSync(join(here, 'motd'), 'new\n')
  const { outcome } = plan(fetch, { src: '/etc/motd', dest: './', flat: true }, { ...host(), predicted })
  expect(outcome).toMatchObject({ type: 'unchanged' })
})

test.each<[string, Dict, Dict]>([
  [
    'a missing file is an error',
    { src: '/none' },
    { type: 'failed', result: { msg: 'the remote file does not exist' } },
  ],
  ['a missing file may not matter', { src: '/none', fail_on_missing: false }, { type: 'unchanged' }],
  ['a directory is an error', { src: '/etc' }, { type: 'failed' }],
])('%s', (_, args, outcome) => {
  expect(plan(fetch, { dest: 'got', ...args }, host()).outcome).toMatchObject(outcome)
})

test('a directory here is not replaced by a file', () => {
  expect(plan(fetch, { src: '/etc/motd', dest: here, flat: true }, host()).outcome).toMatchObject({
    result: { msg: expect.stringContaining('use a trailing slash') },
  })
})
