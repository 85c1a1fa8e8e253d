import { describe, expect, test } from 'vitest'
import type { Value } from '../../../runner/variables/value.ts'
import { render } from '../harness.ts'
import { samples } from '../samples.ts'

const answers: [string, Value][] = [
  ["10 | random(seed='host1')", 7],
  ["100 | random(start=10, step=5, seed='web01')", 65],
  ['60 | random(seed=42)', 40],
  ["['a','b','c','d'] | random(seed='x')", 'c'],
  ["['a','b','c','d','e'] | shuffle(seed='web1.example.com')", ['c', 'a', 'b', 'e', 'd']],
  ["1000000 | random(seed='abcdefghijklmnopqrstuvwxyz0123456789')", 14590],
  ["'52:54' | community.general.random_mac(seed='web1')", '52:54:63:d2:09:48'],
]

describe('a seeded choice is the one that Ansible makes', () => {
  test.each(answers)('%s', (source, expected) => {
    expect(render(`{{ ${source} }}`, samples)).toEqual(expected)
  })
})
