import { describe } from 'vitest'
import { type Case, testCases } from './cases.ts'

const cases: readonly Case[] = [
  {
    says: 'a line that is added with a backup says so, and where the backup is',
    tasks: `
    - { name: file, copy: { content: "a\\n", dest: kept.txt } }
    - { name: line, lineinfile: { path: kept.txt, line: b, backup: true }, register: added }
    - { name: backup, command: "cat {{ added.backup }}", register: shown }
    - name: told
      debug: { msg: "{{ added.msg }} {{ shown.stdout }} {{ added.backup == added.backup_file }}" }`,
    lines: [
      'one changed file',
      'one changed line: line added',
      'one changed backup',
      'one ok told: line added a True',
    ],
  },
  {
    says: 'register holds the diff: texts, attributes, or a list',
    tasks: `
    - { name: file, copy: { content: "a\\n", dest: diff.txt, mode: "0644" }, register: made }
    - { name: line, lineinfile: { path: diff.txt, line: b }, register: added }
    - { name: mode, file: { path: diff.txt, mode: "0600" }, register: mode }
    - { name: same, file: { path: diff.txt, mode: "0600" }, register: same }
    - name: told
      debug: { msg: "{{ [made.diff.after, added.diff[0].after, mode.diff.after.mode, same.diff is defined] | to_json }}" }`,
    lines: [
      'one changed file',
      'one changed line: line added',
      'one changed mode',
      'one ok same',
      'one ok told: ["a\\n", "a\\nb\\n", "0600", false]',
    ],
  },
  {
    says: 'names of arguments may be templates',
    tasks: `
    - name: set
      set_fact: "{{ item }}_port={{ 80 + 1 }}"
      loop: [http]
    - name: told
      debug: { msg: "{{ http_port }}" }`,
    lines: ['one ok set: All items completed', 'one ok told: 81'],
  },
  {
    says: 'a relative path on this machine begins where the playbook stands, for commands and files alike',
    tasks: `
    - name: file
      copy: { content: hello, dest: here.txt }
    - name: command
      command: cat here.txt
    - name: told
      debug: { msg: "{{ lookup('file', playbook_dir ~ '/here.txt') }}" }`,
    lines: ['one changed file', 'one changed command', 'one ok told: hello'],
  },
  {
    says: 'an item of a loop sees what set_fact set for the one before',
    tasks: `
    - name: add
      set_fact: { all: "{{ all | default([]) + [item] }}" }
      loop: [1, 2]
    - name: told
      debug: { msg: "{{ all | join(',') }}" }`,
    lines: ['one ok add: All items completed', 'one ok told: 1,2'],
  },
  {
    says: 'a block notifies for the tasks in it',
    tasks: `
    - notify: heard
      block:
        - name: work
          command: "true"
  handlers:
    - name: heard
      debug: { msg: ran }`,
    lines: ['one changed work', 'one ok heard: ran'],
  },
  {
    says: 'failed_when that does not hold says so in the result',
    tasks: `
    - name: work
      command: "true"
      failed_when: false
      register: done
    - name: told
      debug: { msg: "{{ done.failed_when_result }}" }`,
    lines: ['one changed work', 'one ok told: false'],
  },
  {
    says: 'extended_allitems leaves the list out of ansible_loop',
    tasks: `
    - name: told
      debug: { msg: "{{ ansible_loop.allitems is defined }} {{ ansible_loop.length }}" }
      loop: [1]
      loop_control: { extended: true, extended_allitems: false, label: x }
      register: told
    - name: all
      debug: { msg: "{{ told.results[0].msg }}" }`,
    lines: ['one ok told: All items completed', 'one ok all: False 1'],
  },
  {
    says: 'a condition that cannot be evaluated fails the task and leaves its result',
    tasks: `
    - name: work
      command: echo hello
      failed_when: missing
      register: done
      ignore_errors: true
    - name: told
      debug: { msg: "{{ done is failed }} {{ done.stdout }} {{ 'missing' in done.failed_when_result }}" }`,
    lines: ["one failed work: 'missing' is undefined", 'one ok told: True hello True'],
  },
  {
    says: 'a module that is not supported here is no mistake where it does not run',
    tasks: `
    - name: elsewhere
      dnf: { name: nginx, state: present }
      when: false
    - name: here
      dnf: name=nginx`,
    lines: [
      'one skipped elsewhere',
      "one failed here: the module 'dnf' is not supported here; 'play doc' lists those that are",
    ],
  },
  {
    says: 'modules of other collections are no mistake where they do not run',
    tasks: `
    - name: elsewhere
      community.postgresql.postgresql_db: { name: shop, state: present }
      when: false
    - name: far away
      pacman: name=nginx
      when: false
    - name: here
      some.collection.module: { a: b }`,
    lines: [
      'one skipped elsewhere',
      'one skipped far away',
      "one failed here: the module 'some.collection.module' is not supported here; 'play doc' lists those that are",
    ],
  },
  {
    says: 'package takes what is meant for another package manager, where it does not run',
    tasks: `
    - name: elsewhere
      package: { name: redis, enablerepo: epel }
      when: false
    - name: here
      package: { name: redis, enablerepo: epel }`,
    lines: ['one skipped elsewhere', 'one failed here: not among the arguments of apt: enablerepo'],
  },
  {
    says: 'a loop may be written with its full name',
    tasks: `
    - name: looped
      debug: { msg: "{{ item }}" }
      with_community.general.flattened: [[a], [b]]
      register: them
    - name: told
      debug: { msg: "{{ them.results | map(attribute='msg') | join(' ') }}" }`,
    lines: ['one ok looped: All items completed', 'one ok told: a b'],
  },
  {
    says: 'set_fact takes yes and no for what they say',
    tasks: `
    - name: set
      set_fact: a=no b=yes
    - name: told
      debug: { msg: "{{ [a, b] | map('type_debug') | join(' ') }}" }`,
    lines: ['one ok set', 'one ok told: bool bool'],
  },
  {
    says: 'a failure that is everybody’s sends every host to its rescue',
    hosts: ['a', 'b'],
    tasks: `
    - block:
        - name: work
          fail: { msg: broken }
          when: inventory_hostname == 'a'
          any_errors_fatal: true
        - name: never
          debug:
      rescue:
        - name: rescued
          debug: { msg: here }
    - name: goes on
      debug: { msg: further }`,
    lines: [
      'a failed work: broken',
      'b skipped work',
      'a ok rescued: here',
      'b ok rescued: here',
      'a ok goes on: further',
      'b ok goes on: further',
    ],
  },
  {
    says: 'the first of two handlers of the same name runs',
    tasks: `
    - name: work
      command: "true"
      notify: same
  handlers:
    - { name: same, debug: { msg: first } }
    - { name: same, debug: { msg: second } }`,
    lines: ['one changed work', 'one ok same: first'],
  },
  {
    says: 'a condition may stand for the list of them in assert',
    tasks: `
    - name: holds
      assert: { that: "1 in [1, 2]" }`,
    lines: ['one ok holds: All assertions passed'],
  },
  {
    says: 'errors that are cleared after a failure do not count, and the host goes on',
    tasks: `
    - block:
        - name: work
          fail: { msg: broken }
      always:
        - meta: clear_host_errors
    - name: goes on
      debug: { msg: further }`,
    lines: ['one failed work: broken', 'one ok goes on: further'],
    exitCode: 0,
  },
  {
    says: 'a rescue around an include counts for what is included',
    tasks: `
    - block:
        - name: include
          include_tasks: broken.yml
      rescue:
        - name: rescued
          debug: { msg: here }`,
    files: { 'broken.yml': '- { name: work, fail: { msg: broken } }' },
    lines: ['one ok include', 'one failed work: broken', 'one ok rescued: here'],
    exitCode: 0,
  },
  {
    says: 'an include whose condition cannot be evaluated fails, and may be ignored',
    tasks: `
    - name: include
      include_tasks: nothing.yml
      when: missing
      ignore_errors: true
      register: done
    - name: told
      debug: { msg: "{{ done is failed }}" }`,
    lines: ["one failed include: 'missing' is undefined", 'one ok told: true'],
  },
  {
    says: 'the name of the module may be a template',
    tasks: `
    - name: told
      action: "{{ which }} msg=hello"
      vars: { which: debug }`,
    lines: ['one ok told: hello'],
  },
  {
    says: 'of several vars_files the first that can be told and is there counts',
    playbook: `
- hosts: all
  gather_facts: false
  vars_files: [['vars/{{ missing }}.yml', other.yml]]
  tasks:
    - name: told
      debug: { msg: "{{ colour }}" }`,
    files: { 'vars/other.yml': 'colour: blue' },
    lines: ['one ok told: blue'],
  },
  {
    says: 'add_host brings a host for the plays to come',
    playbook: `
- hosts: all
  gather_facts: false
  tasks:
    - name: add
      add_host: { name: two, groups: more, ansible_connection: local, colour: blue }
- hosts: more
  gather_facts: false
  tasks:
    - name: told
      debug: { msg: "{{ colour }}" }`,
    lines: ['one changed add', 'two ok told: blue'],
  },
  {
    says: 'delegate_facts gives what was found to the host that was asked',
    hosts: ['a', 'b'],
    tasks: `
    - name: set
      set_fact: { colour: blue }
      delegate_to: b
      delegate_facts: true
      when: inventory_hostname == 'a'
    - name: told
      debug: { msg: "{{ inventory_hostname }} {{ colour | default('none') }}" }
      run_once: true
    - name: there
      debug: { msg: "{{ hostvars['b'].colour }}" }
      run_once: true`,
    lines: ['a ok set', 'b skipped set', 'a ok told: a none', 'a ok there: blue'],
  },
  {
    says: 'a role runs once in a play, however often it is needed',
    playbook: `
- hosts: all
  gather_facts: false
  roles: [b, c, { role: a, vars: { other: 1 } }]`,
    files: {
      'roles/a/tasks/main.yml': '- { name: from a, debug: { msg: ran } }',
      'roles/b/meta/main.yml': 'dependencies: [a]',
      'roles/c/meta/main.yml': 'dependencies: [a]',
    },
    lines: ['one ok from a: ran', 'one ok from a: ran'],
  },
  {
    says: 'a dependency’s variables stand above those of the roles that need both',
    playbook: `
- hosts: all
  gather_facts: false
  roles: [outer]`,
    files: {
      'roles/outer/meta/main.yml': 'dependencies: [middle]',
      'roles/outer/vars/main.yml': 'level: outer',
      'roles/middle/meta/main.yml': 'dependencies: [inner]',
      'roles/middle/tasks/main.yml': '- { name: told, debug: { msg: "{{ level }}" } }',
      'roles/inner/vars/main.yml': 'level: inner',
    },
    lines: ['one ok told: inner'],
  },
]

describe('the language', () => {
  testCases(cases)
})
