import type { Value } from '../../runner/variables/value.ts'

/** The variables that the tables of expressions speak of. */
export const samples: Record<string, Value> = {
  word: 'hello',
  numbers: [3, 1, 2],
  text: 'The quick brown fox',
  path: '/etc/nginx/nginx.conf',
  empty: '',
  nothing: null,
  users: [
    {
      name: 'anna',
      uid: 1001,
      groups: ['a', 'b'],
      shell: '/bin/sh',
    },
    {
      name: 'ben',
      uid: 1000,
      groups: ['b'],
      home: '/b',
    },
    {
      name: 'Carl',
      uid: 1002,
      groups: [],
      shell: '/bin/sh',
    },
  ],
  nested: {
    a: {
      b: [10, 20],
      c: null,
    },
    d: 'x',
  },
  lines: 'one\ntwo\n\nthree',
  yes: true,
  no: false,
  mixed: ['b', 'A', 'a', 'C'],
  ok: {
    changed: false,
    failed: false,
  },
  bad: {
    failed: true,
    changed: true,
    results: [
      {
        changed: true,
      },
    ],
  },
  skipped: {
    skipped: true,
  },
}
