import { expect, test } from 'vitest'
import { magicNames } from '../../runner/engine/magic-variables.ts'
import { play, type PlayOptions } from '../engine/play.ts'

const files = {
  'hosts.ini': `
[web]
a.example.org colour=red
b
[web:vars]
ansible_connection=local
[others]
c
[top:children]
web
`,
  'roles/outer/tasks/main.yml': '- include_role: { name: inner }',
  'roles/outer/meta/main.yml': 'dependencies: [needed]',
  'roles/needed/tasks/main.yml': '- debug:\n  when: false',
}

const PLAYBOOK = `
- name: the play
  hosts: web
  gather_facts: false
  roles: [{ role: outer, tags: [x] }]`

interface Asked {
  readonly asks: string
  /** What comes of it, as JSON. @default true */
  readonly gives?: unknown
  readonly flags?: Partial<PlayOptions>
}

const variables: Readonly<Record<string, Asked>> = {
  inventory_hostname: { asks: 'inventory_hostname', gives: 'a.example.org' },
  inventory_hostname_short: { asks: 'inventory_hostname_short', gives: 'a' },
  inventory_dir: { asks: 'inventory_dir == playbook_dir' },
  inventory_file: { asks: "inventory_file == playbook_dir ~ '/hosts.ini'" },
  group_names: { asks: 'group_names', gives: ['top', 'web'] },
  groups: {
    asks: 'groups',
    gives: {
      all: ['c', 'a.example.org', 'b'],
      ungrouped: [],
      web: ['a.example.org', 'b'],
      others: ['c'],
      top: ['a.example.org', 'b'],
    },
  },
  hostvars: {
    asks: "[hostvars['a.example.org'].colour, hostvars.b.colour is defined, hostvars.c.inventory_hostname]",
    gives: ['red', false, 'c'],
  },
  ansible_facts: { asks: 'ansible_facts', gives: {} },
  play_hosts: { asks: 'play_hosts', gives: ['a.example.org', 'b'] },
  ansible_play_batch: { asks: 'ansible_play_batch', gives: ['a.example.org', 'b'] },
  ansible_play_hosts: { asks: 'ansible_play_hosts', gives: ['a.example.org', 'b'] },
  ansible_play_hosts_all: { asks: 'ansible_play_hosts_all', gives: ['a.example.org', 'b'] },
  ansible_play_name: { asks: 'ansible_play_name', gives: 'the play' },
  ansible_play_role_names: { asks: 'ansible_play_role_names', gives: ['outer'] },
  ansible_dependent_role_names: { asks: 'ansible_dependent_role_names', gives: ['needed'] },
  ansible_role_names: { asks: 'ansible_role_names | sort', gives: ['needed', 'outer'] },
  role_names: { asks: 'role_names', gives: ['outer'] },
  role_name: { asks: 'role_name', gives: 'inner' },
  ansible_role_name: { asks: 'ansible_role_name', gives: 'inner' },
  role_path: { asks: "role_path == playbook_dir ~ '/roles/inner'" },
  ansible_parent_role_names: { asks: 'ansible_parent_role_names', gives: ['outer'] },
  ansible_parent_role_paths: { asks: "ansible_parent_role_paths == [playbook_dir ~ '/roles/outer']" },
  ansible_search_path: {
    asks: "ansible_search_path | map('replace', playbook_dir, '') | list",
    gives: ['/roles/inner', '/roles/outer', '/roles/inner/tasks', ''],
  },
  ansible_config_file: { asks: 'ansible_config_file', gives: null },
  playbook_dir: { asks: "(playbook_dir ~ '/hosts.ini') is file" },
  ansible_check_mode: { asks: 'ansible_check_mode', gives: false },
  'ansible_check_mode (in a dry run)': { asks: 'ansible_check_mode', gives: true, flags: { check: true } },
  ansible_diff_mode: { asks: 'ansible_diff_mode', gives: true, flags: { diff: true } },
  ansible_verbosity: { asks: 'ansible_verbosity', gives: 2, flags: { verbose: 2 } },
  ansible_forks: { asks: 'ansible_forks', gives: 7, flags: { forks: '7' } },
  ansible_limit: { asks: 'ansible_limit', gives: 'a*', flags: { limit: 'a*' } },
  'ansible_limit (without)': { asks: 'ansible_limit is undefined' },
  ansible_run_tags: { asks: 'ansible_run_tags', gives: ['all'] },
  'ansible_run_tags (asked for)': {
    asks: 'ansible_run_tags',
    gives: ['x', 'always'],
    flags: { tags: ['x', 'always'] },
  },
  ansible_skip_tags: { asks: 'ansible_skip_tags', gives: ['y'], flags: { skipTags: ['y'] } },
  ansible_inventory_sources: { asks: "ansible_inventory_sources == [playbook_dir ~ '/hosts.ini']" },
  ansible_version: { asks: "ansible_version.full is version('2.14', '>=')" },
  ansible_playbook_python: { asks: "ansible_playbook_python is match('/.*python3')" },
  omit: { asks: 'omit is defined' },
  vars: { asks: "[vars.colour, vars['inventory_hostname']]", gives: ['red', 'a.example.org'] },
}

test('every magic variable has a case', () => {
  const covered = new Set(Object.keys(variables).map((name) => name.replace(/ \(.*\)$/, '')))
  expect([...covered].toSorted()).toEqual(magicNames().toSorted())
})

test.each(Object.keys(variables))('%s', async (name) => {
  const { asks, gives = true, flags } = variables[name]!
  // In a task of a role that another role includes.
  const task = { name: 'told', debug: { msg: `{{ {'is': ${asks}} }}` }, tags: ['x'] }
  const { events } = await play(PLAYBOOK, {
    files: { ...files, 'roles/inner/tasks/main.yml': JSON.stringify([task]) },
    sources: ['hosts.ini'],
    ...flags,
  })
  const [told] = events.filter((event) => event['task'] === 'told' && event['host'] === 'a.example.org')
  expect(told?.['result']).toMatchObject({ msg: { is: gives } })
})
