import { describe, expect, test } from 'vitest'
import { evaluate, evaluateCondition } from '../../runner/expressions/evaluate.ts'
import { Secret } from '../../runner/variables/secret.ts'
import type { Value } from '../../runner/variables/value.ts'
import { errorOf, place, scopeOf, template } from './harness.ts'

const scope = scopeOf({
  password: new Secret('s3cret pw'),
  port: new Secret(5432),
  user: { name: 'anna', password: new Secret('s3cret pw'), tags: ['a', 'b'] },
  url: 'postgres://{{ user.name }}:{{ password | urlencode }}@db:{{ port }}/x',
})

const derived: [string, string | number][] = [
  ['{{ password }}', 's3cret pw'],
  ['{{ password | upper }}', 'S3CRET PW'],
  ['{{ password.upper() }}', 'S3CRET PW'],
  ['{{ password[0:2] }}', 's3'],
  ['{{ password[0] }}', 's'],
  ['{{ password ~ "!" }}', 's3cret pw!'],
  ['{{ "x" + password }}', 'xs3cret pw'],
  ['{{ "%s" % password }}', 's3cret pw'],
  ['{{ "{}".format(password) }}', 's3cret pw'],
  ['{{ port + 1 }}', 5433],
  ['{{ -port }}', -5432],
  ['{{ password | b64encode }}', 'czNjcmV0IHB3'],
  ['{{ password | hash("md5") }}', '10bcd6d1a9e9e3f9ad7aa7d9a7b9ee1e'],
  ['{{ [password, "x"] | join(",") }}', 's3cret pw,x'],
  ['{{ user | to_json }}', '{"name": "anna", "password": "s3cret pw", "tags": ["a", "b"]}'],
  ['{{ user ~ "" }}', "{'name': 'anna', 'password': 's3cret pw', 'tags': ['a', 'b']}"],
  ['pw={{ password }}', 'pw=s3cret pw'],
  ['pw={{ password }}\n', 'pw=s3cret pw\n'],
  ['{{ password }}\n', 's3cret pw\n'],
  ['{{ url }}', 'postgres://anna:s3cret%20pw@db:5432/x'],
  ['{% if true %}{{ password }}.{% endif %}', 's3cret pw.'],
  ['{% set x = password %}{{ x }}{{ x }}', 's3cret pws3cret pw'],
  ['{{ missing | default(password) }}', 's3cret pw'],
  ['{{ true | ternary(password, "") }}', 's3cret pw'],
]

describe('what is made of a secret is a secret', () => {
  test.each(derived)('%s', (source, expected) => {
    const value = evaluate(template(source), scope)
    expect(value).toBeInstanceOf(Secret)
    if (!source.includes('hash')) expect((value as Secret).reveal()).toBe(expected)
    expect(JSON.stringify({ value })).toBe('{"value":"********"}')
  })
})

const plain: [string, Value][] = [
  ['{{ password == "s3cret pw" }}', true],
  ['{{ password is defined }}', true],
  ['{{ password is string }}', true],
  ['{{ port is number }}', true],
  ['{{ password is match("s3") }}', true],
  ['{{ "s3" in password }}', true],
  ['{{ password | length }}', 9],
  ['{{ user.name }}', 'anna'],
  ['{{ user.tags | join(",") }}', 'a,b'],
  ['{{ user | dict2items | map(attribute="key") }}', ['name', 'password', 'tags']],
  ['{{ password | type_debug }}', 'str'],
]

describe('what says little of a secret is shown', () => {
  test.each(plain)('%s', (source, expected) => {
    expect(evaluate(template(source), scope)).toEqual(expected)
  })
})

test.each(['password', "password == 's3cret pw'", 'port > 5000', "password is search('cret')"])(
  'conditions look through the mark: %s',
  (condition) => {
    expect(evaluateCondition(condition, place, scope)).toBe(true)
  },
)

test('in a list or dictionary only the secret itself is marked', () => {
  const value = evaluate(template('{{ user | combine({"home": "/home/anna"}) }}'), scope) as Record<
    string,
    Value
  >
  expect(value['password']).toBeInstanceOf(Secret)
  expect({ ...value, password: 0 }).toEqual({
    name: 'anna',
    password: 0,
    tags: ['a', 'b'],
    home: '/home/anna',
  })
})

test.each([
  '{{ password | from_json }}',
  '{{ password | human_to_bytes }}',
  '{{ "x".index(password) }}',
  '{{ password | to_datetime }}',
  '{{ password | int(base="x") }}',
  '{{ password.index("zz") }}',
  '{{ [] [password] }}',
  '{{ user[password] }}',
])('an error does not tell it: %s', (source) => {
  expect(errorOf(() => evaluate(template(source), scope))).not.toMatch(/s3cr|et p/)
})
