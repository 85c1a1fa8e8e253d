import { describe, expect, test } from 'vitest'
import type { Value } from '../../../runner/variables/value.ts'
import { errorOf, render } from '../harness.ts'
import { samples } from '../samples.ts'

const answers: [string, Value][] = [
  ["'abc' | reverse", 'cba'],
  ['[1,2,3] | reverse | list', [3, 2, 1]],
  ['word | first', 'h'],
  ['word | last', 'o'],
  ["[] | first | default('none')", 'none'],
  ["[] | last | default('none')", 'none'],
  ['numbers | min', 1],
  ['numbers | max', 3],
  ['mixed | min', 'A'],
  ['mixed | max', 'C'],
  ["['a', 'B'] | max", 'B'],
  ["users | min(attribute='uid')", { name: 'ben', uid: 1000, groups: ['b'], home: '/b' }],
  ["users | max(attribute='uid')", { name: 'Carl', uid: 1002, groups: [], shell: '/bin/sh' }],
  ['numbers | sum', 6],
  ["users | sum(attribute='uid')", 3003],
  ['[[1],[2]] | sum(start=[])', [1, 2]],
  ['[1.5, 2] | sum', 3.5],
  ['numbers | sort', [1, 2, 3]],
  ['numbers | sort(reverse=true)', [3, 2, 1]],
  ['mixed | sort', ['A', 'a', 'b', 'C']],
  ['mixed | sort(case_sensitive=true)', ['A', 'C', 'a', 'b']],
  ["users | sort(attribute='uid') | map(attribute='name') | list", ['ben', 'anna', 'Carl']],
  ["users | sort(attribute='name', reverse=true) | map(attribute='name')", ['Carl', 'ben', 'anna']],
  ['numbers | join', '312'],
  ["numbers | join(', ')", '3, 1, 2'],
  ["users | join(', ', attribute='name')", 'anna, ben, Carl'],
  ['range(7) | batch(3) | list', [[0, 1, 2], [3, 4, 5], [6]]],
  [
    "range(7) | batch(3, 'x') | list",
    [
      [0, 1, 2],
      [3, 4, 5],
      [6, 'x', 'x'],
    ],
  ],
  [
    'range(7) | slice(3) | list',
    [
      [0, 1, 2],
      [3, 4],
      [5, 6],
    ],
  ],
  [
    "range(7) | slice(3, 'x') | list",
    [
      [0, 1, 2],
      [3, 4, 'x'],
      [5, 6, 'x'],
    ],
  ],
  [
    "range(6) | slice(3, 'x') | list",
    [
      [0, 1, 'x'],
      [2, 3, 'x'],
      [4, 5, 'x'],
    ],
  ],
  ['[1,[2,[3,[4]]]] | flatten', [1, 2, 3, 4]],
  ['[1,[2,[3,[4]]]] | flatten(levels=1)', [1, 2, [3, [4]]]],
  ['[1,None,[None,2]] | flatten', [1, 2]],
  ['[1,None,[None,2]] | flatten(skip_nulls=false)', [1, null, null, 2]],
  [
    "[1,2] | zip(['a','b']) | list",
    [
      [1, 'a'],
      [2, 'b'],
    ],
  ],
  [
    "[1,2,3] | zip(['a','b']) | list",
    [
      [1, 'a'],
      [2, 'b'],
    ],
  ],
  ["[1,2,3] | zip(['a'], ['x','y']) | list", [[1, 'a', 'x']]],
  [
    "[1,2,3] | zip_longest(['a'], fillvalue='-') | list",
    [
      [1, 'a'],
      [2, '-'],
      [3, '-'],
    ],
  ],
  ["users | subelements('groups') | length", 3],
  ["users | subelements('groups') | map(attribute='0.name') | list", ['anna', 'anna', 'ben']],
  ["users | subelements('nope', skip_missing=True)", []],
]

describe('filters over lists are as in Ansible', () => {
  test.each(answers)('%s', (source, expected) => {
    expect(render(`{{ ${source} }}`, samples)).toEqual(expected)
  })
})

const refusals: [string, string][] = [
  ["users | sort(attribute='shell,uid') | list", "'shell' is undefined: an element has no 'shell'"],
  ["users | subelements('nope')", "filter 'subelements': could not find 'nope' key in iterated item"],
]

describe('what makes no sense is refused', () => {
  test.each(refusals)('%s', (source, message) => {
    expect(errorOf(() => render(`{{ ${source} }}`, samples))).toContain(message)
  })
})
