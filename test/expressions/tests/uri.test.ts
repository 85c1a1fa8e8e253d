import { describe, expect, test } from 'vitest'
import type { Value } from '../../../runner/variables/value.ts'
import { render } from '../harness.ts'
import { samples } from '../samples.ts'

const answers: [string, Value][] = [
  ["'http://x/y' is url", true],
  ["'x/y' is url", false],
  ["'http://x/y' is uri", true],
  ["'urn:isbn:1' is urn", true],
  ["'http://x' is uri(['ftp'])", false],
]

describe('tests of addresses are as in Ansible', () => {
  test.each(answers)('%s', (source, expected) => {
    expect(render(`{{ ${source} }}`, samples)).toEqual(expected)
  })
})
