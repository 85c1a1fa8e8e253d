import { expect, test } from 'vitest'
import assemble from '../../runner/modules/assemble.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { type Host, plan, textAfter } from './harness.ts'

const host: Host = {
  files: {
    '/etc/app.d/20-b': 'b',
    '/etc/app.d/10-a': 'a\n',
    '/etc/app.d/.c': 'c\n',
    '/etc/app.d/sub/d': 'd\n',
  },
  author: { 'parts/1': 'one\n', 'parts/2': 'two\n' },
}

test.each<[string, Dict, string]>([
  ['in the order of their names', { ignore_hidden: true }, 'a\nb'],
  ['hidden ones too', {}, 'c\na\nb'],
  ['those whose name matches', { regexp: '^2' }, 'b'],
  ['with a delimiter between them', { ignore_hidden: true, delimiter: '### \\n next' }, 'a\n### \n next\nb'],
  ['each ended', { regexp: '\\d|c', delimiter: '--\\n' }, 'c\n--\na\n--\nb'],
  ['of this side', { src: 'parts', remote_src: false }, 'one\ntwo\n'],
])('files are put together %s', (_, args, text) => {
  const planned = plan(assemble, { src: '/etc/app.d', dest: '/etc/app.conf', ...args }, host)
  expect(textAfter(planned, '/etc/app.conf')).toBe(text)
  expect(planned.again()).toMatchObject({ type: 'unchanged' })
})

test.each<[string, string]>([
  ['/etc/none', 'Source (/etc/none) does not exist'],
  ['/etc/app.d/10-a', 'Source (/etc/app.d/10-a) is not a directory'],
])('%s cannot be the source', (src, msg) => {
  expect(plan(assemble, { src, dest: '/etc/x' }, host).outcome).toMatchObject({
    type: 'failed',
    result: { msg },
  })
})
