import { expect, test } from 'vitest'
import { firstWord, parseFreeForm } from '../../runner/source/freeform.ts'

const cases: [text: string, pairs: Record<string, string>, rest: string][] = [
  ['src=a dest=b', { src: 'a', dest: 'b' }, ''],
  ['src="a b" dest=\'c d\'', { src: 'a b', dest: 'c d' }, ''],
  ['msg="say \\"hi\\""', { msg: 'say "hi"' }, ''],
  ['msg="one\\ntwo"', { msg: 'one\ntwo' }, ''],
  ['dest={{ a | default("x y") }}/z mode=0644', { dest: '{{ a | default("x y") }}/z', mode: '0644' }, ''],
  ["regexp='\\b(.+)\\\\b' x=\\x41\\u00e9", { regexp: '\b(.+)\\b', x: 'Aé' }, ''],
  ['line="a=b"', { line: 'a=b' }, ''],
  ['{{ item }}_port=80 x_{{ a b }}=1', { '{{ item }}_port': '80', 'x_{{ a b }}': '1' }, ''],
  ['a= b', { a: '' }, 'b'],
  ['flush_handlers', {}, 'flush_handlers'],
  ['main.yml tags=x', { tags: 'x' }, 'main.yml'],
  ['src=a\n  dest=b', { src: 'a', dest: 'b' }, ''],
  ['', {}, ''],
]
test.each(cases)('%s', (text, pairs, rest) => {
  const parsed = parseFreeForm(text)
  expect(Object.fromEntries(parsed.pairs.map(({ key, value }) => [key, value]))).toEqual(pairs)
  expect(parsed.rest).toBe(rest)
})

const commands: [text: string, pairs: Record<string, string>, rest: string][] = [
  ['echo a=b', {}, 'echo a=b'],
  ['creates=/x echo  "a  b" chdir=/y', { creates: '/x', chdir: '/y' }, 'echo  "a  b"'],
  ['awk "{print $1}" creates="/a b"', { creates: '/a b' }, 'awk "{print $1}"'],
]
test.each(commands)('a command line keeps its own words: %s', (text, pairs, rest) => {
  const parsed = parseFreeForm(text, new Set(['creates', 'chdir']))
  expect(Object.fromEntries(parsed.pairs.map(({ key, value }) => [key, value]))).toEqual(pairs)
  expect(parsed.rest).toBe(rest)
})

test('a word ends where its expression and its quotes are closed', () => {
  expect(firstWord('{{ a | b }} c=d')).toEqual(['{{ a | b }}', 'c=d'])
  expect(firstWord('  copy  src=a')).toEqual(['copy', 'src=a'])
  expect(firstWord('')).toEqual(['', ''])
})
