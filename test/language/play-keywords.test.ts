import { describe } from 'vitest'
import { KEYWORDS } from '../../runner/source/keywords.ts'
import { testEvery } from './complete.ts'

const own = Object.keys(KEYWORDS).filter((name) => {
  const { on } = KEYWORDS[name]!
  return on.length === 1 && on[0] === 'play'
})

const three = ['a', 'b', 'c']
/** A play on all hosts without facts, and more of it. */
const play = (more: string) => `
- hosts: all
  gather_facts: false
${more}`
/** The first task ends on the one host only when the other is done with the second. */
const WAITING = `
    - { name: waits, shell: until test -e done; do sleep 0.01; done, when: inventory_hostname == 'a' }
    - { name: after, command: touch done }`
const told = '{ name: told, debug: { msg: "{{ colour }}" } }'

describe('keywords that only a play has', () => {
  testEvery('keyword', own, {
    hosts: {
      hosts: three,
      playbook: `
- hosts: [a, "{{ other }}"]
  gather_facts: false
  vars: { other: c }
  tasks: [{ name: work, debug: }]`,
      lines: ['a ok work: Hello world!', 'c ok work: Hello world!'],
    },
    'hosts (a pattern)': {
      hosts: three,
      playbook: `
- hosts: all:!b
  gather_facts: false
  tasks: [{ name: work, debug: }]`,
      lines: ['a ok work: Hello world!', 'c ok work: Hello world!'],
    },
    fact_path: {
      files: { 'facts/mine.fact': '{"colour": "red"}' },
      playbook: `
- hosts: all
  gather_subset: ["!all", local]
  fact_path: "{{ playbook_dir }}/facts"
  tasks: [{ name: told, debug: { msg: "{{ ansible_local.mine.colour }}" } }]`,
      lines: ['one ok Gathering Facts', 'one ok told: red'],
    },
    force_handlers: {
      playbook: play(`
  force_handlers: true
  tasks:
    - { name: work, command: "true", notify: heard }
    - { name: fails, fail: }
  handlers: [{ name: heard, debug: }]`),
      lines: [
        'one changed work',
        'one failed fails: Failed as requested from task',
        'one ok heard: Hello world!',
      ],
    },
    'force_handlers (without)': {
      playbook: play(`
  tasks:
    - { name: work, command: "true", notify: heard }
    - { name: fails, fail: }
  handlers: [{ name: heard, debug: }]`),
      lines: ['one changed work', 'one failed fails: Failed as requested from task'],
    },
    gather_facts: {
      playbook: `
- hosts: all
  gather_facts: "{{ 1 == 1 }}"
  tasks: [{ name: told, debug: { msg: "{{ ansible_facts.system }} {{ ansible_system }}" } }]
- hosts: all
  gather_facts: no
  tasks: []`,
      lines: ['one ok Gathering Facts', 'one ok told: Linux Linux'],
    },
    gather_subset: {
      playbook: `
- hosts: all
  gather_subset: ["!all", "!min", env]
  tasks: [{ name: told, debug: { msg: "{{ [ansible_facts.env is defined, ansible_facts.mounts is defined] }}" } }]`,
      lines: ['one ok Gathering Facts', 'one ok told: [true,false]'],
    },
    gather_timeout: {
      playbook: `
- hosts: all
  gather_timeout: 5
  tasks: []`,
      lines: ['one ok Gathering Facts'],
    },
    max_fail_percentage: {
      hosts: three,
      playbook: play(`
  max_fail_percentage: 30
  tasks:
    - { name: work, fail: { msg: broken }, when: inventory_hostname == 'a' }
    - { name: after, debug: }`),
      lines: ['a failed work: broken', 'b skipped work', 'c skipped work'],
    },
    'max_fail_percentage (as many as may fail)': {
      hosts: three,
      playbook: play(`
  max_fail_percentage: 34%
  tasks:
    - { name: work, fail: { msg: broken }, when: inventory_hostname == 'a' }
    - { name: after, debug: }`),
      lines: [
        'a failed work: broken',
        'b skipped work',
        'c skipped work',
        'b ok after: Hello world!',
        'c ok after: Hello world!',
      ],
    },
    order: {
      hosts: ['b', 'a', 'c'],
      playbook: `
- { hosts: all, gather_facts: false, order: inventory, serial: 1, tasks: [{ name: inventory, debug: }] }
- { hosts: all, gather_facts: false, order: reverse_inventory, serial: 1, tasks: [{ name: reversed, debug: }] }
- { hosts: all, gather_facts: false, order: sorted, serial: 1, tasks: [{ name: sorted, debug: }] }
- { hosts: all, gather_facts: false, order: reverse_sorted, serial: 1, tasks: [{ name: downwards, debug: }] }`,
      inOrder: true,
      lines: [
        ...['b', 'a', 'c'].map((host) => `${host} ok inventory: Hello world!`),
        ...['c', 'a', 'b'].map((host) => `${host} ok reversed: Hello world!`),
        ...['a', 'b', 'c'].map((host) => `${host} ok sorted: Hello world!`),
        ...['c', 'b', 'a'].map((host) => `${host} ok downwards: Hello world!`),
      ],
    },
    'order (shuffle)': {
      hosts: three,
      playbook: play(`
  order: shuffle
  tasks: [{ name: work, debug: }]`),
      lines: three.map((host) => `${host} ok work: Hello world!`),
    },
    serial: {
      hosts: three,
      playbook: play(`
  serial: 2
  tasks: [{ name: told, debug: { msg: "{{ ansible_play_batch }}" } }]`),
      inOrder: true,
      lines: ['a ok told: ["a","b"]', 'b ok told: ["a","b"]', 'c ok told: ["c"]'],
    },
    'serial (percentages)': {
      hosts: [...three, 'd'],
      playbook: play(`
  serial: "50%"
  tasks: [{ name: told, debug: { msg: "{{ ansible_play_batch | join }}" } }]`),
      inOrder: true,
      lines: ['a ok told: ab', 'b ok told: ab', 'c ok told: cd', 'd ok told: cd'],
    },
    'serial (a list, the last of which repeats)': {
      hosts: [...three, 'd', 'e', 'f'],
      playbook: play(`
  serial: [1, "34%", "{{ 1 }}"]
  tasks: [{ name: told, debug: { msg: "{{ ansible_play_batch | join }}" } }]`),
      inOrder: true,
      lines: [
        'a ok told: a',
        'b ok told: bc',
        'c ok told: bc',
        'd ok told: d',
        'e ok told: e',
        'f ok told: f',
      ],
    },
    strategy: {
      hosts: ['a', 'b'],
      playbook: play(`
  strategy: free
  tasks: ${WAITING}`),
      lines: ['b skipped waits', 'b changed after', 'a changed waits', 'a changed after'],
    },
    'strategy (host_pinned)': {
      hosts: ['a', 'b'],
      playbook: play(`
  strategy: ansible.builtin.host_pinned
  tasks: ${WAITING}`),
      lines: ['b skipped waits', 'b changed after', 'a changed waits', 'a changed after'],
    },
    'strategy (linear)': {
      hosts: ['a', 'b'],
      playbook: play(`
  strategy: linear
  tasks:
    - { name: slow, shell: sleep 0.3; touch done, when: inventory_hostname == 'a' }
    - { name: after, command: cat done, changed_when: false }`),
      lines: ['a changed slow', 'b skipped slow', 'a ok after', 'b ok after'],
    },
    user: {
      files: { 'hosts.yml': 'all: { hosts: { one: { ansible_host: 127.0.0.1, ansible_port: 1 } } }' },
      playbook: play(`
  user: me
  tasks: [{ name: work, command: "true" }]`),
      lines: [
        'one unreachable work: cannot connect to me@127.0.0.1:1: connection refused; is sshd running there, and ansible_port the right one?',
      ],
    },
    validate_argspec: {
      playbook: play(`
  validate_argspec: true
  tasks: [{ name: work, debug: }]`),
      lines: ['one ok work: Hello world!'],
    },
    vars_files: {
      files: { 'a.yml': 'colour: red', 'b.yml': 'colour: blue' },
      playbook: play(`
  vars_files: [a.yml, [none.yml, b.yml]]
  tasks: [${told}]`),
      lines: ['one ok told: blue'],
    },
    vars_prompt: {
      playbook: play(`
  vars_prompt: [{ name: colour, prompt: Which?, default: red, private: false }]
  tasks: [${told}]`),
      lines: ['one ok told: red'],
    },
    'vars_prompt (answered by the command line)': {
      playbook: play(`
  vars_prompt: [{ name: colour, prompt: Which? }]
  tasks: [${told}]`),
      flags: { extraVars: ['colour=blue'] },
      lines: ['one ok told: blue'],
    },
    ...Object.fromEntries(
      ['pre_tasks', 'roles', 'tasks', 'post_tasks', 'handlers'].map((section) => [section, sections()]),
    ),
  })
})

/** All sections, written in another order than that in which they run. */
function sections() {
  const task = (name: string) => `[{ name: ${name}, command: "true", notify: heard }]`
  return {
    playbook: play(`
  handlers: [{ name: heard, debug: }]
  post_tasks: ${task('post')}
  tasks: ${task('task')}
  roles: [r]
  pre_tasks: ${task('pre')}`),
    files: { 'roles/r/tasks/main.yml': `- { name: role, command: "true" }` },
    inOrder: true,
    lines: [
      'one changed pre',
      'one ok heard: Hello world!',
      'one changed role',
      'one changed task',
      'one ok heard: Hello world!',
      'one changed post',
      'one ok heard: Hello world!',
    ],
  }
}
