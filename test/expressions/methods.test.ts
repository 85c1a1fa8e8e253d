import { describe, expect, test } from 'vitest'
import type { Value } from '../../runner/variables/value.ts'
import { errorOf, render } from './harness.ts'
import { samples } from './samples.ts'

const answers: [string, Value][] = [
  ['text.split()', ['The', 'quick', 'brown', 'fox']],
  ["'a-b-c'.split('-')", ['a', 'b', 'c']],
  ["'a-b-c'.rsplit('-', 1)", ['a-b', 'c']],
  ["' a  b '.split()", ['a', 'b']],
  ["'a b c d'.split(None, 2)", ['a', 'b', 'c d']],
  ["'a\nb'.splitlines()", ['a', 'b']],
  ["'abc'.startswith('a')", true],
  ["'abc'.startswith(('x','a'))", true],
  ["'abc'.endswith('bc')", true],
  ["'abc'.find('c')", 2],
  ["'abc'.find('z')", -1],
  ["'abcabc'.rfind('b')", 4],
  ["'abc'.index('b')", 1],
  ["'abcabc'.count('b')", 2],
  ["'abcabc'.count('b', 2)", 1],
  ["'abc'.replace('b', 'x')", 'axc'],
  ["'{} {}'.format('a', 1)", 'a 1'],
  ["'{0} {1} {0}'.format('a', 'b')", 'a b a'],
  ["'{x:>5}|{y:<5}|{z:^5}'.format(x='a', y='b', z='c')", '    a|b    |  c  '],
  [
    "'{:05d}|{:+d}|{:x}|{:#x}|{:b}|{:,}'.format(42, 42, 255, 255, 5, 1234567)",
    '00042|+42|ff|0xff|101|1,234,567',
  ],
  [
    "'{:.2f}|{:e}|{:g}|{:%}|{:10.3f}'.format(3.14159, 1234.5, 0.00001, 0.256, 2.5)",
    '3.14|1.234500e+03|1e-05|25.600000%|     2.500',
  ],
  ["'{a[b]} {c.x}'.format(a={'b': 1}, c={'x': 2})", '1 2'],
  ["'{!r}'.format('a')", "'a'"],
  ["'{{}}'.format()", '{}'],
  ["'{:*^9}'.format('mid')", '***mid***'],
  ["'abc'.center(9, '*')", '***abc***'],
  ["'abc'.ljust(5) ~ '|'", 'abc  |'],
  ["'abc'.rjust(5)", '  abc'],
  ["'7'.zfill(3)", '007'],
  ["'-7'.zfill(4)", '-007'],
  ["'ABC'.lower()", 'abc'],
  ["'abc'.upper()", 'ABC'],
  ["'hello world'.title()", 'Hello World'],
  ["'hello World'.capitalize()", 'Hello world'],
  ["'Hello'.swapcase()", 'hELLO'],
  ["'xxabcxx'.strip('x')", 'abc'],
  ["'xxabcxx'.lstrip('x')", 'abcxx'],
  ["'xxabcxx'.rstrip('x')", 'xxabc'],
  ["' a '.strip()", 'a'],
  ["'a=b=c'.partition('=')", ['a', '=', 'b=c']],
  ["'a=b=c'.rpartition('=')", ['a=b', '=', 'c']],
  ["'abc'.partition('=')", ['abc', '', '']],
  ["'prefix-x'.removeprefix('prefix-')", 'x'],
  ["'x.tar.gz'.removesuffix('.gz')", 'x.tar'],
  ["'a,b'.join(['x','y'])", 'xa,by'],
  ["'123'.isdigit()", true],
  ["'12a'.isdigit()", false],
  ["'abc'.isalpha()", true],
  ["'a1'.isalnum()", true],
  ["' '.isspace()", true],
  ["'abc'.islower()", true],
  ["'ABC'.isupper()", true],
  ["'Abc Def'.istitle()", true],
  ["'a_b'.isidentifier()", true],
  ["'a	b'.expandtabs(4)", 'a   b'],
  ["nested.get('d')", 'x'],
  ["nested.get('zz', 'def')", 'def'],
  ["nested.get('zz')", null],
  ["nested.a.get('c')", null],
  ['numbers.index(1)', 1],
  ['[1,1,2].count(1)', 2],
]

describe("the methods of Python's types", () => {
  test.each(answers)('%s', (source, expected) => {
    expect(render(`{{ ${source} }}`, samples)).toEqual(expected)
  })
})

const refusals: [string, string][] = [
  ["'abc'.index('z')", "'z' is not in the string"],
  ['numbers.index(9)', 'the item is not in the list'],
]

describe('what makes no sense is refused', () => {
  test.each(refusals)('%s', (source, message) => {
    expect(errorOf(() => render(`{{ ${source} }}`, samples))).toContain(message)
  })
})
