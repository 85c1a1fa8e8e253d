import { describe, expect, test } from 'vitest'
import type { Value } from '../../../runner/variables/value.ts'
import { errorOf, render } from '../harness.ts'
import { samples } from '../samples.ts'

process.env['TZ'] = 'UTC'

const answers: [string, Value][] = [
  ["'%Y-%m-%d %H:%M:%S' | strftime(0)", '1970-01-01 00:00:00'],
  ["'%Y-%m-%d' | strftime(1735689600)", '2025-01-01'],
  [
    "'%A %d %B %Y %j %U %W %V %G %u %w %I %p %y %e %D %T %R %s %%' | strftime(1700000000)",
    'Tuesday 14 November 2023 318 46 46 46 2023 2 2 10 PM 23 14 11/14/23 22:13:20 22:13 1700000000 %',
  ],
  ["'%-d %x %X %c' | strftime('1700000000')", '14 11/14/23 22:13:20 Tue Nov 14 22:13:20 2023'],
  ["('2026-01-02 00:00:00' | to_datetime - '2026-01-01' | to_datetime('%Y-%m-%d')).days", 1],
  ["('2026-01-02 12:00:30' | to_datetime - '2026-01-01 00:00:00' | to_datetime).total_seconds()", 129630],
  ["('2026-01-02 12:00:30' | to_datetime - '2026-01-01 00:00:00' | to_datetime) | string", '1 day, 12:00:30'],
  ["('2026-01-02 12:00:30' | to_datetime).strftime('%d/%m/%y')", '02/01/26'],
  [
    "('2026-01-02T12:00:30.123456' | to_datetime('%Y-%m-%dT%H:%M:%S.%f')).isoformat()",
    '2026-01-02T12:00:30.123456',
  ],
  ["('2026-01-02 12:00:30' | to_datetime).year", 2026],
  [
    "('2026-01-02T12:00:30+02:00' | to_datetime('%Y-%m-%dT%H:%M:%S%z')).isoformat()",
    '2026-01-02T12:00:30+02:00',
  ],
  ["('Jan  2 2026' | to_datetime('%b %d %Y')).isoformat()", '2026-01-02T00:00:00'],
  ["('2026-01-02 12:00:30' | to_datetime) | string", '2026-01-02 12:00:30'],
  ["('2026-01-02 12:00:30' | to_datetime).weekday()", 4],
]

describe('dates are read and written as in Python', () => {
  test.each(answers)('%s', (source, expected) => {
    expect(render(`{{ ${source} }}`, samples)).toEqual(expected)
  })
})

const refusals: [string, string][] = [
  [
    "'nope' | to_datetime",
    "filter 'to_datetime': time data 'nope' does not match format '%Y-%m-%d %H:%M:%S'",
  ],
]

describe('what makes no sense is refused', () => {
  test.each(refusals)('%s', (source, message) => {
    expect(errorOf(() => render(`{{ ${source} }}`, samples))).toContain(message)
  })
})
