import { expect, test } from 'vitest'
import { evaluate, evaluateExpression } from '../../runner/expressions/evaluate.ts'
import { LazyDict } from '../../runner/variables/lazy.ts'
import { Scope, dictLayer } from '../../runner/variables/scope.ts'
import { omit, type Value } from '../../runner/variables/value.ts'
import { dataScope, errorOf, place, scopeOf, template } from './harness.ts'

function hosts(): LazyDict {
  const all: Record<string, Value> = { web1: { port: 80 }, web2: { port: 81 } }
  return new LazyDict(
    (key) => (Object.hasOwn(all, key) ? all[key] : undefined),
    () => Object.keys(all),
  )
}

test('variables that mention others are worked out when they are used', () => {
  const scope = scopeOf({
    url: 'http://{{ host }}:{{ port }}',
    host: '{{ name }}.example',
    name: 'web',
    port: 80,
  })
  expect(evaluate(template('{{ url }}/x'), scope)).toBe('http://web.example:80/x')
})

test('what is not used may be broken', () => {
  const scope = scopeOf({ app: { port: 80, url: '{{ nowhere }}', list: ['{{ nowhere }}', 2] } })
  expect(evaluate(template('{{ app.port }} {{ app.list[1] }} {{ "url" in app }}'), scope)).toBe('80 2 True')
})

test('a circle of variables is an error that names them', () => {
  const scope = scopeOf({ a: '{{ b }}', b: 'x{{ c }}', c: '{{ a }}' })
  expect(errorOf(() => evaluate(template('{{ a }}'), scope))).toBe(
    'recursive loop detected: a → b → c → a (a variable cannot be made of itself) at 10:7',
  )
})

test('a circle through scopes of several hosts ends, too', () => {
  const scope: Scope = new Scope(
    [
      dictLayer('vars', {
        x: template('{{ hostvars.web1.x }}'),
        hostvars: new LazyDict(
          () =>
            new LazyDict(
              (name) => evaluate(scope.get(name)!, scope),
              () => ['x'],
            ),
          () => ['web1'],
        ),
      }),
    ],
    { playbookDir: '/', searchPath: () => [] },
  )
  expect(errorOf(() => evaluate(template('{{ x }}'), scope))).toContain(
    'variables refer to each other too deeply',
  )
})

test('a lazy dictionary is a mapping', () => {
  const scope = scopeOf({ hostvars: hosts() })
  const value = (source: string) => evaluate(template(source), scope)
  expect(value('{{ hostvars.web1.port }}')).toBe(80)
  expect(value("{{ hostvars['web2'].port }}")).toBe(81)
  expect(value('{{ "web1" in hostvars }} {{ "web9" in hostvars }}')).toBe('True False')
  expect(value('{{ hostvars | length }}')).toBe(2)
  expect(value('{{ hostvars is mapping }}')).toBe(true)
  expect(value('{{ hostvars.keys() }}')).toEqual(['web1', 'web2'])
  expect(value('{{ hostvars | dict2items | map(attribute="value.port") }}')).toEqual([80, 81])
  expect(value('{{ ["web1", "web2"] | map("extract", hostvars, "port") }}')).toEqual([80, 81])
  expect(value('{% for h in hostvars %}{{ h }},{% endfor %}')).toBe('web1,web2,')
  expect(value('{{ hostvars | to_json }}')).toBe('{"web1": {"port": 80}, "web2": {"port": 81}}')
})

test('an error out of a lazy dictionary reaches the caller untouched', () => {
  class Wait extends Error {}
  const scope = scopeOf({
    hostvars: new LazyDict(
      () => {
        throw new Wait()
      },
      () => [],
    ),
  })
  expect(() => evaluate(template("{{ hostvars.web1 | default('x') }}"), scope)).toThrow(Wait)
})

test('values of every depth are evaluated and keep their types', () => {
  const scope = scopeOf({ n: 2, list: [1], mode: '0644' })
  const value = {
    a: [template('{{ n }}'), { b: template('{{ list }}') }],
    c: 'plain',
    d: template('{{ mode }}'),
  }
  expect(evaluate(value, scope)).toEqual({ a: [2, { b: [1] }], c: 'plain', d: '0644' })
})

test('what needs no evaluation is handed back as it is', () => {
  const value = { a: [1, { b: 'x' }] }
  expect(evaluate(value, scopeOf({}))).toBe(value)
})

test('text that came from a variable is data, whatever it holds', () => {
  const evil = dataScope({ fact: '{{ 1 + 1 }}', list: ['{% if true %}'] })
  expect(evaluate(template('{{ fact }}'), evil)).toBe('{{ 1 + 1 }}')
  expect(evaluate(template('<{{ fact }}>'), evil)).toBe('<{{ 1 + 1 }}>')
  expect(evaluate(template('{{ list }}'), evil)).toEqual(['{% if true %}'])
  expect(evaluate(template("{{ lookup('vars', 'fact') }}"), evil)).toBe('{{ 1 + 1 }}')
})

test('omit passes through', () => {
  const scope = scopeOf({ given: 5 })
  const args = { a: template('{{ missing | default(omit) }}'), b: template('{{ given | default(omit) }}') }
  expect(evaluate(args, scope)).toEqual({ a: omit, b: 5 })
})

test('vars holds every variable by its name', () => {
  const scope = scopeOf({ port: 80, url: '{{ port }}/x' })
  expect(evaluate(template("{{ vars['url'] }} {{ vars.port }} {{ 'nope' in vars }}"), scope)).toBe(
    '80/x 80 False',
  )
})

test('a bare expression can be evaluated', () => {
  const scope = scopeOf({ list: [1, 2] })
  expect(evaluateExpression('list | max', place, scope)).toBe(2)
  expect(evaluateExpression('list', place, scope)).toEqual([1, 2])
  expect(evaluateExpression('{{ list }}', place, scope)).toEqual([1, 2])
})

test('variables never change under an expression', () => {
  const scope = scopeOf({ list: [1], dict: { a: 1 } })
  expect(errorOf(() => evaluate(template('{{ list.append(2) }}'), scope))).toContain(
    "'append' would change a variable",
  )
  expect(errorOf(() => evaluate(template('{{ dict.update({"b": 2}) }}'), scope))).toContain(
    "'update' would change",
  )
  const grown = '{% set l = [] %}{% for i in [1, 2] %}{% set _ = l.append(i) %}{% endfor %}{{ l }}'
  expect(evaluate(template(grown), scope)).toEqual([1, 2])
})
