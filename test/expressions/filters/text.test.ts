import { describe, expect, test } from 'vitest'
import type { Value } from '../../../runner/variables/value.ts'
import { render } from '../harness.ts'
import { samples } from '../samples.ts'

const answers: [string, Value][] = [
  ['word | upper', 'HELLO'],
  ["'hELLO wORLD' | capitalize", 'Hello world'],
  ['"foo bar-baz it\'s (qux)" | title', "Foo Bar-Baz It's (Qux)"],
  ["'  x  ' | trim", 'x'],
  ["'xxaxx' | trim('x')", 'a'],
  ["'aaa' | replace('a', 'b', 2)", 'bba'],
  ["text | replace('quick', 'slow')", 'The slow brown fox'],
  ['text | split', ['The', 'quick', 'brown', 'fox']],
  ["'a,b,c' | split(',')", ['a', 'b', 'c']],
  ["'a,b,c' | split(',', 1)", ['a', 'b,c']],
  ["'mid' | center(10)", '   mid    '],
  ["'odd' | center(10)", '   odd    '],
  ['lines | indent', 'one\n    two\n\n    three'],
  ['lines | indent(2, true)', '  one\n  two\n\n  three'],
  ['lines | indent(2, first=true, blank=true)', '  one\n  two\n  \n  three'],
  ["lines | indent('> ')", 'one\n> two\n\n> three'],
  ["'a\n' | indent", 'a\n'],
  ['text | wordwrap(10)', 'The quick\nbrown fox'],
  ["'supercalifragilistic word' | wordwrap(8)", 'supercal\nifragili\nstic\nword'],
  ["'supercalifragilistic word' | wordwrap(8, false)", 'supercalifragilistic\nword'],
  ["'well-known hyphen-ated' | wordwrap(8)", 'well-\nknown\nhyphen-\nated'],
  ["'a  b   c d' | wordwrap(4)", 'a  b\nc d'],
  ['text | wordcount', 4],
  ["'foo bar baz qux' | truncate(9)", 'foo...'],
  ["'foo bar baz qux' | truncate(9, True)", 'foo ba...'],
  ["'foo bar baz qux' | truncate(11)", 'foo bar baz qux'],
  ["'foo bar baz qux' | truncate(11, False, '...', 0)", 'foo bar...'],
  ["'%s and %s' | format('a', 'b')", 'a and b'],
  ["'%(x)s' | format(x=1)", '1'],
  ["'%05.1f|%x|%e|%g' | format(3.14159, 255, 12345.678, 0.0001)", '003.1|ff|1.234568e+04|0.0001'],
  ["'<p>Hello   <b>you</b></p>' | striptags", 'Hello you'],
  ['"it\'s" | quote', "'it'\"'\"'s'"],
  ["'plain' | quote", 'plain'],
  ["'' | quote", "''"],
  ["'a b' | quote", "'a b'"],
]

describe('text filters are as in Ansible', () => {
  test.each(answers)('%s', (source, expected) => {
    expect(render(`{{ ${source} }}`, samples)).toEqual(expected)
  })
})
