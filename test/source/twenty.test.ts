import { expect, test } from 'vitest'
import { lines, mistakes } from './project.ts'

const PLAYBOOK = `- hosts: all
  gather_fact: true
  become: perhaps
  tsaks: []
  tasks:
    - coppy:
        src: a
    - copy:
        desst: /a
    - copy: { src: a, content: b, dest: /c }
    - apt:
        state: presnt
        cache_valid_time: [1]
    - debug: { msg: x }
      file: { path: /x }
    - name: nothing
    - debug: { msg: x }
      retries: often
      loop: 3
    - rescue: []
    - import_tasks: gone.yml
    - import_role: { name: gone }
    - include_tasks: more.yml
      become: true
    - just words
    - block: 5
    - debug:
      register: "1st"
  handlers:
    - block: []
  vars_prompt:
    - prompt: What?
- import_playbook: gone.yml
`

test('a playbook with many mistakes tells all of them, each at its place', () => {
  const told = lines(mistakes({ 'site.yml': PLAYBOOK, 'more.yml': '[]' }))
  expect(told.map((line) => line.replace(/^site\.yml:(\d+:\d+): (.*?)(?: \(.*)?$/, '$1 $2'))).toEqual([
    `2:3 unknown keyword 'gather_fact' for a play`,
    `3:11 'become' must be true or false, not 'perhaps'`,
    `4:3 unknown keyword 'tsaks' for a play`,
    `6:7 unknown module 'coppy'`,
    `9:9 unknown argument 'desst' of 'copy'`,
    `10:23 'src', 'content' of 'copy' exclude each other`,
    `12:16 'state' must be one of 'present', 'absent', 'latest', not 'presnt'`,
    `13:27 'cache_valid_time' must be a whole number, not a list`,
    `15:7 conflicting actions: debug, file`,
    `16:7 no module or action in this task`,
    `18:16 'retries' must be a whole number, not 'often'`,
    `19:13 'loop' must be a list, not 3`,
    `20:7 'rescue' without 'block'`,
    `21:21 there is no task file 'gone.yml'`,
    `22:28 there is no role 'gone'`,
    `24:15 'become' has no effect on 'include_tasks'`,
    `25:7 a task must be a dictionary, not 'just words'`,
    `26:14 'block' must be a list of tasks, not 5`,
    `28:17 'register' must be the name of a variable, not '1st'`,
    `30:7 a block cannot be a handler`,
    `32:7 'vars_prompt[0]' lacks 'name'`,
    `33:20 there is no playbook 'gone.yml'`,
  ])
})
