import { describe, expect, test } from 'vitest'
import type { Value } from '../../../runner/variables/value.ts'
import { render } from '../harness.ts'
import { samples } from '../samples.ts'

const answers: [string, Value][] = [
  ["'yes' is truthy", true],
  ["'no' is truthy", true],
  ["'no' is truthy(convert_bool=true)", false],
  ["'no' is falsy(convert_bool=true)", true],
  ["'' is falsy", true],
  ['nothing is none', true],
  ['word is string', true],
  ['1 is string', false],
  ['1 is number', true],
  ['1.5 is number', true],
  ['true is number', true],
  ['1 is integer', true],
  ['1.5 is float', true],
  ['true is boolean', true],
  ['true is true', true],
  ['1 is true', false],
  ['nested is mapping', true],
  ['[1] is mapping', false],
  ['[1] is sequence', true],
  ["'a' is sequence", true],
  ['nested is sequence', true],
  ['nested is iterable', true],
  ['1 is iterable', false],
  ['4 is even', true],
  ['3 is odd', true],
  ['9 is divisibleby 3', true],
  ["'abc' is lower", true],
  ["'ABC' is upper", true],
  ["'1' is lower", false],
  ['word is defined', true],
  ['missing is defined', false],
  ['missing is undefined', true],
  ['missing.x is defined', false],
  ['nested.q is defined', false],
  ['nested.a.b is defined', true],
  ['nested.a.c is defined', true],
  ["'$ANSIBLE_VAULT;1.1;AES256' is vault_encrypted", false],
  ['1 is number and 2 is number', true],
  ['5 is not string', true],
  ['not 5 is string', true],
]

describe('tests of types are as in Ansible', () => {
  test.each(answers)('%s', (source, expected) => {
    expect(render(`{{ ${source} }}`, samples)).toEqual(expected)
  })
})
