import { describe } from 'vitest'
import { testCases } from '../engine/cases.ts'

const setting = (more: string) => `git_config: { scope: file, file: "{{ playbook_dir }}/settings", ${more} }`

describe('what git goes by', () => {
  testCases([
    {
      says: 'is set once, kept beside others, and taken away',
      tasks: `
    - { name: set, ${setting('name: user.name, value: "one one"')} }
    - { name: kept, ${setting('name: user.name, value: "one one"')} }
    - { name: one more, ${setting('name: user.name, value: two, add_mode: add')} }
    - { name: both there, ${setting('name: user.name, value: two, add_mode: add')} }
    - { name: read, command: git config --file settings --get-all user.name, args: { chdir: "{{ playbook_dir }}" }, register: seen, changed_when: false, failed_when: "seen.stdout_lines != ['one one', 'two']" }
    - { name: replaced, ${setting('name: user.name, value: one')} }
    - { name: gone, ${setting('name: user.name, state: absent')} }
    - { name: gone already, ${setting('name: user.name, state: absent')} }`,
      lines: [
        'one changed set: setting changed',
        'one ok kept',
        'one changed one more: setting changed',
        'one ok both there',
        'one ok read',
        'one changed replaced: setting changed',
        'one changed gone: setting changed',
        'one ok gone already: no setting to unset',
      ],
    },
    {
      says: 'is foretold',
      flags: { check: true },
      tasks: `
    - { name: set, ${setting('name: user.name, value: one')} }
    - { name: kept, ${setting('name: user.name, value: one')} }
    - { name: local, git_config: { name: a.b, value: c, scope: local }, ignore_errors: true }`,
      lines: [
        'one changed set: setting changed',
        'one ok kept',
        'one failed local: scope is local but all of the following are missing: repo',
      ],
    },
    {
      says: 'is not foretold where the file is written by other means',
      flags: { check: true },
      tasks: `
    - { name: file, copy: { dest: "{{ playbook_dir }}/settings", content: "[user]\\n\\tname = one\\n" } }
    - { name: kept, ${setting('name: user.name, value: one')} }`,
      lines: ['one changed file', 'one unknown kept'],
    },
  ])
})

describe('make', () => {
  testCases([
    {
      says: 'runs where there is something to do',
      files: { Makefile: `out: in\n\techo "$(WORD)" > out\nwrong:\n\tfalse\n`, in: '' },
      tasks: `
    - { name: made, make: { chdir: "{{ playbook_dir }}", target: out, params: { WORD: "a b" } } }
    - { name: kept, make: { chdir: "{{ playbook_dir }}" } }
    - { name: read, command: cat out, args: { chdir: "{{ playbook_dir }}" }, register: seen, changed_when: false, failed_when: seen.stdout != 'a b' }
    - { name: wrong, make: { chdir: "{{ playbook_dir }}", targets: [wrong] }, ignore_errors: true }`,
      only: /made|kept|read/,
      lines: ['one changed made', 'one ok kept', 'one ok read'],
    },
  ])
})
