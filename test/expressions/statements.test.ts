import { describe, expect, test } from 'vitest'
import type { Value } from '../../runner/variables/value.ts'
import { errorOf, render } from './harness.ts'
import { samples } from './samples.ts'

const answers: [string, Value][] = [
  ["{% if word == 'hello' %}yes{% else %}no{% endif %}!", 'yes!'],
  ['{% for n in numbers %}{{ n }}{% if not loop.last %}, {% endif %}{% endfor %}', '3, 1, 2'],
  ['{% for n in numbers if n > 1 %}{{ loop.index }}:{{ n }} {% endfor %}', '1:3 2:2 '],
  ['{% for n in [] %}x{% else %}none{% endfor %}', 'none'],
  ['{% for k, v in nested.a.items() %}{{ k }}={{ v }};{% endfor %}', 'b=[10, 20];c=;'],
  ['{% for k in nested %}{{ k }},{% endfor %}', 'a,d,'],
  [
    '{% for u in users %}{% for g in u.groups %}{{ loop.index }}{{ g }}{% endfor %}|{% endfor %}',
    '1a2b|1b||',
  ],
  ['{% set x = 1 %}{% for n in numbers %}{% set x = n %}{% endfor %}{{ x }}-', '1-'],
  [
    '{% set ns = namespace(t=0) %}{% for n in numbers %}{% set ns.t = ns.t + n %}{% endfor %}{{ ns.t }}-',
    '6-',
  ],
  ['{% set a, b = 1, 2 %}{{ a }}{{ b }}-', '12-'],
  ['{% set x %}block {{ word }}{% endset %}{{ x }}-', 'block hello-'],
  ['{% set x | upper %}block{% endset %}{{ x }}-', 'BLOCK-'],
  [
    "{% macro m(a, b='d') %}[{{ a }}{{ b }}]{% endmacro %}{{ m(1) }}{{ m(1, 2) }}{{ m(b=3, a=4) }}",
    '[1d][12][43]',
  ],
  ['{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, x=2) }}-', "(1,){'x': 2}-"],
  ['{% macro m() %}<{{ caller() }}>{% endmacro %}{% call m() %}in{% endcall %}-', '<in>-'],
  ['{% macro m() %}<{{ caller(7) }}>{% endmacro %}{% call(x) m() %}in{{ x }}{% endcall %}-', '<in7>-'],
  ['{% filter upper %}abc{{ word }}{% endfilter %}-', 'ABCHELLO-'],
  ['{% with a = 1, b = a %}{{ a }}{% endwith %}-', '1-'],
  ["{% with a = 1 %}{{ a }}{% endwith %}{{ a | default('gone') }}", '1gone'],
  ['{% raw %}{{ x }}{% endraw %}-', '{{ x }}-'],
  ['{# comment #}a{# b #}c', 'ac'],
  ['a\n{% if true %}\nb\n{% endif %}\nc', 'a\nb\nc'],
  ['a\n  {%- if true %}\n b {%- endif -%} \n c', 'a bc'],
  ["a {{- ' b ' -}} c", 'a b c'],
  ['{% for n in numbers %}\n  - {{ n }}\n{% endfor %}\nend\n', '  - 3\n  - 1\n  - 2\nend\n'],
  ['{% for n in numbers -%}\n  - {{ n }}\n{% endfor %}', '- 3\n- 1\n- 2\n'],
  ['{% for n in numbers recursive %}{{ n }}{% endfor %}-', '312-'],
  [
    '{% for i in [[1,[2]],3] recursive %}{% if i is iterable %}({{ loop(i) }}){% else %}{{ i }}{{ loop.depth }}{% endif %}{% endfor %}',
    '(12(23))31',
  ],
  [
    "{% for n in numbers %}{{ loop.cycle('a','b') }}{{ loop.first }}{{ loop.revindex }}{{ loop.previtem | default('-') }}{{ loop.nextitem | default('-') }} {% endfor %}",
    'aTrue3-1 bFalse232 aFalse11- ',
  ],
  ['{% for n in [1,1,2] %}{% if loop.changed(n) %}{{ n }}{% endif %}{% endfor %}-', '12-'],
  ['{{ word }}\n', 'hello\n'],
  ['{{ word }}\n\n', 'hello\n\n'],
  ['{% if false %}x{% endif %}-', '-'],
  ['x{% if true %}y{% endif %}\n', 'xy\n'],
  ["{{ 'a\\\\b' }}-", 'a\\\\b-'],
  ["{{ '\n' }}-", '\n-'],
  ["{% set x = 'a\nb' %}{{ x }}-", 'a\nb-'],
  ['{{ none }}-', '-'],
  ['{{ [1,none] }}-', '[1, None]-'],
  ["{{ 'a' if false }}-", '-'],
  ['{{ missing is defined }}-', 'False-'],
  ["{{ missing | default('x') }}{{ word }}", 'xhello'],
]

describe('statements are rendered as by Jinja', () => {
  test.each(answers)('%s', (source, expected) => {
    expect(render(source, samples)).toEqual(expected)
  })
})

const refusals: [string, string][] = [
  ['{{ missing }}-', "'missing' is undefined"],
  ['{{ nested.zz }}-', "'nested.zz' is undefined: object of type 'dict' has no attribute 'zz'"],
]

describe('what makes no sense is refused', () => {
  test.each(refusals)('%s', (source, message) => {
    expect(errorOf(() => render(source, samples))).toContain(message)
  })
})
