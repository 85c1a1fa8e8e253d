import { describe, expect, test } from 'vitest'
import type { Value } from '../../../runner/variables/value.ts'
import { errorOf, render } from '../harness.ts'
import { samples } from '../samples.ts'

const answers: [string, Value][] = [
  ["lookup('vars', 'word')", 'hello'],
  ["lookup('vars', 'nope', default='d')", 'd'],
  ["lookup('varnames', '^wo')", 'word'],
  ["query('items', [1,[2,3]], 4)", [1, [2, 3], 4]],
  ["query('dict', {'a': 1})", [{ key: 'a', value: 1 }]],
  [
    "query('nested', ['a','b'], [1,2])",
    [
      ['a', 1],
      ['a', 2],
      ['b', 1],
      ['b', 2],
    ],
  ],
  [
    "query('cartesian', ['a','b'], [1,2])",
    [
      ['a', 1],
      ['a', 2],
      ['b', 1],
      ['b', 2],
    ],
  ],
  [
    "query('together', ['a','b','c'], [1,2])",
    [
      ['a', 1],
      ['b', 2],
      ['c', null],
    ],
  ],
  [
    "query('indexed_items', ['a','b'])",
    [
      [0, 'a'],
      [1, 'b'],
    ],
  ],
  ["query('sequence', '5')", ['1', '2', '3', '4', '5']],
  ["query('sequence', 'start=0 end=6 stride=2 format=x%02d')", ['x00', 'x02', 'x04', 'x06']],
  ["query('sequence', 'count=3')", ['1', '2', '3']],
  ["query('sequence', '2-10/2')", ['2', '4', '6', '8', '10']],
  ["query('sequence', '4:host%02d')", ['host01', 'host02', 'host03', 'host04']],
  ["query('sequence', 'start=3 end=1 stride=-1')", ['3', '2', '1']],
  ["query('sequence', 'start=0x0f00 count=4 format=%04x')", ['0f00', '0f01', '0f02', '0f03']],
  ["query('subelements', users, 'groups') | length", 3],
  ["query('flattened', [1,[2,[3]]])", [1, 2, 3]],
  ["query('list', 1, [2])", [1, [2]]],
]

describe('lookups arrange lists as in Ansible', () => {
  test.each(answers)('%s', (source, expected) => {
    expect(render(`{{ ${source} }}`, samples)).toEqual(expected)
  })
})

const refusals: [string, string][] = [
  ["lookup('vars', 'nope')", "lookup 'vars': No variable found with this name: nope"],
  ["query('sequence', 'start=1 end=99999999999')", 'a sequence of 99999999999 numbers is too long'],
  ["lookup('nope', 1)", "there is no lookup 'nope'"],
]

describe('what makes no sense is refused', () => {
  test.each(refusals)('%s', (source, message) => {
    expect(errorOf(() => render(`{{ ${source} }}`, samples))).toContain(message)
  })
})
