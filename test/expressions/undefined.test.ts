import { describe, expect, test } from 'vitest'
import { UndefinedVariable, evaluate, evaluateCondition } from '../../runner/expressions/evaluate.ts'
import type { Value } from '../../runner/variables/value.ts'
import { errorOf, place, render, scopeOf, template } from './harness.ts'

const variables: Record<string, Value> = {
  app_port: 5000,
  app: { name: 'x', port: 1, broken: '{{ nowhere }}', nothing: null },
  alias: '{{ nowhere }}',
  nothing: null,
}

const errors: [string, string][] = [
  ['{{ nowhere }}', "'nowhere' is undefined at 10:10"],
  ['{{ app_prt }}', "'app_prt' is undefined (did you mean 'app_port'?) at 10:10"],
  ['{{ not nowhere }}', "'nowhere' is undefined at 10:14"],
  ['{{ nowhere == 1 }}', "'nowhere' is undefined at 10:10"],
  ["{{ 'a' ~ nowhere }}", "'nowhere' is undefined at 10:16"],
  ['{{ [nowhere] }}', "'nowhere' is undefined at 10:11"],
  ["{{ {'k': nowhere} }}", "'nowhere' is undefined at 10:16"],
  ['{{ nowhere | upper }}', "'nowhere' is undefined at 10:10"],
  ["{{ 'a' | replace(nowhere, 'b') }}", "'nowhere' is undefined at 10:24"],
  ['{{ nowhere.deeper.still }}', "'nowhere' is undefined at 10:10"],
  ['{{ nowhere is string }}', "'nowhere' is undefined at 10:10"],
  ['{{ nowhere() }}', "'nowhere' is undefined at 10:10"],
  ['{{ range(nowhere) }}', "'nowhere' is undefined at 10:16"],
  ['{{ true and nowhere }}', "'nowhere' is undefined at 10:19"],
  [
    '{{ app.nam }}',
    "'app.nam' is undefined: object of type 'dict' has no attribute 'nam' (it has 'name', 'port', 'broken', 'nothing') at 10:14",
  ],
  [
    "{{ app['zz'] }}",
    "'app['zz']' is undefined: object of type 'dict' has no attribute 'zz' (it has 'name', 'port', 'broken', 'nothing') at 10:13",
  ],
  [
    '{{ app.name.first }}',
    "'app.name.first' is undefined: object of type 'str' has no attribute 'first' at 10:19",
  ],
  ['{{ nothing.x }}', "'nothing.x' is undefined: object of type 'NoneType' has no attribute 'x' at 10:18"],
  ['{{ alias }}', "'nowhere' is undefined at 10:10"],
  ['{{ app.broken }}', "'nowhere' is undefined at 10:10"],
  ['{{ app }}', "'nowhere' is undefined at 10:10"],
  ['{{ nowhere | mandatory }}', "filter 'mandatory': Mandatory variable 'nowhere' is undefined at 10:20"],
  ["{{ nowhere | mandatory('set it') }}", "filter 'mandatory': set it at 10:20"],
  ["{{ undef('give me a port') }}", 'give me a port at 10:10'],
  ['line\n{{ nowhere }}', "'nowhere' is undefined at 11:4"],
  ['{% if nowhere %}{% endif %}', "'nowhere' is undefined at 10:13"],
  ['{% for x in nowhere %}{% endfor %}', "'nowhere' is undefined at 10:19"],
]

describe('something undefined is an error with its place, wherever it is used', () => {
  test.each(errors)('%s', (source, message) => {
    expect(errorOf(() => render(source, variables))).toBe(message)
  })
})

const accepted: [string, Value][] = [
  ['{{ nowhere | default(1) }}', 1],
  ['{{ nowhere | d(1) }}', 1],
  ['{{ nowhere.deeper.still | default(1) }}', 1],
  ['{{ app.zz | default(1) }}', 1],
  ['{{ app.zz.deeper | default(1) }}', 1],
  ['{{ alias | default(1) }}', 1],
  ['{{ app.broken | default(1) }}', 1],
  ['{{ nowhere | default(elsewhere) | default(2) }}', 2],
  ['{{ app_port | default(nowhere) }}', 5000],
  ['{{ nowhere is defined }}', false],
  ['{{ nowhere is not defined }}', true],
  ['{{ nowhere.x.y is defined }}', false],
  ['{{ app.zz is undefined }}', true],
  ['{{ app.nothing is defined }}', true],
  ['{{ nothing is defined }}', true],
  ['{{ alias is defined }}', false],
  ['{{ app is defined }}', true],
  ['{{ app.port }}', 1],
  ['{{ 1 if app_port else nowhere }}', 1],
  ['{{ false and nowhere }}', false],
  ['{{ true or nowhere }}', true],
  ["{{ 'a' if false }}", ''],
  ["<{{ 'a' if false }}>", '<>'],
  ["{{ ('a' if false) | default('b') }}", 'b'],
  ["{{ [{'a': 1}, {}] | map(attribute='a', default=0) }}", [1, 0]],
  ["{{ [{'a': 1}, {}] | selectattr('a', 'defined') }}", [{ a: 1 }]],
  ["{{ [] | first | default('none') }}", 'none'],
]

describe('default, is defined and their like accept it', () => {
  test.each(accepted)('%s', (source, expected) => {
    expect(render(source, variables)).toEqual(expected)
  })
})

test('the error of a missing name can be told from other errors', () => {
  expect(() => render('{{ nowhere }}')).toThrow(UndefinedVariable)
  expect(() => render('{{ 1 / 0 }}')).not.toThrow(UndefinedVariable)
  expect(() => evaluateCondition('nowhere == 1', place, scopeOf({}))).toThrow(UndefinedVariable)
})

test('a key named like something of JavaScript is not there', () => {
  for (const name of ['constructor', '__proto__', 'toString', 'prototype', 'hasOwnProperty', 'length']) {
    expect(render(`{{ app.${name} is defined }}`, variables)).toBe(false)
    expect(render(`{{ app['${name}'] is defined }}`, variables)).toBe(false)
    expect(render(`{{ ${name} is defined }}`)).toBe(false)
    expect(render(`{{ 'text'.${name} is defined }}`)).toBe(false)
    expect(render(`{{ [1].${name} is defined }}`)).toBe(false)
  }
})

test('a key named __proto__ is a key like any other', () => {
  const value = evaluate(template('{{ {"__proto__": 1} | combine({"a": 2}) }}'), scopeOf({}))
  expect(Object.entries(value as object)).toEqual([
    ['__proto__', 1],
    ['a', 2],
  ])
})
