import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { formatLocation } from '../../runner/source/location.ts'
import { locate } from '../../runner/source/positions.ts'
import { VaultSecret } from '../../runner/source/vault.ts'
import { parseYaml, type YamlOptions } from '../../runner/source/yaml.ts'
import { Secret } from '../../runner/variables/secret.ts'
import { Template } from '../../runner/variables/template.ts'
import type { Dict, Value } from '../../runner/variables/value.ts'

/** The value of text that has nothing wrong with it. */
function read(text: string, options?: YamlOptions): Value {
  const { value, diagnostics } = parseYaml(text, 'f.yml', options)
  expect(diagnostics).toEqual([])
  return value!
}

describe('a plain scalar is what PyYAML makes of it', () => {
  const cases: [written: string, value: Value][] = [
    ['0644', 0o644],
    ['0o644', '0o644'],
    ['0x1F', 31],
    ['-0x1F', -31],
    ['0b101', 5],
    ['09', '09'],
    ['1_000', 1000],
    ['1e3', '1e3'],
    ['1.0e+3', 1000],
    ['1.', 1],
    ['.5', 0.5],
    ['-.5', '-.5'],
    ['+1', 1],
    ['1:30', 90],
    ['1:30:15', 5415],
    ['1:30.5', 90.5],
    ['01:30', '01:30'],
    ['.inf', Infinity],
    ['-.Inf', -Infinity],
    ['12345678901234567890', '12345678901234567890'],
    ['yes', true],
    ['Off', false],
    ['TRUE', true],
    ['tRue', 'tRue'],
    ['y', 'y'],
    ['~', null],
    ['', null],
    ['NULL', null],
    ['none', 'none'],
    ['2001-01-01', '2001-01-01'],
    ['2001-12-14 21:59:43', '2001-12-14 21:59:43'],
    ['"0644"', '0644'],
    ["'yes'", 'yes'],
    ['!!str 123', '123'],
    ['!!int "0x10"', 16],
    ['!!binary aGVsbG8=', 'hello'],
  ]
  test.each(cases)('%s', (written, value) => {
    expect(read(`a: ${written}`)).toEqual({ a: value })
  })
})

describe('keys', () => {
  test('are text, numbers in their usual form and words as Python names them', () => {
    expect(read('{80: a, 0644: b, yes: c, ~: d, 1.50: e}')).toEqual({
      80: 'a',
      420: 'b',
      True: 'c',
      None: 'd',
      1.5: 'e',
    })
  })
  test.each(['__proto__', 'constructor', 'toString'])('%s is a key like any other', (key) => {
    const dict = read(`${key}: {polluted: 1}`) as Dict
    expect(Object.keys(dict)).toEqual([key])
    expect(Object.getPrototypeOf(dict)).toBe(Object.prototype)
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })
  test('merge under what is written beside them, earlier sources before later ones', () => {
    const text = 'a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc: {<<: [*a, *b], z: 5}'
    expect((read(text) as Dict)['c']).toEqual({ x: 1, y: 2, z: 5 })
  })
})

describe('text with an expression', () => {
  const cases: [what: string, text: string, source: string, line: number, column: number][] = [
    ['plain', 'a: x {{ y }}', 'x {{ y }}', 1, 4],
    ['in quotes begins after the quote', 'a: "{{ y }}"', '{{ y }}', 1, 5],
    ['of a block begins on the line after', 'a: |\n  one\n  {{ y }}\n', 'one\n{{ y }}\n', 2, 3],
    ['of a folded block', 'a:\n  b: >-\n    one\n    {% if y %}\n', 'one {% if y %}', 3, 5],
    ['in a list', 'a:\n- 1\n- "{# no #}x"', '{# no #}x', 3, 4],
  ]
  test.each(cases)('%s is a template that knows its place', (_, text, source, line, column) => {
    const at = find(read(text))
    expect(at).toEqual(new Template(source, { file: 'f.yml', line, column }))
  })
  test('stays plain after !unsafe, also inside', () => {
    expect(read('a: !unsafe "{{ x }}"\nb: !unsafe [{c: "{{ y }}"}]')).toEqual({
      a: '{{ x }}',
      b: [{ c: '{{ y }}' }],
    })
  })
  test('stays plain where only documentation is read', () => {
    expect(read('a: "{{ x }}"', { templates: false })).toEqual({ a: '{{ x }}' })
  })
})

