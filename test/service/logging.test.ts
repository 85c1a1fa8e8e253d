import { appendFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { followLines } from '../../service/logging/follow.ts'
import type { FollowOptions, FollowedLine } from '../../service/logging/follow.ts'
import { tailLines } from '../../service/logging/tail.ts'
import { temporaryDirectory } from './running.ts'

const long = 'x'.repeat(100_000)

test.each([
  ['fewer lines than asked for', 'a\nb\n', 5, ['a', 'b']],
  ['more lines than asked for', 'a\nb\nc\n', 2, ['b', 'c']],
  ['exactly as many', 'a\nb\n', 2, ['a', 'b']],
  ['a line that is not finished yet is left out', 'a\nb\nhalf', 2, ['a', 'b']],
  ['an empty file', '', 3, []],
  ['empty lines', '\n\n\n', 2, ['', '']],
  ['lines longer than a block', `a\n${long}1\n${long}2\n`, 2, [`${long}1`, `${long}2`]],
  ['more than bytes in a character', 'ä€😀\nü\n', 2, ['ä€😀', 'ü']],
])('the tail of a log: %s', async (_name, text, count, lines) => {
  using directory = temporaryDirectory()
  const file = join(directory.path, 'log')
  writeFileSync(file, text)
  expect(await tailLines(file, count)).toEqual(lines)
})

async function collectLines(
  file: string,
  count: number,
  options: Partial<FollowOptions>,
  act: (seen: number) => void,
) {
  const stop = new AbortController()
  const seen: FollowedLine[] = []
  for await (const line of followLines(file, { signal: stop.signal, lines: 0, intervalMs: 5, ...options })) {
    seen.push(line)
    act(seen.length)
    if (seen.length === count) break
  }
  return seen
}

test('following a log begins with its last lines and goes on across a rotation without losing one', async () => {
  using directory = temporaryDirectory()
  const file = join(directory.path, 'log')
  writeFileSync(file, 'a\nb\n')
  const seen = await collectLines(file, 5, { lines: 1 }, (count) => {
    if (count === 1) appendFileSync(file, 'c\n')
    if (count === 2) {
      renameSync(file, `${file}.1`)
      appendFileSync(`${file}.1`, 'd\n')
      writeFileSync(file, 'e\nf\n')
    }
  })
  expect(seen.map(({ line }) => line)).toEqual(['b', 'c', 'd', 'e', 'f'])
})

test('following from a position misses and repeats nothing', async () => {
  using directory = temporaryDirectory()
  const file = join(directory.path, 'log')
  writeFileSync(file, 'a\nb\nc\n')
  const [first] = await collectLines(file, 1, { lines: 3 }, () => {})
  const rest = await collectLines(file, 2, { after: first!.position }, () => {})
  expect(rest.map(({ line }) => line)).toEqual(['b', 'c'])
})

test('following from a position goes on across a rotation that happened meanwhile', async () => {
  using directory = temporaryDirectory()
  const file = join(directory.path, 'log')
  writeFileSync(file, 'a\n')
  const [first] = await collectLines(file, 1, { lines: 1 }, () => {})
  appendFileSync(file, 'b\n')
  renameSync(file, `${file}.1`)
  writeFileSync(file, 'c\n')
  const rest = await collectLines(file, 2, { after: first!.position }, () => {})
  expect(rest.map(({ line }) => line)).toEqual(['b', 'c'])
})

test('following ends when it is told to', async () => {
  using directory = temporaryDirectory()
  const file = join(directory.path, 'log')
  writeFileSync(file, '')
  const stop = new AbortController()
  setTimeout(() => stop.abort(), 20)
  const seen: FollowedLine[] = []
  for await (const line of followLines(file, { signal: stop.signal, lines: 0 })) seen.push(line)
  expect(seen).toEqual([])
})
