import ssh2 from 'ssh2'
import { describe, expect, test } from 'vitest'
import { isWhole } from '../../runner/sandbox/keys.ts'

describe('a key pair', () => {
  test('is whole when it has all its bytes', () => {
    const pairs = Array.from({ length: 20 }, () => ssh2.utils.generateKeyPairSync('ed25519'))
    expect(pairs.filter((pair) => isWhole(pair)).length).toBeGreaterThan(15)
  })

  test('is not when a byte of the public key is missing', () => {
    const pair = ssh2.utils.generateKeyPairSync('ed25519')
    const [type, blob] = pair.public.split(' ')
    const short = Buffer.from(blob!, 'base64').subarray(0, -1).toString('base64')
    expect(isWhole({ ...pair, public: `${type} ${short}` })).toBe(false)
  })
})
