import { expect, test } from 'vitest'
import { nearest } from '../../runner/source/nearest.ts'
import { editDistance } from '../../runner/variables/edit-distance.ts'

const distances: [a: string, b: string, distance: number][] = [
  ['copy', 'copy', 0],
  ['copy', 'coppy', 1],
  ['copy', 'cpoy', 1],
  ['copy', 'cop', 1],
  ['copy', 'cody', 1],
  ['', 'copy', 4],
  ['lineinfile', 'blockinfile', 4],
]
test.each(distances)('from %s to %s it is %i', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance)
  expect(editDistance(b, a)).toBe(distance)
})

const words: [word: string, meant: string | undefined][] = [
  ['coppy', 'copy'],
  ['tempalte', 'template'],
  ['Copy', 'copy'],
  ['line-in-file', 'lineinfile'],
  ['becom', 'become'],
  ['zzz', undefined],
  ['ab', undefined],
  ['', undefined],
]
test.each(words)('%s means %s', (word, meant) => {
  expect(nearest(word, ['copy', 'template', 'lineinfile', 'become', 'become_user', 'apt'])).toBe(meant)
})
