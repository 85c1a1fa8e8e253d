import { describe, expect, test } from 'vitest'
import type { Value } from '../../../runner/variables/value.ts'
import { errorOf, render } from '../harness.ts'
import { samples } from '../samples.ts'

const answers: [string, Value][] = [
  ["'foo123bar' | regex_replace('[0-9]+', '-')", 'foo-bar'],
  ["'foo123bar' | regex_replace('([a-z]+)([0-9]+)', '\\\\2\\\\1')", '\\2\\1bar'],
  ["'foo123bar' | regex_replace('(?P<w>[a-z]+)(?P<n>[0-9]+)', '\\\\g<n>\\\\g<w>')", '\\g<n>\\g<w>bar'],
  ["'FOO foo' | regex_replace('foo', 'x', ignorecase=true)", 'x x'],
  ["'a\\nb' | regex_replace('^', '> ', multiline=true)", '> a\\nb'],
  ["'aaa' | regex_replace('a', 'b', count=2)", 'bba'],
  ["'aaa' | regex_replace('a', 'b', mandatory_count=3)", 'bbb'],
  ["'foo bar' | regex_replace('\\\\s+', '')", 'foo bar'],
  ["'x.y' | regex_replace('\\\\.', '-')", 'x.y'],
  ["'abc' | regex_replace('', '-')", '-a-b-c-'],
  ["'abc' | regex_replace('(?i)B', 'x')", 'axc'],
  ["'tést' | regex_replace('\\\\w+', 'x')", 'tést'],
  ["'foo' | regex_replace('(x)?foo', '[\\\\1]')", '[\\1]'],
  ["'path/to/file' | regex_replace('^.*/(.*)$', '\\\\1')", '\\1'],
  ["'a$b' | regex_replace('\\\\$', 'S')", 'a$b'],
  ["'{a}' | regex_replace('{|}', '')", 'a'],
  ["'a-b_c' | regex_replace('[^\\\\w-]', '')", '-'],
  ["'a-b c' | regex_replace('[\\\\s-]', '')", 'ab c'],
  ["'2026-01-02' | regex_replace('(\\\\d+)-(\\\\d+)-(\\\\d+)', '\\\\3.\\\\2.\\\\1')", '2026-01-02'],
  ["'foo123' | regex_search('[0-9]+')", '123'],
  ["'foo' | regex_search('[0-9]+')", null],
  ["'FOO' | regex_search('foo', ignorecase=True)", 'FOO'],
  ["'a\\nfoo' | regex_search('^foo', multiline=True)", null],
  ["'a1b22' | regex_findall('[0-9]+')", ['1', '22']],
  [
    "'a1b22' | regex_findall('([a-z])([0-9]+)')",
    [
      ['a', '1'],
      ['b', '22'],
    ],
  ],
  ["'a1b22' | regex_findall('([a-z])[0-9]+')", ['a', 'b']],
  ["'A1\\nB2' | regex_findall('^[a-z]', true, true)", ['A']],
  ["'a.b*c-d e' | regex_escape", 'a\\.b\\*c\\-d\\ e'],
  ["'^f.*o(.*)$' | regex_escape('posix_basic')", '\\^f\\.\\*o(\\.\\*)\\$'],
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
  ["'foo123' | regex_search('([a-z]+)([0-9]+)', '\\\\1')", "filter 'regex_search': '\\\\1' names no group"],
  [
    "'foo123' | regex_search('([a-z]+)([0-9]+)', '\\\\2', '\\\\1')",
    "filter 'regex_search': '\\\\2' names no group",
  ],
  [
    "'foo123' | regex_search('(?P<n>[0-9]+)', '\\\\g<n>')",
    "filter 'regex_search': '\\\\g<n>' names no group",
  ],
]

describe('what makes no sense is refused', () => {
  test.each(refusals)('%s', (source, message) => {
    expect(errorOf(() => render(`{{ ${source} }}`, samples))).toContain(message)
  })
})
