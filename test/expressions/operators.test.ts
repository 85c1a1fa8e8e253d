import { describe, expect, test } from 'vitest'
import type { Value } from '../../runner/variables/value.ts'
import { errorOf, render } from './harness.ts'
import { samples } from './samples.ts'

const answers: [string, Value][] = [
  ['10 / 4', 2.5],
  ['10 / 5', 2],
  ["'%s' % 'a'", 'a'],
  ["'%s %s' % ('a', 'b')", 'a b'],
  ["'%d' % 3.9", '3'],
  ["'%5d|%-5d|%05d' % (1, 2, 3)", '    1|2    |00003'],
  ["'%.3f' % 2.0", '2.000'],
  ["'%(a)s-%(b)d' % {'a': 1, 'b': 2}", '1-2'],
  ["'%s' % [1,2]", '[1, 2]'],
  ["'%%' % ()", '%'],
  ["'%x %o %X' % (255, 8, 255)", 'ff 10 FF'],
  ["'%c' % 'a'", 'a'],
  ["'%r' % 'a'", "'a'"],
  ["'%10s|%-10s|' % ('a', 'b')", '         a|b         |'],
  ["'%.2s' % 'abc'", 'ab'],
  ['word[1]', 'e'],
  ['word[-1]', 'o'],
  ['numbers[-1]', 2],
  ["nested['a']['b'][0]", 10],
  ['nested.a.b.1', 20],
  ['1 + 1.5', 2.5],
  ['3 - 1', 2],
  ['2 * 3.0', 6],
  ['7 / 2', 3.5],
  ['7 // 2', 3],
  ['7.5 // 2', 3],
  ['-7 // 2', -4],
  ['-7 % 3', 2],
  ['7.5 % 2', 1.5],
  ['2 ** 10', 1024],
  ['2 ** -1', 0.5],
  ['2 ** 0.5', 1.4142135623730951],
  ["'a' * 3", 'aaa'],
  ['[1] * 2', [1, 1]],
  ['1 == 1.0', true],
  ["'a' < 'b'", true],
  ['[1,2] < [1,3]', true],
  ['1 in [1.0]', true],
  ["'x' in {'x': 1}", true],
  ["'b' in 'abc'", true],
  ['not true', false],
  ['not []', true],
  ['1 and 2', 2],
  ['0 and 2', 0],
  ["'' or 'x'", 'x'],
  ['1 if true else 2', 1],
  ['true and not false', true],
  ['1 < 2 and 2 < 3', true],
  ['(1, 2) + (3,)', [1, 2, 3]],
  ['[1] + [2]', [1, 2]],
  ['- 5 + 3', -2],
  ['+5', 5],
  ["'a' ~ 1 ~ none ~ true", 'a1NoneTrue'],
  ["'abc'[1:]", 'bc'],
  ["'abc'[::-1]", 'cba'],
  ['numbers[1:]', [1, 2]],
  ['numbers[::2]', [3, 2]],
  ['numbers[-2:]', [1, 2]],
  ['dict(a=1, b=2)', { a: 1, b: 2 }],
  ["dict([['a', 1], ['b', 2]])", { a: 1, b: 2 }],
  ["users[0].name ~ '-' ~ users[1]['name']", 'anna-ben'],
  ["1.0 ~ ''", '1.0'],
  ["1e16 ~ ''", '1e+16'],
  ["1e15 ~ ''", '1000000000000000.0'],
  ["0.0001 ~ ''", '0.0001'],
  ["0.00001 ~ ''", '1e-05'],
  ["100000000000000000000 ~ ''", '100000000000000000000'],
  ["(1/3) ~ ''", '0.3333333333333333'],
  ["true ~ ''", 'True'],
  ["[1, 'a', none, 1.5, \"it's\"] ~ ''", "[1, 'a', None, 1.5, \"it's\"]"],
  ["{'a': {'b': [1]}} ~ ''", "{'a': {'b': [1]}}"],
  ["('a',) ~ ''", "('a',)"],
  ["'a' 'b'", 'ab'],
  ['0x1f + 0o17 + 0b11', 49],
  ['1_000_000', 1000000],
  ['"\\x41\\u00e9"', '\\x41\\u00e9'],
]

describe("operators are Python's", () => {
  test.each(answers)('%s', (source, expected) => {
    expect(render(`{{ ${source} }}`, samples)).toEqual(expected)
  })
})

const refusals: [string, string][] = [
  ["'%s %s' % 'a'", 'not enough values for the format string'],
  ['word[10]', "'word[10]' is undefined: object of type 'str' has no attribute 10"],
  ['numbers[5]', "'numbers[5]' is undefined: list object has no element 5: it has 3"],
  ["nested['zz']", "'nested['zz']' is undefined: object of type 'dict' has no attribute 'zz'"],
  ['numbers.foo', "'numbers.foo' is undefined: list object has no element 'foo': it has 3"],
  ['1 / 0', 'division by zero'],
  ["'a' + 1", "'+' does not work on str and int"],
  ["1 < 'a'", 'cannot compare int with str'],
]

describe('what makes no sense is refused', () => {
  test.each(refusals)('%s', (source, message) => {
    expect(errorOf(() => render(`{{ ${source} }}`, samples))).toContain(message)
  })
})
