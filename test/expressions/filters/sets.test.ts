import { describe, expect, test } from 'vitest'
import type { Value } from '../../../runner/variables/value.ts'
import { errorOf, render } from '../harness.ts'
import { samples } from '../samples.ts'

const answers: [string, Value][] = [
  ["[1,1,2,'a','A','b'] | unique", [1, 2, 'a', 'b']],
  ["['a','A'] | unique(case_sensitive=true)", ['a', 'A']],
  ['[[1],[1],[2]] | unique', [[1], [2]]],
  ["[{'a':1},{'a':1}] | unique", [{ a: 1 }]],
  ['[1,2,2] | union([3,2])', [1, 2, 3]],
  ['[1,2,2] | intersect([2,3])', [2]],
  ['[1,2,2] | difference([2,3])', [1]],
  ['[1,2,2] | symmetric_difference([2,3])', [1, 3]],
  [
    "[1,2] | product(['a','b']) | list",
    [
      [1, 'a'],
      [1, 'b'],
      [2, 'a'],
      [2, 'b'],
    ],
  ],
  [
    '[1,2] | product(repeat=2) | list',
    [
      [1, 1],
      [1, 2],
      [2, 1],
      [2, 2],
    ],
  ],
  [
    '[1,2,3] | permutations(2) | list',
    [
      [1, 2],
      [1, 3],
      [2, 1],
      [2, 3],
      [3, 1],
      [3, 2],
    ],
  ],
  [
    '[1,2] | permutations | list',
    [
      [1, 2],
      [2, 1],
    ],
  ],
  [
    '[1,2,3] | combinations(2) | list',
    [
      [1, 2],
      [1, 3],
      [2, 3],
    ],
  ],
]

describe('lists as sets are as in Ansible', () => {
  test.each(answers)('%s', (source, expected) => {
    expect(render(`{{ ${source} }}`, samples)).toEqual(expected)
  })
})

const refusals: [string, string][] = [
  ["users | unique(attribute='shell') ", "'shell' is undefined: an element has no 'shell'"],
]

describe('what makes no sense is refused', () => {
  test.each(refusals)('%s', (source, message) => {
    expect(errorOf(() => render(`{{ ${source} }}`, samples))).toContain(message)
  })
})
