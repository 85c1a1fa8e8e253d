import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonical, decode, encode } from '../../runner/plans/codec.ts'
import { Secret } from '../../runner/variables/secret.ts'
import { Unknown } from '../../runner/variables/unknown.ts'

describe('values of the runner as JSON', () => {
  test('any JSON comes back as it was, also with keys that look like the codec’s own', () => {
    const key = fc.oneof(
      fc.string(),
      fc.constantFrom('$bytes', '$$bytes', '$map', '$unknown', '$secret', '__proto__'),
    )
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        fc.constantFrom(null, true, 0, -1.5, ''),
        fc.string(),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.array(fc.tuple(key, tie('any')), { maxLength: 3 }).map(Object.fromEntries),
      ),
    })).any
    fc.assert(
      fc.property(value, (each) => {
        const text = canonical(encode(each))
        expect(decode(JSON.parse(text))).toEqual(each)
      }),
    )
  })

  test('bytes, unknowns and secrets come back as what they are', () => {
    const because = { what: '`npm ci`', location: { file: 'a.yml', line: 1, column: 2 } }
    const back = decode(
      JSON.parse(
        canonical(encode({ bytes: Buffer.from([0, 255]), wait: new Unknown(because), key: new Secret('x') })),
      ),
    ) as { bytes: Buffer; wait: Unknown; key: Secret }
    expect(back.bytes).toEqual(Buffer.from([0, 255]))
    expect(back.wait.because).toEqual([because])
    expect(back.key.reveal()).toBe('x')
  })

  test('maps and sets come back, and their order makes no difference', () => {
    const [one, other] = [
      {
        map: new Map([
          ['a', new Set([1, 2])],
          ['b', new Set<number>()],
        ]),
        set: new Set(['x', 'y']),
      },
      {
        map: new Map([
          ['b', new Set<number>()],
          ['a', new Set([2, 1])],
        ]),
        set: new Set(['y', 'x']),
      },
    ]
    expect(canonical(encode(one))).toBe(canonical(encode(other)))
    expect(decode(JSON.parse(canonical(encode(other))))).toEqual(one)
  })

  test('what cannot be written down is refused', () => {
    expect(() => encode({ key: () => 1 })).toThrow('a plan cannot hold function')
    expect(() => encode(new Date())).toThrow('a plan cannot hold Date')
  })

  test('the order of keys makes no difference', () => {
    expect(canonical({ b: 1, a: { d: 2, c: [3] } })).toBe(canonical({ a: { c: [3], d: 2 }, b: 1 }))
    expect(canonical({ b: 1, a: undefined })).toBe('{"b":1}')
  })
})
