import { describe, expect, test } from 'vitest'
import type { Value } from '../../../runner/variables/value.ts'
import { errorOf, render } from '../harness.ts'
import { samples } from '../samples.ts'

const answers: [string, Value][] = [
  ['8 | log(2)', 3],
  ['100 | log(10)', 2],
  ['2 | pow(5)', 32],
  ['2.5 | pow(2)', 6.25],
  ['27 | root(3)', 3],
  ['16 | root', 4],
  ['1048576 | human_readable', '1.00 MB'],
  ['1234567 | human_readable', '1.18 MB'],
  ['1234567 | human_readable(isbits=true)', '1.18 Mb'],
  ["1234567 | human_readable(unit='G')", '0.00 GB'],
  ['512 | human_readable', '512.00 Bytes'],
  ['0 | human_readable', '0.00 Bytes'],
  ["'10M' | human_to_bytes", 10485760],
  ["'1.5 GB' | human_to_bytes", 1610612736],
  ["'10' | human_to_bytes", 10],
  ["10 | human_to_bytes('M')", 10485760],
  ["'1Mb' | human_to_bytes(isbits=true)", 1048576],
  ["'1 byte' | human_to_bytes", 1],
  ["'5 KB' | human_to_bytes", 5120],
  ["'5 kilobytes' | human_to_bytes", 5120],
  ['1000 | filesizeformat', '1.0 kB'],
  ['1234567 | filesizeformat', '1.2 MB'],
  ['1234567 | filesizeformat(true)', '1.2 MiB'],
  ['1 | filesizeformat', '1 Byte'],
  ['999 | filesizeformat', '999 Bytes'],
]

describe('numbers and sizes are as in Ansible', () => {
  test.each(answers)('%s', (source, expected) => {
    expect(render(`{{ ${source} }}`, samples)).toEqual(expected)
  })
})

const refusals: [string, string][] = [
  ["'1Mb' | human_to_bytes", "filter 'human_to_bytes': '1Mb': 'Mb' is no unit of bytes"],
  ["'10X' | human_to_bytes", "filter 'human_to_bytes': '10X': there is no unit 'X'"],
]

describe('what makes no sense is refused', () => {
  test.each(refusals)('%s', (source, message) => {
    expect(errorOf(() => render(`{{ ${source} }}`, samples))).toContain(message)
  })
})
