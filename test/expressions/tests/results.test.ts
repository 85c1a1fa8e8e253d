import { describe, expect, test } from 'vitest'
import type { Value } from '../../../runner/variables/value.ts'
import { errorOf, render } from '../harness.ts'
import { samples } from '../samples.ts'

const answers: [string, Value][] = [
  ['ok is succeeded', true],
  ['ok is failed', false],
  ['bad is failed', true],
  ['bad is changed', true],
  ['ok is changed', false],
  ['skipped is skipped', true],
  ['skipped is changed', false],
  ['ok is skipped', false],
  ['ok is unreachable', false],
  ['ok is reachable', true],
]

describe('tests of results are as in Ansible', () => {
  test.each(answers)('%s', (source, expected) => {
    expect(render(`{{ ${source} }}`, samples)).toEqual(expected)
  })
})

const refusals: [string, string][] = [
  ["'x' is failed", "test 'failed': needs the registered result of a task, got str"],
]

describe('what makes no sense is refused', () => {
  test.each(refusals)('%s', (source, message) => {
    expect(errorOf(() => render(`{{ ${source} }}`, samples))).toContain(message)
  })
})
