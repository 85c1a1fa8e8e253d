import { describe, expect, test } from 'vitest'
import type { Value } from '../../../runner/variables/value.ts'
import { errorOf, render } from '../harness.ts'
import { samples } from '../samples.ts'

const answers: [string, Value][] = [
  ["'a b/c?d=é' | urlencode", 'a%20b/c%3Fd%3D%C3%A9'],
  ["{'a': 1, 'b': 'x y'} | urlencode", 'a=1&b=x+y'],
  ["[['a', '/'], ['b', 'ü']] | urlencode", 'a=%2F&b=%C3%BC'],
  ["'a%20b%2Fc' | urldecode", 'a b/c'],
  [
    "'http://user:pw@Example.com:8080/p/a?q=1&r=2#frag' | urlsplit",
    {
      fragment: 'frag',
      hostname: 'example.com',
      netloc: 'user:pw@Example.com:8080',
      password: 'pw',
      path: '/p/a',
      port: 8080,
      query: 'q=1&r=2',
      scheme: 'http',
      username: 'user',
    },
  ],
  ["'http://user:pw@Example.com:8080/p/a?q=1#frag' | urlsplit('hostname')", 'example.com'],
  ["'http://user:pw@Example.com:8080/p/a?q=1#frag' | urlsplit('port')", 8080],
  [
    "'example.com/x' | urlsplit",
    {
      fragment: '',
      hostname: null,
      netloc: '',
      password: null,
      path: 'example.com/x',
      port: null,
      query: '',
      scheme: '',
      username: null,
    },
  ],
]

describe('addresses are taken apart and encoded as in Ansible', () => {
  test.each(answers)('%s', (source, expected) => {
    expect(render(`{{ ${source} }}`, samples)).toEqual(expected)
  })
})

const refusals: [string, string][] = [
  ["'http://h' | urlsplit('nope')", "filter 'urlsplit': unknown URL component: nope"],
]

describe('what makes no sense is refused', () => {
  test.each(refusals)('%s', (source, message) => {
    expect(errorOf(() => render(`{{ ${source} }}`, samples))).toContain(message)
  })
})
