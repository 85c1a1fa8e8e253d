import { describe, expect, test } from 'vitest'
import type { Value } from '../../../runner/variables/value.ts'
import { render } from '../harness.ts'
import { samples } from '../samples.ts'

const answers: [string, Value][] = [
  ["numbers | map('string') | list", ['3', '1', '2']],
  ["numbers | map('pow', 2) | list", [9, 1, 4]],
  ["users | map(attribute='name') | list", ['anna', 'ben', 'Carl']],
  ["users | map(attribute='home', default='none') | list", ['none', '/b', 'none']],
  ["users | map(attribute='groups.0', default='-') | list", ['a', 'b', '-']],
  ["numbers | select('odd') | list", [3, 1]],
  ["numbers | select('greaterthan', 1) | list", [3, 2]],
  ["numbers | select('>', 1) | list", [3, 2]],
  ["numbers | reject('odd') | list", [2]],
  ["[0, 1, '', 'a', None] | select | list", [1, 'a']],
  ["[0, 1, '', 'a', None] | reject | list", [0, '', null]],
  ["users | selectattr('shell', 'defined') | map(attribute='name') | list", ['anna', 'Carl']],
  ["users | selectattr('uid', 'gt', 1000) | map(attribute='name') | list", ['anna', 'Carl']],
  ["users | selectattr('name', 'match', 'a') | map(attribute='name') | list", ['anna']],
  ["users | selectattr('groups') | map(attribute='name') | list", ['anna', 'ben']],
  ["users | rejectattr('shell', 'defined') | map(attribute='name') | list", ['ben']],
  ["users | rejectattr('groups') | map(attribute='name') | list", ['Carl']],
  ["users | selectattr('name', 'in', ['ben','anna']) | map(attribute='uid') | list", [1001, 1000]],
  [
    "users | groupby('shell', default='none') | list",
    [
      [
        '/bin/sh',
        [
          { name: 'anna', uid: 1001, groups: ['a', 'b'], shell: '/bin/sh' },
          { name: 'Carl', uid: 1002, groups: [], shell: '/bin/sh' },
        ],
      ],
      ['none', [{ name: 'ben', uid: 1000, groups: ['b'], home: '/b' }]],
    ],
  ],
  ["users | selectattr('shell','defined') | groupby('shell') | map(attribute='grouper') | list", ['/bin/sh']],
  [
    "users | selectattr('shell','defined') | groupby('shell') | map(attribute='list') | list",
    [
      [
        { name: 'anna', uid: 1001, groups: ['a', 'b'], shell: '/bin/sh' },
        { name: 'Carl', uid: 1002, groups: [], shell: '/bin/sh' },
      ],
    ],
  ],
  ["[0,2] | map('extract', ['x','y','z']) | list", ['x', 'z']],
  ["'-'.join(numbers | map('string'))", '3-1-2'],
]

describe('filters that map and select are as in Ansible', () => {
  test.each(answers)('%s', (source, expected) => {
    expect(render(`{{ ${source} }}`, samples)).toEqual(expected)
  })
})
