import { describe, expect, test } from 'vitest'
import type { Value } from '../../../runner/variables/value.ts'
import { errorOf, render } from '../harness.ts'
import { samples } from '../samples.ts'

const answers: [string, Value][] = [
  ["'1.2.3' is version('1.10', '<')", true],
  ["'1.2.3' is version('1.2.3')", true],
  ["'1.2.3' is version('1.2', 'ge')", true],
  ["'1.2.3' is version('1.2.4', 'lt', strict=true)", true],
  ["'1.2.3-rc1' is version('1.2.3', '<', version_type='semver')", true],
  ["'1.2.3-rc.2' is version('1.2.3-rc.10', '<', version_type='semver')", true],
  ["'1.2.3+b1' is version('1.2.3', '==', version_type='semantic')", true],
  ["'2.0.dev1' is version('2.0a1', '<', version_type='pep440')", true],
  ["'2.0.post1' is version('2.0', '>', version_type='pep440')", true],
  ["'1.0' is version('1.0.0', '==', version_type='pep440')", true],
  ["'10.04' is version('9.10', '>')", true],
]

describe('versions are compared as in Ansible', () => {
  test.each(answers)('%s', (source, expected) => {
    expect(render(`{{ ${source} }}`, samples)).toEqual(expected)
  })
})

const refusals: [string, string][] = [
  [
    "'1.2a' is version('1.2.1', '<')",
    "test 'version': cannot compare the versions '1.2a' and '1.2.1': 'a' with '1'",
  ],
  ["'1.2' is version('1.2.0', '==', version_type='semver')", "test 'version': '1.2' is no semantic version"],
  ["'1.2' is version('x', 'foo')", "test 'version': there is no operator 'foo'"],
]

describe('what makes no sense is refused', () => {
  test.each(refusals)('%s', (source, message) => {
    expect(errorOf(() => render(`{{ ${source} }}`, samples))).toContain(message)
  })
})
