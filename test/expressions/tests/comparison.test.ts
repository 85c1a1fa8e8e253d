import { describe, expect, test } from 'vitest'
import type { Value } from '../../../runner/variables/value.ts'
import { errorOf, render } from '../harness.ts'
import { samples } from '../samples.ts'

const answers: [string, Value][] = [
  ['[1,2] is subset([1,2,3])', true],
  ['[1,4] is subset([1,2,3])', false],
  ['[1,2,3] is superset([1])', true],
  ["[true, 1, 'a'] is all", true],
  ['[true, 0] is all', false],
  ['[false, 0] is any', false],
  ['[false, 1] is any', true],
  ['[1,2] is contains(2)', true],
  ['2 is in [1,2]', true],
  ["'a' is in 'abc'", true],
  ['1 is eq 1', true],
  ['1 is ne 2', true],
  ['2 is gt 1', true],
  ['2 is ge 2', true],
  ['1 is lt 2', true],
  ['1 is le 1', true],
  ['1 is sameas 1', true],
]

describe('tests that compare are as in Ansible', () => {
  test.each(answers)('%s', (source, expected) => {
    expect(render(`{{ ${source} }}`, samples)).toEqual(expected)
  })
})

const refusals: [string, string][] = [['1 is == 1', "expected the name of a test, got '=='"]]

describe('what makes no sense is refused', () => {
  test.each(refusals)('%s', (source, message) => {
    expect(errorOf(() => render(`{{ ${source} }}`, samples))).toContain(message)
  })
})
