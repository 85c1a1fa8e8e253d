import { describe, expect, it } from 'vitest'

import type { Counters, Result } from '../../runner/engine/events.ts'
import { exitCode } from '../../runner/reports/exit-code.ts'
import { noCounters, recap } from '../../runner/reports/recap.ts'
import { result } from './events.ts'

describe('a result counts as', () => {
  const cases: [name: string, event: Result, counters: Partial<Counters>][] = [
    ['ok', result('ok'), { ok: 1 }],
    ['ok and changed', result('changed'), { ok: 1, changed: 1 }],
    ['skipped', result('skipped'), { skipped: 1 }],
    ['unknown', result('unknown'), { unknown: 1 }],
    ['failed', result('failed'), { failed: 1 }],
    ['rescued, not failed', result('failed', { rescued: true }), { rescued: 1 }],
    ['ok and ignored', result('failed', { ignored: true }), { ok: 1, ignored: 1 }],
    [
      'ok, changed and ignored',
      result('failed', { ignored: true, changed: true }),
      { ok: 1, changed: 1, ignored: 1 },
    ],
    ['unreachable', result('unreachable'), { unreachable: 1 }],
    [
      'ok and ignored, when unreachable is ignored',
      result('unreachable', { ignored: true }),
      { ok: 1, ignored: 1 },
    ],
    ['nothing, for an item of a loop', result('changed', { item: { label: 'a' } }), {}],
    ['one, for a loop', result('changed', { items: 3 }), { ok: 1, changed: 1 }],
  ]
  it.each(cases)('%s', (_, event, counters) => {
    expect(recap([event])).toEqual({ web1: { ...noCounters(), ...counters } })
  })
})

describe('the exit code is', () => {
  const pending = { check: true, detailedExitcode: true }
  it.each([
    [0, 'when all went well', [result('ok'), result('changed')], {}],
    [
      0,
      'when failures were rescued or ignored',
      [result('failed', { rescued: true }), result('failed', { ignored: true })],
      {},
    ],
    [2, 'when a host failed', [result('ok'), result('failed', { host: 'web2' })], {}],
    [4, 'when a host could not be reached', [result('unreachable')], {}],
    [
      4,
      'when one failed and another could not be reached',
      [result('failed'), result('unreachable', { host: 'web2' })],
      {},
    ],
    [10, 'when changes are pending', [result('changed')], pending],
    [10, 'when it cannot be told whether changes are pending', [result('unknown')], pending],
    [0, 'when nothing is pending', [result('ok'), result('skipped')], pending],
    [2, 'when a host would fail', [result('changed'), result('failed')], pending],
    [0, 'when changes are pending and nobody asked', [result('changed')], { check: true }],
    [0, 'when changes were made', [result('changed')], { detailedExitcode: true }],
    [99, 'when interrupted, whatever else', [result('failed')], { interrupted: true }],
  ])('%i %s', (code, _, events, options) => {
    expect(exitCode(events, options)).toBe(code)
  })
})
