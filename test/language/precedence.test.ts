import { expect, test } from 'vitest'
import { play, type PlayOptions } from '../engine/play.ts'

/**
 * The levels of precedence, the lowest first, as Ansible's documentation counts them, each with what sets `v` there.
 *
 * @source https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_variables.html#understanding-variable-precedence
 */
interface Level {
  readonly name: string
  readonly files?: Readonly<Record<string, string>>
  readonly flags?: Partial<PlayOptions>
  /** More of the play, or of the role's use, before its tasks. */
  readonly play?: string
  readonly use?: string
  /** Tasks of the role before the one that tells. */
  readonly before?: string
  /** More of the block around that task, and of the task. */
  readonly block?: string
  readonly task?: string
}

const LEVELS: readonly Level[] = [
  // Options such as `-u` are no variables; what they say counts where no variable does.
  { name: '1 options of the command line', flags: { user: 'level1' } },
  { name: '2 role defaults', files: { 'roles/r/defaults/main.yml': 'v: 2' } },
  {
    name: '3 group variables of the inventory',
    files: { 'inventory/hosts': '[web]\none\n[web:vars]\nv=3\n' },
  },
  { name: '4 inventory group_vars/all', files: { 'inventory/group_vars/all.yml': 'v: 4' } },
  { name: '5 playbook group_vars/all', files: { 'group_vars/all.yml': 'v: 5' } },
  { name: '6 inventory group_vars', files: { 'inventory/group_vars/web.yml': 'v: 6' } },
  { name: '7 playbook group_vars', files: { 'group_vars/web.yml': 'v: 7' } },
  {
    name: '8 host variables of the inventory',
    files: { 'inventory/hosts': '[web]\none v=8\n[web:vars]\nv=3\n' },
  },
  { name: '9 inventory host_vars', files: { 'inventory/host_vars/one.yml': 'v: 9' } },
  { name: '10 playbook host_vars', files: { 'host_vars/one.yml': 'v: 10' } },
  { name: '11 facts, cached by set_fact', before: '- set_fact: { v: 11, cacheable: true }' },
  { name: '12 play vars', play: '  vars: { v: 12 }' },
  { name: '13 vars_prompt', play: '  vars_prompt: [{ name: v, default: 13 }]' },
  { name: '14 vars_files', play: '  vars_files: [more.yml]', files: { 'more.yml': 'v: 14' } },
  { name: '15 role vars', files: { 'roles/r/vars/main.yml': 'v: 15' } },
  { name: '16 block vars', block: '  vars: { v: 16 }' },
  { name: '17 task vars', task: '      vars: { v: 17 }' },
  { name: '18 include_vars', before: '- include_vars: included.yml', files: { 'included.yml': 'v: 18' } },
  { name: '19 set_fact and registered variables', before: '- set_fact: { v: 19 }' },
  { name: '20 role parameters', use: ', v: 20' },
  { name: '21 include parameters', task: '      include_tasks: tell.yml\n      vars: { v: 21 }' },
  { name: '22 extra variables', flags: { extraVars: ['v=22'] } },
]

test('all levels of precedence have a case', () => {
  expect(LEVELS.map(({ name }) => parseInt(name))).toEqual(
    Array.from({ length: 22 }, (_, index) => index + 1),
  )
})

// A cached fact is a `set_fact` as well in the run that sets it: what it is in the next stands in fact-cache.test.ts.
// The variables of an include stand where those of a task do, only that there is more of them.
const OWN_TESTS = [1, 11, 21]
const compared = LEVELS.filter(({ name }) => !OWN_TESTS.includes(parseInt(name)))

test.each(compared.map((level, index) => [level.name, index] as const))(
  '%s: over all below',
  async (_, index) => {
    expect(await told(compared.slice(0, index + 1))).toBe(String(parseInt(compared[index]!.name)))
  },
)

test.each(compared.map((level) => [level.name, level] as const))('%s: alone', async (_, level) => {
  expect(await told([level])).toBe(String(parseInt(level.name)))
})

test('1 options of the command line: under every variable and keyword', async () => {
  const files = { 'hosts.yml': 'all: { hosts: { one: { ansible_host: 127.0.0.1, ansible_port: 1 } } }' }
  const users = async (more: string, flags: Partial<PlayOptions>) => {
    const { lines } = await play(
      `
- hosts: all
  gather_facts: false
${more}
  tasks: [{ ping: }]`,
      { files, ...flags },
    )
    return /connect to (\w+)@/.exec(lines[0]!)![1]
  }
  expect(await users('', { user: 'option' })).toBe('option')
  expect(await users('  remote_user: keyword', { user: 'option' })).toBe('keyword')
  expect(await users('  remote_user: keyword\n  vars: { ansible_user: variable }', { user: 'option' })).toBe(
    'variable',
  )
  expect(await users('  vars: { ansible_user: variable }', { extraVars: ['ansible_user=extra'] })).toBe(
    'extra',
  )
})

test('21 include parameters: over a block’s and a task’s, for what is included', async () => {
  expect(await told([...LEVELS.slice(15, 17), LEVELS[20]!])).toBe('21')
})

/** What `v` is in a role's task with all of these levels in force. */
async function told(levels: readonly Level[]): Promise<string> {
  const all = (part: 'play' | 'use' | 'before' | 'block' | 'task') =>
    levels.flatMap((level) => level[part] ?? [])
  const include = levels.some(({ task }) => task?.includes('include_tasks'))
  const task = all('task').filter((text) => !include || text.includes('include_tasks'))
  const tasks = [
    ...all('before'),
    '- block:',
    `    - name: ${include ? 'include' : 'told'}`,
    ...(include ? [] : ['      debug: { msg: "v is {{ v }}" }']),
    ...task,
    ...all('block'),
  ]
  const { lines } = await play(
    [
      '- hosts: web',
      '  gather_facts: false',
      ...all('play'),
      `  roles: [{ role: r${all('use').join('')} }]`,
    ].join('\n'),
    {
      sources: ['inventory'],
      files: {
        'inventory/hosts': '[web]\none\n',
        'inventory/local.yml': 'all: { vars: { ansible_connection: local } }',
        'roles/r/tasks/main.yml': tasks.join('\n'),
        'roles/r/tasks/tell.yml': '- { name: told, debug: { msg: "v is {{ v }}" } }',
        ...Object.assign({}, ...levels.map(({ files }) => files)),
      },
      ...Object.assign({}, ...levels.map(({ flags }) => flags)),
    },
  )
  return lines.flatMap((line) => /told: v is (.*)/.exec(line)?.[1] ?? []).join() || lines.join('\n')
}
