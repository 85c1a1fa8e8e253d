import { describe, expect, test } from 'vitest'
import { debianMirrors, parseList, parseSources } from '../../runner/sandbox/apt-sources.ts'

describe('a .list file', () => {
  const cases: [string, string, { addresses: string[]; suites: string[] }[]][] = [
    [
      'gives address and suite of each deb line',
      'deb http://mirror.example/debian bookworm main\n',
      [{ addresses: ['http://mirror.example/debian'], suites: ['bookworm'] }],
    ],
    [
      'is read without the options in brackets and the slash at the end',
      'deb [arch=amd64 signed-by=/usr/share/keyrings/x.gpg]  https://mirror.example/debian/ trixie main contrib',
      [{ addresses: ['https://mirror.example/debian'], suites: ['trixie'] }],
    ],
    [
      'says nothing in comments and about sources of packages',
      '# deb http://a.example x main\ndeb-src http://b.example/debian trixie main\n',
      [],
    ],
  ]
  test.each(cases)('%s', (_, text, sources) => {
    expect(parseList(text)).toEqual(sources)
  })
})

describe('a .sources file', () => {
  const cases: [string, string, { addresses: string[]; suites: string[] }[]][] = [
    [
      'gives all addresses and suites of a stanza',
      'Types: deb deb-src\nURIs: http://a.example/debian/ http://b.example/debian\nSuites: trixie trixie-updates\nComponents: main\n',
      [
        {
          addresses: ['http://a.example/debian', 'http://b.example/debian'],
          suites: ['trixie', 'trixie-updates'],
        },
      ],
    ],
    [
      'may have comments inside a stanza, and words on lines of their own',
      'Types: deb\n# the near one\nURIs:\n http://a.example/debian\nSuites: trixie\n\nTypes: deb\nURIs: http://b.example/x\nSuites: ./\n',
      [
        { addresses: ['http://a.example/debian'], suites: ['trixie'] },
        { addresses: ['http://b.example/x'], suites: ['./'] },
      ],
    ],
    [
      'may switch a stanza off',
      'Enabled: no\nTypes: deb\nURIs: http://a.example/debian\nSuites: trixie\n',
      [],
    ],
    [
      'may be about sources of packages only',
      'Types: deb-src\nURIs: http://a.example/debian\nSuites: trixie\n',
      [],
    ],
  ]
  test.each(cases)('%s', (_, text, sources) => {
    expect(parseSources(text)).toEqual(sources)
  })
})

describe('the mirrors that sandboxes use', () => {
  test('are those of this machine', () => {
    const sources = parseList(`
deb https://near.example/debian bookworm main
deb https://near.example/debian bookworm-updates main
deb https://safe.example/debian-security bookworm-security main`)
    expect(debianMirrors(sources)).toEqual({
      archive: 'https://near.example/debian',
      security: 'https://safe.example/debian-security',
    })
  })

  test('are not those of others who also publish under …/debian', () => {
    const sources = parseList('deb https://packages.example/runner/debian bookworm main\n')
    expect(debianMirrors(sources)).toBeUndefined()
  })

  test('are left to mmdebstrap on another distribution', () => {
    const sources = parseSources(
      'Types: deb\nURIs: http://archive.example/ubuntu\nSuites: noble noble-updates noble-security\n',
    )
    expect(debianMirrors(sources)).toBeUndefined()
  })

  test('are reached over HTTP, not in a directory of this machine', () => {
    const sources = parseList('deb file:/srv/debian trixie-updates main\n')
    expect(debianMirrors(sources)).toBeUndefined()
  })
})
