import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { compareVersions } from '../../runner/packages/version.ts'

describe('versions are ordered as dpkg orders them', () => {
  // From the older to the newer.
  it.each([
    ['1.0', '1.1'],
    ['1.9', '1.10'],
    ['1.0~rc1', '1.0'],
    ['1.0~~', '1.0~'],
    ['1.0', '1.0a'],
    ['1.0-1', '1.0-2'],
    ['1.0-1', '1.0-1+deb12u1'],
    ['1.0-1~bpo12+1', '1.0-1'],
    ['9.9', '1:0.1'],
    ['1.0', '1.0-1'],
    ['1.0+dfsg', '1.0.1'],
    ['2.42.0+ds-5', '2.42.0+ds-5+b5'],
    ['1.22.1-9+deb12u9', '1.22.1-9+deb12u11'],
  ])('%s is before %s', (older, newer) => {
    expect(compareVersions(older, newer)).toBeLessThan(0)
    expect(compareVersions(newer, older)).toBeGreaterThan(0)
    expect(compareVersions(older, older)).toBe(0)
  })

  it.runIf(hasDpkg())('as dpkg itself says of generated ones', () => {
    const parts = ['0', '1', '10', '~', '+', 'a', 'Z', '.', '00', '9']
    const random = generator(7)
    const version = () => `1${Array.from({ length: 4 }, () => parts[random(parts.length)]).join('')}`
    for (let round = 0; round < 60; round++) {
      const [a, b] = [version(), version()]
      expect([a, b, Math.sign(compareVersions(a, b))]).toEqual([a, b, byDpkg(a, b)])
    }
  })
})

function byDpkg(a: string, b: string): number {
  const is = (operator: string) => {
    try {
      execFileSync('dpkg', ['--compare-versions', a, operator, b], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  }
  return is('lt') ? -1 : is('eq') ? 0 : 1
}

function hasDpkg(): boolean {
  try {
    execFileSync('dpkg', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function generator(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1103515245 + 12345) % 2147483648
    return state % below
  }
}
