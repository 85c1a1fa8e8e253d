import { describe, expect, test } from 'vitest'
import pam_limits from '../../runner/modules/pam_limits.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { plan, textAfter } from './harness.ts'

const path = '/etc/security/limits.conf'
const wanted = { domain: 'joe', limit_type: 'soft', limit_item: 'nofile', value: '64' }

describe('a limit', () => {
  test.each<[says: string, before: string, more: Dict, after: string]>([
    [
      'is added at the end',
      '# limits\nann soft nofile 1',
      {},
      '# limits\nann soft nofile 1\njoe\tsoft\tnofile\t64\n',
    ],
    ['with a comment', '', { comment: 'for tests' }, 'joe\tsoft\tnofile\t64\t# for tests\n'],
    [
      'takes the place of another value',
      'joe soft nofile 1 # old\nx - as 1\n',
      {},
      'joe\tsoft\tnofile\t64\nx - as 1\n',
    ],
    ['leaves other kinds alone', 'joe hard nofile 1\n', {}, 'joe hard nofile 1\njoe\tsoft\tnofile\t64\n'],
    [
      'that is a comment is none',
      '#joe soft nofile 64\n',
      {},
      '#joe soft nofile 64\njoe\tsoft\tnofile\t64\n',
    ],
    ['is left once', 'joe soft nofile 1\njoe soft nofile 2\n', {}, 'joe\tsoft\tnofile\t64\n'],
    ['is raised by use_max', 'joe soft nofile 1\n', { use_max: true }, 'joe\tsoft\tnofile\t64\n'],
    ['is lowered by use_min', 'joe soft nofile unlimited\n', { use_min: true }, 'joe\tsoft\tnofile\t64\n'],
  ])('%s', (_, before, more, after) => {
    const planned = plan(pam_limits, { ...wanted, ...more }, { files: { [path]: before } })
    expect(planned.outcome.type).toBe('change')
    expect(textAfter(planned, path)).toBe(after)
    expect(planned.again().type).toBe('unchanged')
  })

  test.each<[says: string, before: string, more: Dict]>([
    ['that is there', 'joe   soft nofile 64\n', {}],
    ['that is higher, with use_max', 'joe soft nofile -1\n', { use_max: true }],
    ['that is lower, with use_min', 'joe soft nofile 1\n', { use_min: true }],
  ])('%s stays', (_, before, more) => {
    const host = { files: { [path]: before } }
    expect(plan(pam_limits, { ...wanted, ...more }, host).outcome.type).toBe('unchanged')
  })

  test.each<[Dict, string]>([
    [{ value: 'many' }, "a number from 0 on, not 'many'"],
    [{ value: '-5' }, "a number from 0 on, not '-5'"],
    [{ use_max: true, use_min: true }, 'Cannot use use_min and use_max'],
  ])('%j is refused', (more, says) => {
    const { outcome } = plan(pam_limits, { ...wanted, ...more }, { files: { [path]: '' } })
    expect(outcome).toMatchObject({
      type: 'failed',
      result: { msg: expect.stringContaining(says) as string },
    })
  })

  test('may be below zero where it is a niceness', () => {
    const { outcome } = plan(
      pam_limits,
      { ...wanted, limit_item: 'nice', value: '-5' },
      { files: { [path]: '' } },
    )
    expect(outcome.type).toBe('change')
  })
})
