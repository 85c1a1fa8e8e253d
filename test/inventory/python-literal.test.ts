import { describe, expect, it } from 'vitest'
import { pythonLiteral } from '../../runner/inventory/python-literal.ts'
import type { Value } from '../../runner/variables/value.ts'

const read = (source: string): Value | undefined => pythonLiteral(source, (text) => text)

describe('values of INI inventories are Python literals', () => {
  it.each<[string, Value]>([
    ['1', 1],
    ['-5', -5],
    ['+5', 5],
    ['-0', 0],
    ['00', 0],
    ['0x1F', 31],
    ['0o17', 15],
    ['0b101', 5],
    ['1_000', 1000],
    ['1.5e3', 1500],
    ['1.', 1],
    ['.5', 0.5],
    ['123456789012345678901234567890', '123456789012345678901234567890'],
    ['True', true],
    ['False', false],
    ['None', null],
    ["'a b'", 'a b'],
    ['"808"', '808'],
    ["'it''s'", 'its'],
    ["'a' 'b'", 'ab'],
    [`'''a'''`, 'a'],
    [`r'\\n'`, '\\n'],
    [`'\\x41\\u00e9\\n\\101\\q'`, 'Aé\nA\\q'],
    ['[1, "x", [True]]', [1, 'x', [true]]],
    ['[1,]', [1]],
    ['(1)', 1],
    ['(1,)', [1]],
    ['()', []],
    ['80,443', [80, 443]],
    ['{}', {}],
    ["{'a': 1, 'b': [None]}", { a: 1, b: [null] }],
    ["{1: 'x', True: 'y'}", { '1': 'x', True: 'y' }],
    ['{1, 2, 1}', [1, 2]],
    ['1 # one', 1],
    [' 1', 1],
  ])('%s', (source, value) => {
    expect(read(source)).toEqual(value)
  })

  it.each([
    ['yes'],
    ['true'],
    ['null'],
    ['0644'],
    ['1L'],
    ['1.2.3.4'],
    ['1+2'],
    ['--1'],
    ['1__0'],
    ['a b'],
    ['text # two'],
    ["'open"],
    ['[1, 2'],
    ['[1 2]'],
    ['{1: 2, 3}'],
    ['{{ name }}'],
    ['{{ 1 }}'],
    ["{{'a': 1}}"],
    [''],
    ['f"x"'],
    ["b'x'"],
    ["'\\x4'"],
    ['['.repeat(5000)],
  ])('%s stays text', (source) => {
    expect(read(source)).toBeUndefined()
  })

  it('keeps a key named __proto__ a key', () => {
    const value = read(`{'__proto__': {'polluted': 1}}`) as object
    expect(Object.keys(value)).toEqual(['__proto__'])
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })
})