describe('vaults', () => {
  const VAULT = '$ANSIBLE_VAULT;1.1;AES256\n6162\n'
  const text = `a: !vault |\n  ${VAULT.replaceAll('\n', '\n  ')}\nb: 1`

  test('a value is decrypted when it is used, and then once', () => {
    const asked: string[] = []
    const { a } = read(text, { decrypt: (vaulted) => `plain ${asked.push(vaulted)}` }) as Dict
    expect(asked).toEqual([])
    expect((a as Secret).reveal()).toBe('plain 1')
    expect((a as Secret).reveal()).toBe('plain 1')
    expect(asked).toEqual([VAULT])
    expect(a).toBeInstanceOf(VaultSecret)
    expect(inspect(a) + JSON.stringify([a])).not.toContain('plain')
  })
  test('without a password the value names its place when it is used', () => {
    const { a } = read(text) as Dict
    const location = { file: 'f.yml', line: 2, column: 3 }
    expect(() => (a as Secret).reveal()).toThrow(
      expect.objectContaining({
        diagnostics: [
          expect.objectContaining({
            location,
            message: expect.stringMatching(/no vault password was given/),
          }),
        ],
      }),
    )
  })
  test('texts and numbers of a file that was a vault are secrets', () => {
    const dict = read('a: x\nb: [1]\nc: true\nd: "{{ e }}"', { secret: true }) as Dict
    expect(dict['a']).toEqual(new Secret('x'))
    expect((dict['b'] as Value[])[0]).toBeInstanceOf(Secret)
    expect(dict['c']).toBe(true)
    expect(dict['d']).toBeInstanceOf(Template)
  })
})

describe('places', () => {
  const dict = read('one:\n  - a: 1\n    b: [x, y]\n  - &c {d: 2}\ntwo: {<<: *c, e: 3}\n') as Dict
  const list = dict['one'] as Value[]
  const cases: [
    what: string,
    container: object,
    key: string | number | undefined,
    part: 'key' | 'value',
    place: string,
  ][] = [
    ['a dictionary', dict, undefined, 'value', '1:1'],
    ['a key', dict, 'one', 'key', '1:1'],
    ['a value', dict, 'one', 'value', '2:3'],
    ['an entry of a list, after its anchor', list, 1, 'value', '4:8'],
    ['a value inside', list[0] as Dict, 'b', 'value', '3:8'],
    ['an entry of an inner list', (list[0] as Dict)['b'] as Value[], 1, 'value', '3:12'],
  ]
  test.each(cases)('of %s', (_, container, key, part, place) => {
    expect(formatLocation(locate(container, key, part)!)).toBe(`f.yml:${place}`)
  })
  test('are not known for what no file holds', () => {
    expect(locate({ a: 1 }, 'a')).toBeUndefined()
    expect(locate(dict, 'three')).toBeUndefined()
  })
})

test('a byte order mark is no part of the text', () => {
  expect(read('\uFEFFa: 1')).toEqual({ a: 1 })
})

test('quoted text goes on at any indentation, as in Ansible', () => {
  const text = 'a:\n  b: "one {{ x }}\n  two"\n  c: \'three\nfour\'\n  d: 1\n'
  const at = { file: 'f.yml', line: 2, column: 7 }
  expect(read(text)).toEqual({ a: { b: new Template('one {{ x }} two', at), c: 'three four', d: 1 } })
})

test('an alias is the same value, not a copy', () => {
  const { a, b } = read('a: &x [1]\nb: *x') as Dict
  expect(b).toBe(a)
})

/** The one template in a value. */
function find(value: Value): Template | undefined {
  if (value instanceof Template) return value
  return typeof value === 'object' && value !== null
    ? Object.values(value)
        .map((each) => find(each as Value))
        .find(Boolean)
    : undefined
}
