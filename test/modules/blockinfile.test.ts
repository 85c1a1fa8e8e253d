import { describe, expect, test } from 'vitest'
import blockinfile from '../../runner/modules/blockinfile.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { plan, textAfter } from './harness.ts'

const path = '/etc/app.conf'
const on = (text: string) => ({ files: { [path]: text } })
const [BEGIN, END] = ['# BEGIN ANSIBLE MANAGED BLOCK', '# END ANSIBLE MANAGED BLOCK']
const block = (text: string) => `${BEGIN}\n${text}${END}\n`

describe('a block', () => {
  test.each<[string, string, Dict, string]>([
    ['goes to the end', 'a', { block: 'x\ny' }, `a\n${block('x\ny\n')}`],
    ['goes to the beginning', 'a\n', { block: 'x\n', insertbefore: 'BOF' }, `${block('x\n')}a\n`],
    [
      'goes after the last match',
      'a1\na2\nb\n',
      { block: 'x', insertafter: '^a' },
      `a1\na2\n${block('x\n')}b\n`,
    ],
    [
      'goes before the last match',
      'a1\na2\nb\n',
      { block: 'x', insertbefore: '^a' },
      `a1\n${block('x\n')}a2\nb\n`,
    ],
    [
      'goes after a match of several lines',
      'a\nb\nc\n',
      { block: 'x', insertafter: '(?m)a\\nb' },
      `a\nb\n${block('x\n')}c\n`,
    ],
    ['goes to the end when nothing matches', 'a\n', { block: 'x', insertafter: '^q' }, `a\n${block('x\n')}`],
    [
      'is replaced where it is',
      `a\n${block('old\n')}b\n`,
      { block: 'new', insertbefore: 'BOF' },
      `a\n${block('new\n')}b\n`,
    ],
    ['is taken out', `a\n${block('old\n')}b\n`, { state: 'absent' }, 'a\nb\n'],
    ['without lines is taken out', `a\n${block('old\n')}b\n`, { block: '' }, 'a\nb\n'],
    [
      'has marks of its own',
      'a\n',
      { block: 'x', marker: '<!-- {mark} -->', marker_begin: 'from $1', marker_end: 'to' },
      'a\n<!-- from $1 -->\nx\n<!-- to -->\n',
    ],
    [
      'stands between empty lines',
      'a\nb\n',
      { block: 'x', insertafter: 'a', append_newline: true, prepend_newline: true },
      `a\n\n${block('x\n')}\nb\n`,
    ],
  ])('%s', (_, before, args, after) => {
    const planned = plan(blockinfile, { path, ...args }, on(before))
    expect(textAfter(planned, path)).toBe(after)
    expect(planned.again()).toMatchObject({ type: 'unchanged' })
  })

  test.each<[string, string, Dict]>([
    ['is there', block('x\n'), { block: 'x' }],
    ['to be taken out is not there', 'a\n', { state: 'absent' }],
  ])('nothing is done when one %s', (_, text, args) => {
    expect(plan(blockinfile, { path, ...args }, on(text)).outcome.type).toBe('unchanged')
  })
})

test.each<[string, Dict, Dict]>([
  ['is made with create', { block: 'x', create: true }, { type: 'change', result: { msg: 'File created' } }],
  ['is an error without', { block: 'x' }, { type: 'failed', result: { rc: 257 } }],
  ['has no block to take out', { state: 'absent', create: true }, { type: 'unchanged' }],
])('a file that is missing %s', (_, args, outcome) => {
  expect(plan(blockinfile, { path, ...args }, { files: { '/etc/x': '' } }).outcome).toMatchObject(outcome)
})
