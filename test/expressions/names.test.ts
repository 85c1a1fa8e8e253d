import { expect, test } from 'vitest'
import { namesIn, namesInExpression } from '../../runner/expressions/names.ts'
import { errorOf, place, template } from './harness.ts'

const cases: [string, string[]][] = [
  ['plain text', []],
  ['{{ a }} and {{ b.c[d] }}', ['a', 'b', 'd']],
  ['{{ a | default(b) | map(c) }}', ['a', 'b', 'c']],
  ['{{ lookup("env", a) }} {{ range(b) }} {{ omit }}', ['a', 'b']],
  ['{{ [a, {b: c}] }}', ['a', 'b', 'c']],
  ['{{ x if y else z }}', ['x', 'y', 'z']],
  ['{{ a is divisibleby(b) and not c in d }}', ['a', 'b', 'c', 'd']],
  ["{{ lookup('file', '{{ dir }}/x') }}", ['dir']],
  ['{% for i in list if i > limit %}{{ i }}{{ loop.index }}{% endfor %}{{ i }}', ['list', 'limit', 'i']],
  ['{% set x = a %}{{ x }}', ['a']],
  ['{% macro m(p, q=r) %}{{ p }}{{ q }}{{ s }}{% endmacro %}{{ m(t) }}', ['r', 's', 't']],
  ['{% with a = b %}{{ a }}{% endwith %}{{ a }}', ['b', 'a']],
  ['{% if a %}{{ b }}{% elif c %}{% else %}{{ d }}{% endif %}', ['a', 'b', 'c', 'd']],
]

test.each(cases)('the free names of %s', (source, names) => {
  expect([...namesIn(template(source))].sort()).toEqual(names.toSorted())
})

test('the free names of a condition', () => {
  expect([...namesInExpression("a == 1 and b.c is defined and '{{ d }}' == e", place)]).toEqual([
    'a',
    'b',
    'd',
    'e',
  ])
})

test('what is no template is reported', () => {
  expect(errorOf(() => namesIn(template('{{ a + }}')))).toBe('expected an expression at 10:14')
})
