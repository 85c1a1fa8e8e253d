import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, expect, test } from 'vitest'
import { KEYWORDS, WITH_LOOPS } from '../../runner/source/keywords.ts'
import { play } from '../engine/play.ts'

// Lookups wait for their answer, so it cannot come from this process.
const SERVER = `
const server = require('node:http').createServer((_, response) => response.end('one\\ntwo\\n'))
server.listen(0, '127.0.0.1', () => console.log(server.address().port))`
const server = spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] })
const port = once(server.stdout, 'data').then(([data]) => String(data).trim())
afterAll(() => void server.kill())

/** A loop, and the items that it gives; a function where they are not the same in every run. */
interface Loop {
  readonly over: unknown
  readonly items: readonly unknown[] | ((items: readonly unknown[]) => boolean)
  readonly files?: Readonly<Record<string, string>>
}

const users = [
  { name: 'ann', keys: ['k1', 'k2'] },
  { name: 'bob', keys: ['k3'] },
]
const files = { 'files/a.txt': 'from a\n', 'files/b.txt': 'from b\n' }

const loops: Readonly<Record<string, Loop>> = {
  with_items: { over: [1, [2, [3]]], items: [1, 2, [3]] },
  with_list: { over: [1, [2]], items: [1, [2]] },
  with_dict: {
    over: { a: 1, b: 2 },
    items: [
      { key: 'a', value: 1 },
      { key: 'b', value: 2 },
    ],
  },
  with_nested: {
    over: [
      [1, 2],
      ['a', 'b'],
    ],
    items: [
      [1, 'a'],
      [1, 'b'],
      [2, 'a'],
      [2, 'b'],
    ],
  },
  with_cartesian: {
    over: [[1, 2], ['a']],
    items: [
      [1, 'a'],
      [2, 'a'],
    ],
  },
  with_together: {
    over: [[1, 2], ['a']],
    items: [
      [1, 'a'],
      [2, null],
    ],
  },
  with_subelements: {
    over: [users, 'keys'],
    items: [
      [users[0], 'k1'],
      [users[0], 'k2'],
      [users[1], 'k3'],
    ],
  },
  with_sequence: { over: 'start=8 end=12 stride=2 format=n%02d', items: ['n08', 'n10', 'n12'] },
  with_indexed_items: {
    over: ['a', 'b'],
    items: [
      [0, 'a'],
      [1, 'b'],
    ],
  },
  with_flattened: { over: [1, [2, [3]]], items: [1, 2, 3] },
  with_fileglob: {
    over: ['*.txt'],
    files,
    items: (found) =>
      found
        .map((each) => String(each).split('/files/')[1])
        .toSorted((a = '', b = '') => a.localeCompare(b))
        .join() === 'a.txt,b.txt',
  },
  with_file: { over: ['a.txt', 'b.txt'], files, items: ['from a', 'from b'] },
  with_first_found: {
    over: ['none.txt', 'b.txt'],
    files,
    items: (found) => found.length === 1 && String(found[0]).endsWith('/files/b.txt'),
  },
  with_lines: { over: ['printf "a\\nb\\n"'], items: ['a', 'b'] },
  with_random_choice: {
    over: [1, 2],
    items: (found) => found.length === 1 && [1, 2].includes(Number(found[0])),
  },
  with_inventory_hostnames: { over: ['all:!one'], items: ['two'] },
  with_vars: { over: ['colour'], items: ['red'] },
  with_varnames: { over: ['^colo'], items: ['colour'] },
  with_env: { over: ['LOOP_OVER'], items: ['looked up'] },
  with_url: { over: ['{{ url }}'], items: ['one', 'two'] },
  with_password: { over: ['/dev/null length=7'], items: ['********'] },
  with_template: {
    over: ['t.j2'],
    files: { 'templates/t.j2': 'It is {{ colour }}.' },
    items: ['It is red.'],
  },
  with_pipe: { over: ['echo a; echo b'], items: ['a\nb'] },
  with_ini: {
    over: ['port section=web file=a.ini'],
    files: { 'files/a.ini': '[web]\nport = 80\n' },
    items: ['80'],
  },
  with_csvfile: {
    over: ['bob file=a.csv delimiter=, col=1'],
    files: { 'files/a.csv': 'ann,1\nbob,2\n' },
    items: ['2'],
  },
  with_config: { over: ['DEFAULT_BECOME_USER'], items: ['root'] },
  with_unvault: { over: ['a.txt'], files, items: ['from a\n'] },
}

