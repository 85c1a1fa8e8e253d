import { describe } from 'vitest'
import { engineAction } from '../../runner/source/engine-actions.ts'
import { testEvery } from './complete.ts'

const { free_form } = engineAction('meta')!.args.properties as unknown as { free_form: { enum: string[] } }

const on = (hosts: string, tasks: string, more = '') => `
- hosts: ${hosts}
  gather_facts: false
${more}
  tasks: ${tasks}`

describe('meta', () => {
  testEvery('action', free_form.enum, {
    noop: {
      tasks: `
    - meta: noop
    - { name: after, debug: }`,
      lines: ['one ok after: Hello world!'],
    },
    flush_handlers: {
      playbook: on(
        'all',
        `
    - { name: first, command: "true", notify: heard }
    - meta: flush_handlers
    - { name: second, command: "true", notify: heard }`,
        '  handlers: [{ name: heard, debug: }]',
      ),
      inOrder: true,
      lines: [
        'one changed first',
        'one ok heard: Hello world!',
        'one changed second',
        'one ok heard: Hello world!',
      ],
    },
    end_play: {
      hosts: ['a', 'b'],
      playbook:
        on(
          'all',
          `
    - { meta: end_play, when: inventory_hostname == 'b' }
    - { name: not reached, debug: }`,
        ) + on('all', '[{ name: next, debug: }]'),
      exitCode: 0,
      lines: ['a ok next: Hello world!', 'b ok next: Hello world!'],
    },
    'end_play (no later batch)': {
      hosts: ['a', 'b'],
      playbook: on('all', '[{ name: work, debug: }, { meta: end_play }]', '  serial: 1'),
      exitCode: 0,
      lines: ['a ok work: Hello world!'],
    },
    end_batch: {
      hosts: ['a', 'b'],
      playbook: on(
        'all',
        '[{ name: work, debug: }, { meta: end_batch }, { name: not, debug: }]',
        '  serial: 1',
      ),
      exitCode: 0,
      lines: ['a ok work: Hello world!', 'b ok work: Hello world!'],
    },
    end_host: {
      hosts: ['a', 'b'],
      playbook:
        on(
          'all',
          `
    - { meta: end_host, when: inventory_hostname == 'b' }
    - { name: work, debug: }`,
        ) + on('all', '[{ name: next, debug: }]'),
      exitCode: 0,
      lines: ['a ok work: Hello world!', 'a ok next: Hello world!', 'b ok next: Hello world!'],
    },
    end_role: {
      files: {
        'roles/r/tasks/main.yml': `
- { name: begins, debug: }
- { meta: end_role, when: stop | bool }
- { name: goes on, debug: }`,
      },
      playbook: on(
        'all',
        `
    - { include_role: { name: r }, vars: { stop: true } }
    - { name: after, debug: }
    - { include_role: { name: r }, vars: { stop: false } }`,
      ),
      lines: [
        'one ok include_role',
        'one ok begins: Hello world!',
        'one ok after: Hello world!',
        'one ok include_role',
        'one ok begins: Hello world!',
        'one ok goes on: Hello world!',
      ],
    },
    clear_facts: {
      tasks: `
    - { name: gather, setup: { gather_subset: ["!all"] } }
    - { name: keep, set_fact: { colour: red, cacheable: true } }
    - meta: clear_facts
    - { name: told, debug: { msg: "{{ [ansible_facts | length, colour] }}" } }`,
      lines: ['one ok gather', 'one ok keep', 'one ok told: [0,"red"]'],
    },
    clear_host_errors: {
      files: {
        'hosts.yml':
          'all: { hosts: { one: { ansible_host: 127.0.0.1, ansible_port: 1, ansible_user: me } } }',
      },
      tasks: `
    - { name: work, ping: , ignore_unreachable: true }
    - meta: clear_host_errors
    - { name: after, debug: }`,
      exitCode: 0,
      lines: [
        'one unreachable work: cannot connect to me@127.0.0.1:1: connection refused; is sshd running there, and ansible_port the right one?',
        'one ok after: Hello world!',
      ],
    },
    refresh_inventory: {
      tasks: `
    - { name: added, copy: { dest: "{{ playbook_dir }}/hosts.yml", content: "{{ more | to_json }}" }, vars: { more: { all: { hosts: { one: , two: }, vars: { ansible_connection: local } } } } }
    - { name: before, debug: { msg: "{{ groups.all | join }}" } }
    - meta: refresh_inventory
    - { name: after, debug: { msg: "{{ groups.all | join }}" } }`,
      lines: ['one changed added', 'one ok before: one', 'one ok after: onetwo'],
    },
    reset_connection: {
      tasks: `
    - { name: shell, shell: echo $PPID, changed_when: false, register: first }
    - { name: same, shell: echo $PPID, changed_when: false, register: second }
    - meta: reset_connection
    - { name: another, shell: echo $PPID, changed_when: false, register: third }`,
      lines: ['one ok shell', 'one ok same', 'one ok another'],
    },
  })
})
