import { applyPatch } from 'diff'
import { describe, expect, it } from 'vitest'

import type { Diff } from '../../runner/engine/events.ts'
import { renderDiff, unified } from '../../runner/reports/diff.ts'
import { diff } from './events.ts'

const lines = (count: number, text = (line: number) => `line ${line}`): string =>
  Array.from({ length: count }, (_, line) => `${text(line + 1)}\n`).join('')

describe('a diff', () => {
  it('is unified, with three lines of context and the path on the host', () => {
    const after = lines(20).replace('line 10', 'line ten')
    expect(renderDiff(diff(lines(20), after))).toMatchInlineSnapshot(`
      [
        "--- before: /etc/nginx/nginx.conf",
        "+++ after: /etc/nginx/nginx.conf",
        "@@ -7,7 +7,7 @@",
        " line 7",
        " line 8",
        " line 9",
        "-line 10",
        "+line ten",
        " line 11",
        " line 12",
        " line 13",
      ]
    `)
  })

  const cases: [name: string, given: Diff, shown: string[]][] = [
    [
      'a new file',
      diff(null, 'a\nb\n'),
      ['--- /dev/null', '+++ after: /etc/nginx/nginx.conf', '@@ -0,0 +1,2 @@', '+a', '+b'],
    ],
    [
      'a removed file',
      diff('a\n', null),
      ['--- before: /etc/nginx/nginx.conf', '+++ /dev/null', '@@ -1 +0,0 @@', '-a'],
    ],
    [
      'a new, empty file',
      diff(null, ''),
      ['--- /dev/null', '+++ after: /etc/nginx/nginx.conf', '(an empty file)'],
    ],
    [
      'attributes, as lines of their own',
      {
        path: '/etc/x',
        attributes: [
          { name: 'mode', before: '0644', after: '0600' },
          { name: 'owner', before: 'root', after: 'www' },
        ],
      },
      ['~ /etc/x: mode 0644 → 0600', '~ /etc/x: owner root → www'],
    ],
    [
      'a new directory in one line',
      {
        path: '/srv/x',
        attributes: [
          { name: 'type', before: null, after: 'directory' },
          { name: 'mode', before: null, after: '0755' },
        ],
      },
      ['+ /srv/x: directory, mode 0755'],
    ],
    [
      'a new file whose content is not shown, in one line',
      {
        path: '/srv/x',
        attributes: [
          { name: 'mode', before: null, after: '0644' },
          { name: 'size', before: null, after: '5 bytes' },
        ],
      },
      ['+ /srv/x: mode 0644, size 5 bytes'],
    ],
    [
      'what is removed',
      { path: '/srv/x', attributes: [{ name: 'state', before: 'link', after: 'absent' }] },
      ['- /srv/x: link'],
    ],
    [
      'what is done to a service',
      { path: 'x.service', attributes: [{ name: 'reload', before: null, after: 'reloaded' }] },
      ['~ x.service: reloaded'],
    ],
    [
      'what a new file is like, in one line',
      diff(null, 'b\n', {
        attributes: [
          { name: 'mode', before: null, after: '0644' },
          { name: 'owner', before: null, after: 'www' },
        ],
      }),
      ['--- /dev/null', '+++ after: /etc/nginx/nginx.conf', 'mode 0644, owner www', '@@ -0,0 +1 @@', '+b'],
    ],
    [
      'a package',
      { path: 'package nginx', attributes: [{ name: 'version', before: null, after: '1.22.1-9' }] },
      ['+ package nginx: 1.22.1-9'],
    ],
    [
      'an upgrade of a package',
      { path: 'package nginx', attributes: [{ name: 'version', before: '1.22.1-8', after: '1.22.1-9' }] },
      ['~ package nginx: version 1.22.1-8 → 1.22.1-9'],
    ],
    [
      'attributes and content',
      diff('a\n', 'b\n', { attributes: [{ name: 'mode', before: '0644', after: '0600' }] }),
      [
        '--- before: /etc/nginx/nginx.conf',
        '+++ after: /etc/nginx/nginx.conf',
        'mode: 0644 → 0600',
        '@@ -1 +1 @@',
        '-a',
        '+b',
      ],
    ],
    [
      'content that cannot be known',
      {
        path: '/etc/x',
        before: 'a\n',
        unknown: [{ what: 'npm ci', location: { file: 'playbooks/site.yml', line: 31, column: 7 } }],
      },
      [
        '--- before: /etc/x',
        '+++ after: /etc/x',
        '(content is not known yet: waits for `npm ci`, playbooks/site.yml:31)',
      ],
    ],
    [
      'binary content, by size and digest',
      diff('\0a', '\0ab'),
      [
        '--- before: /etc/nginx/nginx.conf',
        '+++ after: /etc/nginx/nginx.conf',
        'size: 2 bytes → 3 bytes',
        'sha256: 022a6979e6dab7aa5ae4c3e5e45f7e977112a7e63593820dbec1ec738a24f93c → 0bd1da9a5f5b14af2582b166258257e416ea3e6a25dfbf3e809e662e0ffd6542',
      ],
    ],
    [
      'a missing newline at the end',
      diff('a', 'b\n'),
      [
        '--- before: /etc/nginx/nginx.conf',
        '+++ after: /etc/nginx/nginx.conf',
        '@@ -1 +1 @@',
        '-a',
        '\\ No newline at end of file',
        '+b',
      ],
    ],
    [
      'no content that differs',
      diff('a\n', 'a\n', { attributes: [{ name: 'group', before: 'root', after: 'adm' }] }),
      ['--- before: /etc/nginx/nginx.conf', '+++ after: /etc/nginx/nginx.conf', 'group: root → adm'],
    ],
  ]
  it.each(cases)('shows %s', (_, given, shown) => {
    expect(renderDiff(given)).toEqual(shown)
  })
})

