import { describe, expect, test } from 'vitest'
import { evaluateCondition } from '../../runner/expressions/evaluate.ts'
import { isTemplateSource } from '../../runner/variables/template.ts'
import type { Value } from '../../runner/variables/value.ts'
import { errorOf, place, scopeOf, template } from './harness.ts'

const scope = scopeOf({
  port: 80,
  name: 'web',
  empty: '',
  list: [1],
  nothing: null,
  no_text: 'no',
  yes_text: 'yes',
  flag: false,
  enabled: '{{ port == 80 }}',
  result: { failed: false, stdout: 'ok', rc: 0 },
  expression: 'port == 81',
})

const conditions: [Value, boolean][] = [
  [true, true],
  [false, false],
  [null, true],
  ['', true],
  ['port == 80', true],
  ['port == 80 and name == "web"', true],
  ['flag', false],
  ['not flag', true],
  ['enabled', true],
  ['name', true],
  ['empty', false],
  ['list', true],
  ['list | length == 2', false],
  ['nothing', false],
  ['yes_text', true],
  ['no_text | bool', false],
  ['result is succeeded', true],
  ["'needle' in result.stdout", false],
  ['{{ port == 80 }}', true],
  ['{{ flag }}', false],
  ['{{ port }} == 80', true],
  ["name == '{{ name }}'", true],
  ['{{ port == 80 }} and {{ flag }}', false],
  ['{% if flag %}true{% else %}false{% endif %}x', true],
  ["'a\\tb' == 'a	b'", true],
  ["name is match('^\\\\w+$')", true],
  ["name is match('^\\w+$')", true],
  ['expression', true],
  ['no_text', true],
  [1, true],
  [0, false],
]

describe('a condition is an expression of its author', () => {
  test.each(conditions)('%j', (condition, expected) => {
    const written =
      typeof condition === 'string' && isTemplateSource(condition) ? template(condition) : condition
    expect(evaluateCondition(written, place, scope)).toBe(expected)
  })
})

const mistakes: [string, string][] = [
  ['port = 80', "unexpected '=' (write `==` to compare) at 10:12"],
  ['port == 80 && name', "unexpected character '&' (write `and`) at 10:18"],
  ['!flag', "unexpected character '!' (write `not`) at 10:7"],
  ['missing == 1', "'missing' is undefined at 10:7"],
  ['name == ', 'expected an expression at 10:15'],
]

describe('a wrong condition is reported at its place', () => {
  test.each(mistakes)('%s', (condition, message) => {
    expect(errorOf(() => evaluateCondition(condition, place, scope))).toBe(message)
  })
})

const quoted: [string, boolean][] = [
  [`"{{ "ab" | upper }}" == "AB"`, true],
  [`'{{ name['x'] | default('none') }}' == "none"`, true],
  [`"port {{ port }}" == 'port 80'`, true],
]

describe('a template may stand in a string of a condition, whatever quotes are in it', () => {
  test.each(quoted)('%s', (condition, holds) => {
    expect(evaluateCondition(condition, place, scopeOf({ name: {}, port: 80 }))).toBe(holds)
  })
})
