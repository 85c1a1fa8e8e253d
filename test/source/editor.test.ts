import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { editorSchema } from '../../runner/source/editor.ts'
import { modules } from './project.ts'

const validate = new Ajv({ strict: false, allErrors: true }).compile(editorSchema(modules))

/** Whether the editor accepts a play with these tasks. */
const accepts = (task: object) => validate([{ hosts: 'all', tasks: [task] }])

const right: [what: string, task: object][] = [
  [
    'a module with arguments',
    { name: 'x', copy: { dest: '/a', mode: 420, backup: 'yes' }, when: 'a', tags: ['b'] },
  ],
  ['a module with a text', { copy: 'src=a dest=/b' }],
  ['a module without arguments', { ping: null }],
  ['a module by its full name', { 'ansible.builtin.apt': { pkg: 'a,b', state: 'latest' } }],
  [
    'templates anywhere',
    { apt: { cache_valid_time: '{{ a }}', state: '{{ b }}' }, become: '{{ c }}', loop: '{{ d }}' },
  ],
  ['any fact', { set_fact: { anything: [1] } }],
  ['a loop', { ping: null, with_items: [1], loop_control: { label: 'x' } }],
  ['a block', { block: [{ ping: null }], rescue: [{ meta: 'noop' }], always: null, become: true }],
  ['an include', { include_tasks: { file: 'a.yml', apply: { tags: 'x' } } }],
]
test.each(right)('%s is accepted', (_, task) => {
  accepts(task)
  expect(validate.errors).toBeNull()
})

const wrong: [what: string, task: object][] = [
  ['an unknown module', { coppy: {} }],
  ['an unknown argument', { copy: { desst: '/a' } }],
  ['an argument of the wrong type', { apt: { cache_valid_time: 'soon' } }],
  ['a word that is none of those allowed', { apt: { state: 'here' } }],
  ['a keyword of the wrong type', { ping: null, become: 'maybe' }],
  ['an unknown keyword', { ping: null, whne: 'a' }],
  ['a keyword of a handler', { ping: null, listen: 'a' }],
  ['a mistake in a block', { block: [{ coppy: {} }] }],
]
test.each(wrong)('%s is refused', (_, task) => {
  expect(accepts(task)).toBe(false)
})

test('plays and imports are told apart', () => {
  expect(
    validate([
      { import_playbook: 'a.yml', when: 'b' },
      { hosts: ['a'], roles: ['x', { role: 'y', port: 1 }] },
    ]),
  ).toBe(true)
  expect(validate([{ tasks: [] }])).toBe(false)
  expect(validate([{ hosts: 'all', import_playbook: 'a.yml' }])).toBe(false)
  expect(validate([{ hosts: 'all', handlers: [{ ping: null, listen: 'a' }] }])).toBe(true)
})

test('arguments carry their descriptions', () => {
  const text = JSON.stringify(editorSchema(modules))
  expect(text).toContain('How old the index may be, in seconds.')
  expect(text).not.toMatch(/"ansible":|"expects":|"template":true/)
})
