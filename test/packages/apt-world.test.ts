import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

describe('the cache that apt has made of the lists', () => {
  const given = (files: Record<string, number>) => {
    const directory = mkdtempSync(join(tmpdir(), 'apt-cache-'))
    try {
      mkdirSync(join(directory, 'own'))
      mkdirSync(join(directory, 'host'))
      for (const [name, time] of Object.entries(files)) {
        writeFileSync(join(directory, name), name)
        utimesSync(join(directory, name), time, time)
      }
      const { text } = enterWorld({ ...world, index: 'own' })
      const part = /^\[ -d "\$cache" \][^]*?^esac$/m.exec(text)![0]
      const script = part.replaceAll('/var/cache/apt', join(directory, 'host'))
      const env = { ...process.env, cache: join(directory, 'own'), lists: '/var/lib/apt/lists' }
      for (const _ of ['once', 'and again']) execFileSync('sh', ['-c', script], { env })
      return readFileSync(join(directory, 'own', 'pkgcache.bin'), 'utf8')
    } finally {
      rmSync(directory, { recursive: true })
    }
  }

  test("is the host's where there is no other", () =>
    expect(given({ 'host/pkgcache.bin': 1 })).toBe('host/pkgcache.bin'))

  test("is the host's where that is newer", () =>
    expect(given({ 'own/pkgcache.bin': 1, 'host/pkgcache.bin': 2 })).toBe('host/pkgcache.bin'))

  test('is its own where that is newer', () =>
    expect(given({ 'own/pkgcache.bin': 2, 'host/pkgcache.bin': 1 })).toBe('own/pkgcache.bin'))

  test('is its own where the host has none (any more)', () =>
    expect(given({ 'own/pkgcache.bin': 1 })).toBe('own/pkgcache.bin'))
})
