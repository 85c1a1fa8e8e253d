import { describe, expect, test } from 'vitest'
import type { Value } from '../../../runner/variables/value.ts'
import { errorOf, render } from '../harness.ts'

const domain: Value = {
  cluster: [
    { name: 'cluster1', ports: [80, 443], on: true },
    { name: 'cluster2', ports: [8080], on: false },
  ],
  server: [
    { name: 'server11', cluster: 'cluster1', port: '8080' },
    { name: 'server12', cluster: 'cluster1', port: '8090' },
    { name: 'server21', cluster: 'cluster2', port: '9080' },
  ],
  library: {
    'odd key': 1,
    plain: {
      deep: [
        [1, 2],
        [3, [4]],
      ],
    },
  },
  nothing: null,
}

const answers: [string, Value][] = [
  ['server[*].name', ['server11', 'server12', 'server21']],
  ["server[?cluster=='cluster1'].port", ['8080', '8090']],
  ["server[?contains(name, '12')].name", ['server12']],
  ['server[?cluster==`cluster2`].{name: name, p: port}', [{ name: 'server21', p: '9080' }]],
  ["server[?cluster=='cluster1' && port!='8080'].name | [0]", 'server12'],
  ['server[0].name', 'server11'],
  ['server[-1].name', 'server21'],
  ['server[:2].name', ['server11', 'server12']],
  ['server[::2].name', ['server11', 'server21']],
  ['cluster[].ports[]', [80, 443, 8080]],
  ['cluster[*].ports[0]', [80, 8080]],
  ['cluster[?on].name', ['cluster1']],
  ['cluster[?!on].name', ['cluster2']],
  ['cluster[?ports[0] > `100`].name', ['cluster2']],
  ['library."odd key"', 1],
  ['library.plain.deep[][]', [1, 2, 3, 4]],
  ['library.*.deep[0][1]', [2]],
  ['*.name', []],
  ['[server[0].name, cluster[0].name]', ['server11', 'cluster1']],
  ['{a: server[0].name, n: length(server)}', { a: 'server11', n: 3 }],
  ['missing.deeper', null],
  ['missing || `1`', 1],
  ['nothing', null],
  ['length(server)', 3],
  ['sort_by(server, &port)[-1].name', 'server21'],
  ['max_by(server, &port).name', 'server21'],
  ['map(&name, cluster)', ['cluster1', 'cluster2']],
  ['join(`-`, server[*].port)', '8080-8090-9080'],
  ['sum(cluster[].ports[])', 8603],
  ['keys(library)', ['odd key', 'plain']],
  ["server[?starts_with(name, 'server1')] | length(@)", 2],
  ['to_number(server[0].port)', 8080],
  ['type(server)', 'array'],
  ['reverse(server)[0].name', 'server21'],
]

describe('json_query finds what JMESPath finds', () => {
  test.each(answers)('%s', (query, expected) => {
    expect(render('{{ domain | community.general.json_query(query) }}', { domain, query })).toEqual(expected)
  })
})

test.each([
  ['server[', 'unexpected the end at 8'],
  ['server[?name=]', "unexpected '='"],
  ['nope(server)', "JMESPath has no function 'nope'"],
  ['lenght(server)', "did you mean 'length'?"],
  ['sum(server)', 'the function needs a number'],
])('a wrong query is refused: %s', (query, message) => {
  expect(errorOf(() => render('{{ domain | json_query(query) }}', { domain, query }))).toContain(message)
})
