import { expect, test } from 'vitest'
import replace from '../../runner/modules/replace.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { plan, textAfter } from './harness.ts'

const path = '/etc/app.conf'
const on = (text: string) => ({ files: { [path]: text } })

test.each<[string, string, Dict, string, number]>([
  ['every match is replaced', 'a b a\n', { regexp: 'a', replace: 'x' }, 'x b x\n', 2],
  ['without a replacement matches are removed', 'a b a\n', { regexp: 'a ?' }, 'b \n', 2],
  ['^ and $ match at every line', 'a=1\na=2\n', { regexp: '^a=(\\d)$', replace: 'b=\\1' }, 'b=1\nb=2\n', 2],
  [
    'groups go by name',
    'k: v\n',
    { regexp: '(?P<k>\\w): (?P<v>\\w)', replace: '\\g<v>: \\g<k>' },
    'v: k\n',
    1,
  ],
  ['line ends may be written', 'a b\n', { regexp: ' ', replace: '\\n' }, 'a\nb\n', 1],
  ['what stands after', '1\n#\n1\n', { regexp: '1', replace: '2', after: '#' }, '1\n#\n2\n', 1],
  ['what stands before', '1\n#\n1\n', { regexp: '1', replace: '2', before: '#' }, '2\n#\n1\n', 1],
  [
    'what stands between',
    '1 < 1 > 1\n',
    { regexp: '1', replace: '2', after: '<', before: '>' },
    '1 < 2 > 1\n',
    1,
  ],
  ['$ in a replacement is a dollar', 'a\n', { regexp: 'a', replace: '$&' }, '$&\n', 1],
])('%s', (_, before, args, after, count) => {
  const planned = plan(replace, { path, ...args }, on(before))
  expect(textAfter(planned, path)).toBe(after)
  expect(planned.outcome).toMatchObject({ type: 'change', result: { msg: `${count} replacements made` } })
})

test.each<[string, Dict]>([
  ['nothing matches', { regexp: 'q' }],
  ['what matches is so already', { regexp: 'a', replace: 'a' }],
  ['the section is not there', { regexp: 'a', replace: 'b', after: 'q' }],
])('nothing is done when %s', (_, args) => {
  expect(plan(replace, { path, ...args }, on('a\n')).outcome.type).toBe('unchanged')
})

test.each<[string, Dict, Dict]>([
  ['a missing file', { path: '/etc/none' }, { rc: 257 }],
  ['a directory', { path: '/etc' }, { rc: 256 }],
])('%s is an error', (_, args, result) => {
  expect(plan(replace, { regexp: 'a', ...args }, on('')).outcome).toMatchObject({
    type: 'failed',
    result,
  })
})