test('every loop has a case', () => {
  expect(Object.keys(loops).toSorted()).toEqual([...WITH_LOOPS].toSorted())
})

test.each(Object.keys(loops))('%s', async (loop) => {
  process.env['LOOP_OVER'] = 'looked up'
  const { over, items, files } = loops[loop]!
  const url = `http://127.0.0.1:${await port}/`
  // The full name of the lookup does as well.
  for (const name of [loop, loop.replace('with_', 'with_ansible.builtin.')]) {
    const found = await itemsOf({ [name]: over }, { colour: 'red', url }, files)
    if (typeof items === 'function') expect(items(found), JSON.stringify(found)).toBe(true)
    else expect(found).toEqual(items)
  }
})

/** Options of `loop_control`, and what they make of a loop over `a` and `b`. */
const control: Readonly<
  Record<string, { readonly value: unknown; readonly tells: string; readonly items: unknown[] }>
> = {
  loop_var: {
    value: 'each',
    tells: '[each, ansible_loop_var]',
    items: [
      ['a', 'each'],
      ['b', 'each'],
    ],
  },
  index_var: {
    value: 'at',
    tells: '[at, ansible_index_var]',
    items: [
      [0, 'at'],
      [1, 'at'],
    ],
  },
  label: { value: 'the {{ item }}', tells: 'item', items: ['a', 'b'] },
  pause: { value: 0.01, tells: 'item', items: ['a', 'b'] },
  extended: {
    value: true,
    tells:
      '[ansible_loop.index, ansible_loop.index0, ansible_loop.revindex, ansible_loop.revindex0, ansible_loop.first, ' +
      "ansible_loop.last, ansible_loop.length, ansible_loop.previtem | default('-'), " +
      "ansible_loop.nextitem | default('-'), ansible_loop.allitems]",
    items: [
      [1, 0, 2, 1, true, false, 2, '-', 'b', ['a', 'b']],
      [2, 1, 1, 0, false, true, 2, 'a', '-', ['a', 'b']],
    ],
  },
  extended_allitems: { value: false, tells: 'item', items: ['a', 'b'] },
  break_when: { value: "item == 'a'", tells: 'item', items: ['a'] },
}

test('every option of loop_control has a case', () => {
  expect(Object.keys(control)).toEqual(optionsOf('loop_control'))
})

test.each(Object.keys(control))('loop_control: %s', async (option) => {
  const { value, tells, items } = control[option]!
  for (const written of [value, templateOf(value)]) {
    const found = await itemsOf({ loop: ['a', 'b'], loop_control: { [option]: written } }, {}, {}, tells)
    expect(found, JSON.stringify(written)).toEqual(items)
  }
})

test('loop_control: label is what is shown for an item', async () => {
  const { events } = await play(`
- hosts: all
  gather_facts: false
  tasks: [{ debug: , loop: [a], loop_control: { label: "the {{ item }}" } }]`)
  expect(events.flatMap(({ item }) => item ?? [])).toEqual(['the a'])
})

test('what a loop runs over must be a list', async () => {
  const { lines } = await play(`
- hosts: all
  gather_facts: false
  tasks: [{ name: work, debug: , loop: "{{ 'text' }}" }]`)
  expect(lines[0]).toContain("Invalid data passed to 'loop', it requires a list, got this instead: text")
})

async function itemsOf(
  loop: object,
  vars: object,
  files: Readonly<Record<string, string>> = {},
  tells = 'item',
): Promise<unknown[]> {
  const task = { name: 'work', debug: { msg: `{{ ${tells} }}` }, ...loop }
  const playbook = [{ hosts: 'one', gather_facts: false, vars, tasks: [task] }]
  const { events, lines } = await play(JSON.stringify(playbook), { files, hosts: ['one', 'two'] })
  expect(lines).toEqual(['one ok work: All items completed'])
  return events.flatMap((event) => (event['item'] === undefined ? [] : [event['result']!['msg']]))
}

/** The same value by a template, where it is none and no condition. */
function templateOf(value: unknown): unknown {
  return typeof value === 'string' ? value : `{{ ${JSON.stringify(value)} }}`
}

function optionsOf(keyword: string): string[] {
  const { anyOf } = KEYWORDS[keyword]!.schema as unknown as { anyOf: [{ properties: object }] }
  return Object.keys(anyOf[0].properties)
}
