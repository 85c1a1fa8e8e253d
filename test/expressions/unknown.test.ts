import { describe, expect, test } from 'vitest'
import { evaluate, evaluateCondition } from '../../runner/expressions/evaluate.ts'
import { Unknown } from '../../runner/variables/unknown.ts'
import type { Value } from '../../runner/variables/value.ts'
import { place, scopeOf, template } from './harness.ts'

const build = new Unknown({ what: 'npm ci' })
const fetch = new Unknown({ what: 'git clone' })

const scope = scopeOf({
  build,
  fetch,
  result: { rc: build, stdout: build, changed: true, failed: false },
  items: [1, build, 3],
  known: 'x',
  flag: true,
  later: '{{ result.stdout }}',
})

const decided: [string, boolean][] = [
  ['false and build', false],
  ['build and false', false],
  ['true or build', true],
  ['build or true', true],
  ['not (build and false)', true],
  ['flag or build == 1', true],
  ['not flag and build', false],
  ['(build or true) and flag', true],
  ['build is defined', true],
  ['build is undefined', false],
  ['build is not defined', false],
  ['result.rc is defined', true],
  ['result is changed', true],
  ['result is not failed', true],
  ['3 in items', true],
  ['items | length == 3', true],
  ['1 < 0 < build', false],
  ['[1, build] == [2, build]', false],
  ['[build] == [1, 2]', false],
  ["known == 'x' and items[0] == 1", true],
  ['[true, build] is any', true],
  ['[false, build] is all', false],
]

describe('a condition that an unknown cannot change is decided', () => {
  test.each(decided)('%s', (condition, expected) => {
    expect(evaluateCondition(condition, place, scope)).toBe(expected)
  })
})

const undecided: [string, string][] = [
  ['build', 'npm ci'],
  ['not build', 'npm ci'],
  ['build == 1', 'npm ci'],
  ['1 < build', 'npm ci'],
  ['true and build', 'npm ci'],
  ['false or build', 'npm ci'],
  ['build and fetch', 'npm ci, git clone'],
  ['build or fetch', 'npm ci, git clone'],
  ["'a' in build", 'npm ci'],
  ['4 in items', 'npm ci'],
  ['4 not in items', 'npm ci'],
  ['build in [1, 2]', 'npm ci'],
  ['result.rc == 0', 'npm ci'],
  ['result.rc != 0 or result.failed', 'npm ci'],
  ["result.stdout is search('ok')", 'npm ci'],
  ['build is string', 'npm ci'],
  ["'%s' % build == ''", 'npm ci'],
  ['build.anything.at.all', 'npm ci'],
  ['build[0].x', 'npm ci'],
  ["build.split(',')", 'npm ci'],
  ['(build | int) > 1', 'npm ci'],
  ['items | max > 1', 'npm ci'],
  ["items | join == ''", 'npm ci'],
  ["items | select('equalto', 1) | list", 'npm ci'],
  ['later', 'npm ci'],
  ["lookup('env', build)", 'npm ci'],
]

describe('a condition that depends on an unknown is that unknown, with its reasons', () => {
  test.each(undecided)('%s', (condition, reasons) => {
    const answer = evaluateCondition(condition, place, scope)
    expect(answer).toBeInstanceOf(Unknown)
    expect((answer as Unknown).because.map(({ what }) => what).join(', ')).toBe(reasons)
  })
})

const values: [string, Value][] = [
  ['{{ build }}', build],
  ['{{ items }}', [1, build, 3]],
  ['{{ items | first }}', 1],
  ['{{ items[1] }}', build],
  ['{{ items + [4] }}', [1, build, 3, 4]],
  ['{{ result | combine({"rc": 0}) }}', { rc: 0, stdout: build, changed: true, failed: false }],
  ['{{ [result] | map(attribute="rc") }}', [build]],
  ['{{ {"a": build} | dict2items }}', [{ key: 'a', value: build }]],
  ['{{ build | default("x") }}', build],
  ['{{ known | default(build) }}', 'x'],
  ['{{ missing | default(build) }}', build],
  ['{{ flag | ternary(1, build) }}', 1],
  ['{{ 1 if flag else build }}', 1],
  ['{{ items | map("default", 1) }}', [1, build, 3]],
]

describe('an unknown keeps its place in what is made of it', () => {
  test.each(values)('%s', (source, expected) => {
    expect(evaluate(template(source), scope)).toEqual(expected)
  })
})

test('text around an unknown is unknown and waits for everything in it', () => {
  const text = evaluate(template('{{ build }} and {{ fetch }} and {{ build }}'), scope)
  expect(text).toEqual(new Unknown([{ what: 'npm ci' }, { what: 'git clone' }]))
})

test.each([
  '{% if build %}a{% endif %}',
  '{% for x in build %}{{ x }}{% endfor %}',
  '{% set x = build %}{{ x }}',
])('a statement over an unknown gives an unknown text: %s', (source) => {
  expect(evaluate(template(source), scope)).toEqual(build)
})

test('an unknown deep in a value leaves the rest of the value known', () => {
  const value = { a: [template('{{ build }}'), template('{{ known }}')], b: template('{{ flag }}') }
  expect(evaluate(value, scope)).toEqual({ a: [build, 'x'], b: true })
})
