import { describe, expect, test } from 'vitest'
import alternatives from '../../runner/modules/alternatives.ts'
import { type Alternative, alternative, parseQuery } from '../../runner/resources/alternative.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { diffLines, plan } from './harness.ts'

const QUERY = `Name: editor
Link: /usr/bin/editor
Slaves:
 editor.1.gz /usr/share/man/man1/editor.1.gz
Status: auto
Best: /bin/nano
Value: /bin/nano

Alternative: /bin/nano
Priority: 40
Slaves:
 editor.1.gz /usr/share/man/man1/nano.1.gz

Alternative: /usr/bin/vim.basic
Priority: 30
`

const editor = parseQuery(QUERY)!
const files = { '/bin/nano': '', '/usr/bin/vim.basic': '', '/usr/bin/new': '', '/etc/alternatives/x': '' }
const run = (args: Dict, now: Alternative | null = editor) =>
  plan(alternatives, { name: 'editor', ...args }, { files, resources: { 'alternative editor': now } })

test('the answer of update-alternatives is understood', () => {
  expect(editor).toEqual({
    link: '/usr/bin/editor',
    automatic: true,
    value: '/bin/nano',
    choices: [
      { path: '/bin/nano', priority: 40, slaves: { 'editor.1.gz': '/usr/share/man/man1/nano.1.gz' } },
      { path: '/usr/bin/vim.basic', priority: 30, slaves: {} },
    ],
  })
  expect(alternative.parse(Buffer.from(`/\n${QUERY}/\n`), ['none', 'editor'])).toEqual([null, editor])
})

describe('an alternative', () => {
  test.each<[string, Dict, Alternative | null, string, string]>([
    [
      'is chosen',
      { path: '/usr/bin/vim.basic' },
      editor,
      '--set editor /usr/bin/vim.basic',
      '/usr/bin/vim.basic',
    ],
    [
      'is added without being chosen',
      { path: '/usr/bin/new', state: 'present' },
      editor,
      '--install /usr/bin/editor editor /usr/bin/new 50',
      '/usr/bin/new',
    ],
    [
      'is added below the best',
      { path: '/usr/bin/new', priority: 1, state: 'present' },
      editor,
      '/usr/bin/new 1',
      '/bin/nano',
    ],
    [
      'is the first of its name',
      { path: '/usr/bin/new', link: '/usr/bin/editor' },
      null,
      '/usr/bin/editor editor /usr/bin/new 50',
      '/usr/bin/new',
    ],
    [
      'is removed, and the next best comes up',
      { path: '/bin/nano', state: 'absent' },
      editor,
      '--remove editor /bin/nano',
      '/usr/bin/vim.basic',
    ],
    [
      'is left to itself again',
      { state: 'auto' },
      { ...editor, automatic: false, value: '/usr/bin/vim.basic' },
      '--auto editor',
      '/bin/nano',
    ],
  ])('%s', (_, args, now, command, value) => {
    const { outcome, state, files: after, again } = run(args, now)
    expect(outcome.type === 'change' && outcome.script.text).toContain(command)
    expect(state.predicted(alternative, 'editor')).toMatchObject({ value })
    expect(after.lstat('/etc/alternatives/editor').status).toMatchObject({ type: 'link', target: value })
    expect(again().type).toBe('unchanged')
  })

  test.each<[string, Dict]>([
    ['is chosen already', { path: '/bin/nano' }],
    ['is there already', { path: '/usr/bin/vim.basic', state: 'present' }],
    ['is not there', { path: '/usr/bin/new', state: 'absent' }],
    ['is left to itself already', { state: 'auto' }],
  ])('that %s is left alone', (_, args) => {
    expect(run(args).outcome.type).toBe('unchanged')
  })

  test('says what it was and what it will be', () => {
    expect(diffLines(run({ path: '/usr/bin/vim.basic' }).outcome)).toEqual([
      'alternative editor',
      'choice: /bin/nano (automatic) of 2 → /usr/bin/vim.basic of 2',
    ])
  })

  test.each<[string, Dict, Alternative | null, string]>([
    ['that is not there', { path: '/usr/bin/missing' }, editor, 'does not exist'],
    ['of a new name without a link', { path: '/usr/bin/new' }, null, 'missing the link'],
    ['without a path', {}, editor, 'missing: path'],
  ])('%s is refused', (_, args, now, message) => {
    expect(run(args, now).outcome).toMatchObject({
      type: 'failed',
      result: { msg: expect.stringContaining(message) },
    })
  })
})
