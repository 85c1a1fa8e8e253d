import { describe, expect, test } from 'vitest'
import { compare, type ResultLine, tally } from './compare.ts'

const line = (more: Partial<ResultLine>): ResultLine => ({
  type: 'result',
  id: '0.0.4.0',
  task: 'write',
  action: 'copy',
  host: 'web1',
  status: 'changed',
  diff: [{ path: '/etc/a', unified: '+a' }],
  location: { file: 'site.yml', line: 3 },
  ...more,
})

describe('a dry run held against the real run', () => {
  test.each([
    { name: 'is exact when status and diff are the same', dry: line({}), real: line({}), verdict: 'exact' },
    {
      name: 'is wrong when the status differs',
      dry: line({ status: 'ok' }),
      real: line({}),
      verdict: 'wrong',
    },
    {
      name: 'is wrong when one byte of the diff differs',
      dry: line({}),
      real: line({ diff: [{ path: '/etc/a', unified: '+b' }] }),
      verdict: 'wrong',
    },
    {
      name: 'is unknown when it said so',
      dry: line({ status: 'unknown', diff: [] }),
      real: line({}),
      verdict: 'unknown',
    },
  ])('$name', ({ dry, real, verdict }) => {
    expect(compare([dry], [real]).map((each) => each.verdict)).toEqual([verdict])
  })

  test('is wrong about what happened without being foretold', () => {
    expect(compare([], [line({})])).toMatchObject([
      { verdict: 'wrong', because: 'not foretold; was changed' },
    ])
  })

  test('commands do not count among what ought to be known', () => {
    const verdicts = compare(
      [line({ action: 'command', status: 'unknown' }), line({ id: '1' })],
      [line({ action: 'command' }), line({ id: '1' })],
    )
    expect(tally(verdicts)).toEqual({ exact: 1, unknown: 1, wrong: 0, unknownShare: 0 })
  })
})
