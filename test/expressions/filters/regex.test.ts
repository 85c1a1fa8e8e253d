import { describe, expect, test } from 'vitest'
import type { Value } from '../../../runner/variables/value.ts'
import { errorOf, render } from '../harness.ts'
import { samples } from '../samples.ts'

const answers: [string, Value][] = [
  ["'foo123bar' | regex_replace('[0-9]+', '-')", 'foo-bar'],
  ["'foo123bar' | regex_replace('([a-z]+)([0-9]+)', '\\2\\1')", '123foobar'],
  ["'foo123bar' | regex_replace('(?P<w>[a-z]+)(?P<n>[0-9]+)', '\\g<n>\\g<w>')", '123foobar'],
  ["'FOO foo' | regex_replace('foo', 'x', ignorecase=true)", 'x x'],
  ["'a\nb' | regex_replace('^', '> ', multiline=true)", '> a\n> b'],
  ["'aaa' | regex_replace('a', 'b', count=2)", 'bba'],
  ["'aaa' | regex_replace('a', 'b', mandatory_count=3)", 'bbb'],
  ["'foo bar' | regex_replace('\\s+', '')", 'foobar'],
  ["'x.y' | regex_replace('\\.', '-')", 'x-y'],
  ["'abc' | regex_replace('', '-')", '-a-b-c-'],
  ["'abc' | regex_replace('(?i)B', 'x')", 'axc'],
  ["'tést' | regex_replace('\\w+', 'x')", 'x'],
  ["'foo' | regex_replace('(x)?foo', '[\\1]')", '[]'],
  ["'path/to/file' | regex_replace('^.*/(.*)$', '\\1')", 'file'],
  ["'a$b' | regex_replace('\\$', 'S')", 'aSb'],
  ["'{a}' | regex_replace('{|}', '')", 'a'],
  ["'a-b_c' | regex_replace('[^\\w-]', '')", 'a-b_c'],
  ["'a-b c' | regex_replace('[\\s-]', '')", 'abc'],
  ["'2026-01-02' | regex_replace('(\\d+)-(\\d+)-(\\d+)', '\\3.\\2.\\1')", '02.01.2026'],
  ["'foo123' | regex_search('[0-9]+')", '123'],
  ["'foo' | regex_search('[0-9]+')", null],
  ["'foo123' | regex_search('([a-z]+)([0-9]+)', '\\1')", ['foo']],
  ["'foo123' | regex_search('([a-z]+)([0-9]+)', '\\2', '\\1')", ['123', 'foo']],
  ["'foo123' | regex_search('(?P<n>[0-9]+)', '\\g<n>')", ['123']],
  ["'FOO' | regex_search('foo', ignorecase=True)", 'FOO'],
  ["'a\nfoo' | regex_search('^foo', multiline=True)", 'foo'],
  ["'a1b22' | regex_findall('[0-9]+')", ['1', '22']],
  [
    "'a1b22' | regex_findall('([a-z])([0-9]+)')",
    [
      ['a', '1'],
      ['b', '22'],
    ],
  ],
  ["'a1b22' | regex_findall('([a-z])[0-9]+')", ['a', 'b']],
  ["'A1\nB2' | regex_findall('^[a-z]', true, true)", ['A', 'B']],
  ["'a.b*c-d e' | regex_escape", 'a\\.b\\*c\\-d\\ e'],
  ["'^f.*o(.*)$' | regex_escape('posix_basic')", '\\^f\\.\\*o(\\.\\*)\\$'],
  ["'a  b' | regex_replace('\\s+', '_')", 'a_b'],
  ["'été à' | regex_replace('\\W', '-')", 'été-à'],
  ["'a.b' | regex_replace('(\\w)\\.(\\w)', '\\2.\\1')", 'b.a'],
  [
    "'x=1; y=2' | regex_findall('(\\w)=(\\d)')",
    [
      ['x', '1'],
      ['y', '2'],
    ],
  ],
  ["'line1\nline2' | regex_search('^line2$', multiline=True)", 'line2'],
  ["'foo.bar' | regex_replace('(?x) \\. # the dot', '!')", 'foo!bar'],
  ["'aXbxc' | regex_replace('(?i)x', '-')", 'a-b-c'],
  ["'price: $5' | regex_replace('\\$(\\d)', 'USD\\1')", 'price: USD5'],
  ["'a]b' | regex_replace('[]]', '-')", 'a-b'],
  ["'a^b' | regex_replace('[\\^]', '-')", 'a-b'],
  ["'tab	x' | regex_replace('[\\t]', 'T')", 'tabTx'],
  ["'abcabc' | regex_replace('(?P<x>abc)(?P=x)', '<\\g<x>>')", '<abc>'],
  ["'foobar' | regex_replace('foo(?=bar)', 'X')", 'Xbar'],
  ["'foobar' | regex_replace('(?<=foo)bar', 'X')", 'fooX'],
  ["'foobar' | regex_replace('(?:foo)(bar)', '\\1')", 'bar'],
  ["'aaa' | regex_replace('a{2}', 'X')", 'Xa'],
  ["'a{b' | regex_replace('{', 'X')", 'aXb'],
  ["'a-b' | regex_replace('[a\\-z]', '_')", '__b'],
  ["'5 a' | regex_search('\\d\\s\\w')", '5 a'],
  ["'word word' | regex_findall('\\bword\\b')", ['word', 'word']],
  ["'a\nb\n' | regex_replace('$', '|')", 'a\nb|\n|'],
  ["'a.b.c' | regex_replace('\\.(?!.*\\.)', '#')", 'a.b#c'],
]

describe("regular expressions are Python's", () => {
  test.each(answers)('%s', (source, expected) => {
    expect(render(`{{ ${source} }}`, samples)).toEqual(expected)
  })
})

const refusals: [string, string][] = [
  [
    "'aaa' | regex_replace('a', 'b', mandatory_count=2)",
    "filter 'regex_replace': 'a' should match 2 times, but matches 3 times",
  ],
  [
    "'x' | regex_replace('(', 'y')",
    "filter 'regex_replace': '(' is no regular expression: unterminated group",
  ],
  [
    "'x' | regex_replace('\\q', 'y')",
    "filter 'regex_replace': '\\q' is no regular expression: bad escape \\q",
  ],
  ["'x' | regex_replace('x', '\\9')", "filter 'regex_replace': the pattern has no group 9"],
]

describe('what makes no sense is refused', () => {
  test.each(refusals)('%s', (source, message) => {
    expect(errorOf(() => render(`{{ ${source} }}`, samples))).toContain(message)
  })
})
