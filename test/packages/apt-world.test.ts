import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { changesLists, enterWorld, isKey } from '../../runner/packages/apt-world.ts'

const world = { index: 'fetched', packages: [], files: [] } as const

describe('what apt is asked in', () => {
  test.each([
    ['/etc/apt/sources.list.d/x.sources', true],
    ['/etc/apt/keyrings/x.gpg', true],
    ['/usr/share/keyrings/x.asc', true],
    ['/etc/apt/apt.conf.d/20auto-upgrades', false],
    ['/etc/apt/preferences.d/pin', false],
  ])('%s changes the lists: %j', (path, changes) => expect(changesLists(path)).toBe(changes))

  test.each(['/etc/apt/trusted.gpg.d/x.gpg', '/srv/key.asc'])('%s is a key', (path) =>
    expect(isKey(path)).toBe(true),
  )

  test.each([
    ['all that there is', {}],
    ['what some packages may pull in', { narrow: ['nginx', "o'brien"] }],
  ])('is a script that sh can read, for %s', (_, entrance) => {
    const { text } = enterWorld(
      { ...world, files: [{ path: '/etc/apt/sources.list', content: Buffer.from('deb x y z\n') }] },
      entrance,
    )
    expect(() => execFileSync('sh', ['-n'], { input: text })).not.toThrow()
  })
})
