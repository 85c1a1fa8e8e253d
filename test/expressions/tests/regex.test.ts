import { describe, expect, test } from 'vitest'
import type { Value } from '../../../runner/variables/value.ts'
import { render } from '../harness.ts'
import { samples } from '../samples.ts'

const answers: [string, Value][] = [
  ["'foo' is match('f')", true],
  ["'foo' is match('o')", false],
  ["'foo' is search('o$')", true],
  ["'foo\n' is search('o$')", true],
  ["'foo' is regex('O', ignorecase=true)", true],
  ["'foo' is regex('f', match_type='match')", true],
  ["'foo' is regex('^fo+$')", true],
  ["'ab12' is match('[a-z]+\\d+$')", true],
  ["'12ab' is match('[a-z]+')", false],
]

describe('tests of text are as in Ansible', () => {
  test.each(answers)('%s', (source, expected) => {
    expect(render(`{{ ${source} }}`, samples)).toEqual(expected)
  })
})
