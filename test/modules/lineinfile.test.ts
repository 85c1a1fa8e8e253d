import { describe, expect, test } from 'vitest'
import lineinfile from '../../runner/modules/lineinfile.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { diffLines, plan, textAfter } from './harness.ts'

const path = '/etc/app.conf'
const on = (text: string) => ({ files: { [path]: text } })

describe('a line is put where it belongs', () => {
  test.each<[string, string, Dict, string]>([
    ['at the end', 'a\n', { line: 'b' }, 'a\nb\n'],
    ['at the end of a file whose last line has none', 'a', { line: 'b' }, 'a\nb\n'],
    ['in place of the last match', 'x=1\nx=2\n', { regexp: '^x=', line: 'x=3' }, 'x=1\nx=3\n'],
    [
      'in place of the first match',
      'x=1\nx=2\n',
      { regexp: '^x=', line: 'x=3', firstmatch: true },
      'x=3\nx=2\n',
    ],
    ['in place of what holds a text', 'a.b\na-b\n', { search_string: 'a.b', line: 'c' }, 'c\na-b\n'],
    [
      'with groups of the match',
      'port 80;\n',
      { regexp: '^(port) (?P<n>\\d+);', line: '\\1 1\\g<n>;', backrefs: true },
      'port 180;\n',
    ],
    ['after the last match', 'a1\na2\nb\n', { line: 'x', insertafter: '^a' }, 'a1\na2\nx\nb\n'],
    [
      'after the first match',
      'a1\na2\nb\n',
      { line: 'x', insertafter: '^a', firstmatch: true },
      'a1\nx\na2\nb\n',
    ],
    ['before the last match', 'a1\na2\nb\n', { line: 'x', insertbefore: '^a' }, 'a1\nx\na2\nb\n'],
    ['at the beginning', 'a', { line: 'x', insertbefore: 'BOF' }, 'x\na'],
    ['at the beginning, said the other way', 'a\n', { line: 'x', insertafter: 'BOF' }, 'x\na\n'],
    ['at the end when nothing matches', 'a\n', { line: 'x', insertbefore: '^q' }, 'a\nx\n'],
    [
      'where regexp matches, whatever insertafter says',
      'x=1\nb\n',
      { regexp: '^x=', line: 'x=2', insertafter: 'b' },
      'x=2\nb\n',
    ],
    ['with an end, where it is there without', 'a\nb', { line: 'b' }, 'a\nb\n'],
  ])('%s', (_, before, args, after) => {
    const planned = plan(lineinfile, { path, ...args }, on(before))
    expect(textAfter(planned, path)).toBe(after)
    expect(planned.outcome.type).toBe('change')
    if (args['backrefs'] !== true) expect(planned.again()).toMatchObject({ type: 'unchanged' })
  })

  test.each<[string, string, Dict]>([
    ['it is there', 'a\nb\n', { line: 'a' }],
    ['it is there elsewhere than insertafter says', 'a\nb\n', { line: 'a', insertafter: 'b' }],
    ['backrefs and no match', 'a\n', { regexp: '^x', line: 'x', backrefs: true }],
    ['the match is so already', 'x=1\n', { regexp: '^x=', line: 'x=1' }],
  ])('nothing is done when %s', (_, text, args) => {
    expect(plan(lineinfile, { path, ...args }, on(text)).outcome).toMatchObject({ type: 'unchanged' })
  })
})

describe('a line is taken out', () => {
  test.each<[string, string, Dict, string, number]>([
    ['wherever it is', 'a\nb\na\n', { line: 'a' }, 'b\n', 2],
    ['by a pattern', 'a1\nb\n', { regexp: '^a' }, 'b\n', 1],
    ['by what it holds', 'a.1\nb', { search_string: '.1' }, 'b', 1],
  ])('%s', (_, before, args, after, found) => {
    const planned = plan(lineinfile, { path, state: 'absent', ...args }, on(before))
    expect(textAfter(planned, path)).toBe(after)
    expect(planned.outcome).toMatchObject({ result: { found, msg: `${found} line(s) removed` } })
  })

  test('from a file that is missing: nothing to do', () => {
    const args = { path, state: 'absent', line: 'a' }
    expect(plan(lineinfile, args).outcome).toMatchObject({
      type: 'unchanged',
      result: { msg: 'file not present' },
    })
  })
})

describe('the file', () => {
  test('is made with create, and the directories above it', () => {
    const planned = plan(lineinfile, { path: '/etc/app/conf', line: 'a', create: true, mode: '0600' }, on(''))
    expect(textAfter(planned, '/etc/app/conf')).toBe('a\n')
    expect(planned.files.stat('/etc/app').status).toMatchObject({ type: 'directory', mode: 0o755 })
    expect(planned.files.stat('/etc/app/conf').status).toMatchObject({ mode: 0o600 })
  })

  test('gets its attributes though the line is there', () => {
    const planned = plan(lineinfile, { path, line: 'a', mode: '0600', owner: 'app' }, on('a\n'))
    expect(diffLines(planned.outcome)).toEqual([path, 'mode: 0644 → 0600', 'owner: root → app'])
    expect(planned.again()).toMatchObject({ type: 'unchanged' })
  })

  test('that is missing is told', () => {
    expect(plan(lineinfile, { path, line: 'a' }).outcome).toMatchObject({
      type: 'failed',
      result: { rc: 257, msg: expect.stringContaining('does not exist') },
    })
  })

  test('keeps bytes that are no UTF-8', () => {
    const latin = Buffer.from([0x66, 0xfc, 0x72, 0x0a])
    const planned = plan(lineinfile, { path, line: 'b' }, { files: { [path]: latin } })
    expect(planned.files.read(path)).toEqual(Buffer.concat([latin, Buffer.from('b\n')]))
  })
})

test.each<[Dict, string]>([
  [{ line: 'a', insertafter: 'x', insertbefore: 'y' }, 'mutually exclusive'],
  [{ line: 'a', regexp: 'x', search_string: 'y' }, 'mutually exclusive'],
  [{}, 'line is required'],
  [{ line: 'a', backrefs: true }, 'regexp is required'],
  [{ state: 'absent' }, 'one of line, search_string, or regexp'],
])('%o is refused', (args, msg) => {
  expect(plan(lineinfile, { path, ...args }, on('')).outcome).toMatchObject({
    type: 'failed',
    result: { msg: expect.stringContaining(msg) },
  })
})

test.each(['regexp', 'search_string'])('an empty %s is warned of', (name) => {
  const { outcome } = plan(
    lineinfile,
    { path: '/etc/x', [name]: '', line: 'b' },
    { files: { '/etc/x': 'a\n' } },
  )
  expect(outcome).toMatchObject({ result: { warnings: [expect.stringContaining('will match every line')] } })
})