describe('whitespace is visible where it is all that differs', () => {
  it.each([
    ['spaces', 'a b\n', 'a  b\n', ['-a·b', '+a··b']],
    ['tabs', '    a\n', '\ta\n', ['-····a', '+⇥a']],
    ['trailing spaces', 'a \n', 'a\n', ['-a·', '+a']],
    ['line ends', 'a\r\n', 'a\n', ['-a␍', '+a']],
    ['a no-break space', 'a b\n', 'a\u00a0b\n', ['-a·b', '+a\\u00a0b']],
    ['a blank line', 'a\nb\n', 'a\n  \nb\n', [' a', '+··', ' b']],
    ['a joined line', 'a\nb c\n', 'a b\nc\n', ['-a', '-b·c', '+a·b', '+c']],
    ['one of several lines', 'x y\na b\n', 'x z\na  b\n', ['-x y', '-a·b', '+x z', '+a··b']],
  ])('%s', (_, before, after, shown) => {
    expect(renderDiff(diff(before, after)).slice(3)).toEqual(shown)
  })

  it('but left alone where words differ', () => {
    expect(renderDiff(diff('a b\r\n', 'a c\r\n')).slice(3)).toEqual(['-a b\\r', '+a c\\r'])
  })
})

describe('large diffs', () => {
  it('are shortened, with a note of what was left out', () => {
    const shown = renderDiff(diff(null, lines(1000)), { maxLines: 10 })
    expect(shown).toHaveLength(2 + 10 + 1)
    expect(shown.at(-1)).toBe('… 991 more lines left out (991 added, 0 removed)')
  })

  it('show long lines around the place where they differ', () => {
    const [removed, added] = renderDiff(diff(`${'x'.repeat(5000)}a\n`, `${'x'.repeat(5000)}b\n`)).slice(3)
    expect(removed).toMatch(/^-…x+a \(5001 characters\)$/)
    expect(added).toMatch(/^\+…x+b \(5001 characters\)$/)
  })

  it('are shown as wholly replaced when nothing is in common', () => {
    const shown = renderDiff(
      diff(
        lines(20_000),
        lines(20_000, (line) => `other ${line}`),
      ),
    )
    expect(shown.at(-1)).toContain('(20000 added, 19801 removed)')
  })
})

describe('as a patch', () => {
  it.each([
    ['changed', lines(30), lines(30).replace('line 7\n', '').replace('line 20', 'twenty')],
    ['created', '', 'a\n\x1b[0m\tb'],
    ['emptied', 'a\nb', ''],
    ['without newlines', 'a\nb', 'a\nc'],
    ['with CRLF', 'a\r\nb\r\n', 'a\nb\r\n'],
  ])('can be applied to a file: %s', (_, before, after) => {
    expect(applyPatch(before, unified(diff(before, after)), { autoConvertLineEndings: false })).toBe(after)
  })
})

it('nothing in a diff can command a terminal', () => {
  const hostile = '\x1b[2J\x9b\u202e\x07'
  const shown = renderDiff(
    diff(`${hostile}\n`, `${hostile} \n`, {
      path: `/tmp/${hostile}\n+forged`,
      attributes: [{ name: hostile, before: `${hostile}\n`, after: null }],
    }),
  )
  expect(shown.join('')).not.toMatch(/\p{C}/u)
})
