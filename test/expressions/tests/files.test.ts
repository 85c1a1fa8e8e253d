import { describe, expect, test } from 'vitest'
import type { Value } from '../../../runner/variables/value.ts'
import { render } from '../harness.ts'
import { samples } from '../samples.ts'

const answers: [string, Value][] = [
  ["'/' is directory", true],
  ["'/etc/passwd' is file", true],
  ["'/etc/passwd' is exists", true],
  ["'/nope' is exists", false],
  ["'/etc/passwd' is abs", true],
  ["'x' is abs", false],
  ["'/' is mount", true],
  ["'/etc/passwd' is same_file('/etc/../etc/passwd')", true],
]

describe('tests of files look at this machine', () => {
  test.each(answers)('%s', (source, expected) => {
    expect(render(`{{ ${source} }}`, samples)).toEqual(expected)
  })
})
