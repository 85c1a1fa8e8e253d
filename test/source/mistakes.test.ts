import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { lines, mistakes, type Files } from './project.ts'

/** A playbook of one play with these tasks. */
const tasks = (text: string): Files => ({ 'site.yml': `- hosts: all\n  tasks:\n${text}` })

// Instead of the places in the home directory.
beforeEach(() => vi.stubEnv('ANSIBLE_ROLES_PATH', '/usr/share/ansible/roles'))
afterEach(() => vi.unstubAllEnvs())

describe('each mistake is told with its place, its line and what to do', () => {
  const cases: [what: string, files: Files, told: string][] = [
    [
      'an unknown module',
      tasks('    - coppy:\n        dest: /a\n'),
      `site.yml:3:7: unknown module 'coppy' (did you mean 'copy'?)`,
    ],
    [
      'an unknown argument',
      tasks('    - copy:\n        desst: /a\n'),
      `site.yml:4:9: unknown argument 'desst' of 'copy' (did you mean 'dest'?)`,
    ],
    [
      'a wrong type',
      tasks('    - apt:\n        cache_valid_time: [1]\n'),
      `site.yml:4:27: 'cache_valid_time' must be a whole number, not a list`,
    ],
    [
      'a word that is none of those allowed',
      tasks('    - apt:\n        state: presnt\n'),
      `site.yml:4:16: 'state' must be one of 'present', 'absent', 'latest', not 'presnt' (did you mean 'present'?)`,
    ],
    [
      'a missing argument',
      tasks('    - copy:\n        src: a\n'),
      `site.yml:3:7: 'copy' lacks the argument 'dest' (dest (also 'destfile'): Where it goes.)`,
    ],
    [
      'an argument and its alias',
      tasks('    - apt:\n        name: a\n        pkg: b\n'),
      `site.yml:5:9: 'pkg' and 'name' of 'apt' are the same argument (remove one of the two)`,
    ],
    [
      'arguments that exclude each other',
      tasks('    - copy: {dest: /a, src: b, content: c}\n'),
      `site.yml:3:32: 'src', 'content' of 'copy' exclude each other`,
    ],
    [
      'a missing role',
      { 'site.yml': '- hosts: all\n  roles:\n    - ngnix\n' },
      `site.yml:3:7: there is no role 'ngnix' (looked for roles/ngnix, /usr/share/ansible/roles/ngnix, ngnix)`,
    ],
    [
      'a missing task file',
      tasks('    - import_tasks: more.yml\n'),
      `site.yml:3:21: there is no task file 'more.yml' (looked for more.yml, tasks/more.yml)`,
    ],
    [
      'a missing playbook',
      { 'site.yml': '- import_playbook: other.yml\n' },
      `site.yml:1:20: there is no playbook 'other.yml' (looked for other.yml)`,
    ],
    [
      'a YAML syntax error',
      tasks('    - copy: {dest: /a\n'),
      `site.yml:3:13: '{' is opened here and not closed (close it with } where it ends)`,
    ],
    [
      'a duplicate key',
      tasks('    - name: a\n      ping:\n      name: b\n'),
      `site.yml:5:7: duplicate key 'name' (it was first given at site.yml:3:7; remove one of the two)`,
    ],
    ['a tab', tasks('\t- ping:\n'), 'site.yml:3:1: a tab is used to indent (YAML indents with spaces only)'],
    [
      'an empty playbook',
      { 'site.yml': '---\n' },
      `site.yml:1:1: the playbook is empty (begin each play with '- hosts: …')`,
    ],
    [
      'a playbook that is no list',
      { 'site.yml': 'hosts: all\n' },
      `site.yml:1:1: a playbook must be a list of plays, not a dictionary (begin each play with '- hosts: …')`,
    ],
    [
      'a play without hosts',
      { 'site.yml': '- tasks: []\n' },
      `site.yml:1:3: a play needs hosts (add 'hosts: all', or a group of the inventory)`,
    ],
    [
      'a misspelled keyword',
      tasks('    - ping:\n      whne: x\n'),
      `site.yml:4:7: unknown keyword 'whne' (did you mean 'when'?)`,
    ],
    [
      'an argument on the level of keywords',
      tasks('    - copy:\n      dest: /a\n'),
      `site.yml:4:7: unknown keyword 'dest' ('dest' is an argument of 'copy': indent it below 'copy:')`,
    ],
    [
      'a keyword of a handler on a task',
      tasks('    - ping:\n      listen: x\n'),
      `site.yml:4:7: unknown keyword 'listen' ('listen' belongs on a handler)`,
    ],
    [
      'a misspelled keyword of a play',
      { 'site.yml': '- hosts: all\n  task: []\n' },
      `site.yml:2:3: unknown keyword 'task' for a play (did you mean 'tasks'?)`,
    ],
    [
      'a keyword with a wrong value',
      tasks('    - ping:\n      become: maybe\n'),
      `site.yml:4:15: 'become' must be true or false, not 'maybe'`,
    ],
    [
      'a wrong value inside of a keyword',
      tasks('    - ping:\n      tags: [a, {b: c}]\n'),
      `site.yml:4:17: 'tags[1]' must be text, not a dictionary`,
    ],
    [
      'a misspelled key inside of a keyword',
      tasks('    - ping:\n      loop: [1]\n      loop_control: {lop_var: x}\n'),
      `site.yml:5:22: unknown key 'lop_var' in 'loop_control' (did you mean 'loop_var'?)`,
    ],
    [
      'two modules',
      tasks('    - copy: {dest: /a}\n      file: {path: /a}\n'),
      'site.yml:4:7: conflicting actions: copy, file (a task runs one module; make 2 tasks of it)',
    ],
    [
      'no module',
      tasks('    - name: nothing\n'),
      'site.yml:3:7: no module or action in this task (name a module and its arguments)',
    ],
    [
      'an unknown loop',
      tasks('    - ping:\n      with_itmes: [1]\n'),
      `site.yml:4:7: unknown loop 'with_itmes' (did you mean 'with_items'?)`,
    ],
    [
      'two loops',
      tasks('    - ping:\n      loop: [1]\n      with_items: [2]\n'),
      'site.yml:5:7: two loops in one task: loop, with_items',
    ],
    [
      'rescue without block',
      tasks('    - rescue: []\n'),
      `site.yml:3:7: 'rescue' without 'block' (put the tasks it is for under 'block:')`,
    ],
    [
      'a task that is no dictionary',
      tasks('    - ping\n'),
      `site.yml:3:7: a task must be a dictionary, not 'ping' (write 'ping:')`,
    ],
    [
      'a block as a handler',
      { 'site.yml': '- hosts: all\n  handlers:\n    - block: []\n' },
      `site.yml:3:7: a block cannot be a handler (give each task of it a 'listen' topic)`,
    ],
    [
      'a loop on an import',
      { ...tasks('    - import_tasks: a.yml\n      loop: [1]\n'), 'a.yml': '' },
      `site.yml:4:13: 'import_tasks' cannot loop (use 'include_tasks')`,
    ],
    [
      'a keyword that an include ignores',
      { ...tasks('    - include_tasks: a.yml\n      become: true\n'), 'a.yml': '' },
      `site.yml:4:15: 'become' has no effect on 'include_tasks' (put it under 'apply:' to have it on the included tasks)`,
    ],
    [
      'a file that imports itself',
      { ...tasks('    - import_tasks: a.yml\n'), 'a.yml': '- import_tasks: a.yml\n' },
      `a.yml:1:17: 'a.yml' imports itself (a.yml → a.yml)`,
    ],
    [
      'a role that needs itself',
      {
        'site.yml': '- hosts: all\n  roles: [a]\n',
        'roles/a/meta/main.yml': 'dependencies: [b]\n',
        'roles/b/meta/main.yml': 'dependencies: [a]\n',
      },
      `roles/b/meta/main.yml:1:16: role 'a' needs itself (a → b → a)`,
    ],
    [
      'a template where something must be known',
      tasks('    - import_tasks: "{{ x }}.yml"\n'),
      `site.yml:3:22: the name of what is imported must be known before the run (facts and inventory variables are not known yet: use an include, or give the variable with '-e')`,
    ],
    [
      'free text for a module that takes none',
      tasks('    - copy: something\n'),
      `site.yml:3:13: 'copy' takes no free text: 'something' (write the arguments as a dictionary below it, or as key=value)`,
    ],
    [
      'a list of arguments',
      tasks('    - copy: [a, b]\n'),
      `site.yml:3:13: 'copy' needs a dictionary of arguments, not a list`,
    ],
    [
      'an unknown meta action',
      tasks('    - meta: flush_handler\n'),
      `site.yml:3:13: 'meta' must be one of 'flush_handlers', 'end_play', 'end_host', 'end_batch', 'end_role', 'clear_facts', 'clear_host_errors', 'refresh_inventory', 'reset_connection', 'noop', not 'flush_handler' (did you mean 'flush_handlers'?)`,
    ],
    [
      'a mistake in a file that is sure to be included',
      { ...tasks('    - include_tasks: a.yml\n'), 'a.yml': '- coppy: {}\n' },
      `a.yml:1:3: unknown module 'coppy' (did you mean 'copy'?)`,
    ],
    [
      'a mistake in a role’s handlers',
      { 'site.yml': '- hosts: all\n  roles: [a]\n', 'roles/a/handlers/main.yml': '- coppy: {}\n' },
      `roles/a/handlers/main.yml:1:3: unknown module 'coppy' (did you mean 'copy'?)`,
    ],
    [
      'variables of a role that are a list',
      { 'site.yml': '- hosts: all\n  roles: [a]\n', 'roles/a/defaults/main.yml': '- a\n' },
      `roles/a/defaults/main.yml:1:1: the file must hold a dictionary, not a list (write 'name: value')`,
    ],
    [
      'a module of an unknown collection',
      tasks('    - amazon.aws.ec2_instance: {}\n'),
      `site.yml:3:7: unknown module 'amazon.aws.ec2_instance' (of collections, only those modules are there that 'play doc' lists)`,
    ],
  ]
  test.each(cases)('%s', (_, files, told) => {
    expect(lines(mistakes(files))).toEqual([told])
  })
})

test('all mistakes of all files are told in one go, in order', () => {
  const files = {
    'site.yml': `- hosts: all
  become: perhaps
  serail: 2
  vars_prompt:
    - prompt: Who?
  roles:
    - missing
    - web
  tasks:
    - coppy:
        dest: /a
    - copy:
        src: a
    - copy:
        dest: /a
        mod: 0644
    - apt:
        name: nginx
        state: installd
      whne: x
    - file: {path: /a, name: /b}
    - copy: {dest: [/a]}
      ping:
    - name: nothing
    - ping:
      loop_control: {lop_var: x}
      retries: often
    - import_tasks: gone.yml
    - include_tasks: more.yml
    - shell: echo
      name: one
      name: two
  handlers:
    - block: []
- tasks: []
`,
    'more.yml': `- ping:
  with_itms: []
- debug:
    mgs: hello
`,
    'roles/web/tasks/main.yml': '- apt: {cache_valid_time: soon}\n',
    'roles/web/defaults/main.yml': 'port: {{ http }}\n',
    'roles/web/handlers/main.yml': '- name: x\n\tping:\n',
  }
  expect(lines(mistakes(files))).toEqual([
    `more.yml:2:3: unknown loop 'with_itms' (did you mean 'with_items'?)`,
    `more.yml:4:5: unknown argument 'mgs' of 'debug' (did you mean 'msg'?)`,
    `roles/web/defaults/main.yml:1:7: a value that begins with '{{' must be quoted (write "{{ http }}")`,
    `roles/web/handlers/main.yml:2:1: a tab is used to indent (YAML indents with spaces only)`,
    `roles/web/tasks/main.yml:1:27: 'cache_valid_time' must be a whole number, not 'soon'`,
    `site.yml:2:11: 'become' must be true or false, not 'perhaps'`,
    `site.yml:3:3: unknown keyword 'serail' for a play (did you mean 'serial'?)`,
    `site.yml:5:7: 'vars_prompt[0]' lacks 'name'`,
    `site.yml:7:7: there is no role 'missing' (looked for roles/missing, /usr/share/ansible/roles/missing, missing)`,
    `site.yml:10:7: unknown module 'coppy' (did you mean 'copy'?)`,
    `site.yml:12:7: 'copy' lacks the argument 'dest' (dest (also 'destfile'): Where it goes.)`,
    `site.yml:16:9: unknown argument 'mod' of 'copy' (did you mean 'mode'?)`,
    `site.yml:19:16: 'state' must be one of 'present', 'absent', 'latest', not 'installd'`,
    `site.yml:20:7: unknown keyword 'whne' (did you mean 'when'?)`,
    `site.yml:21:24: 'name' and 'path' of 'file' are the same argument (remove one of the two)`,
    `site.yml:22:20: 'dest' must be a path, not a list`,
    `site.yml:23:7: conflicting actions: copy, ping (a task runs one module; make 2 tasks of it)`,
    `site.yml:24:7: no module or action in this task (name a module and its arguments)`,
    `site.yml:26:22: unknown key 'lop_var' in 'loop_control' (did you mean 'loop_var'?)`,
    `site.yml:27:16: 'retries' must be a whole number, not 'often'`,
    `site.yml:28:21: there is no task file 'gone.yml' (looked for gone.yml, tasks/gone.yml)`,
    `site.yml:32:7: duplicate key 'name' (it was first given at site.yml:31:7; remove one of the two)`,
    `site.yml:34:7: a block cannot be a handler (give each task of it a 'listen' topic)`,
    `site.yml:35:3: a play needs hosts (add 'hosts: all', or a group of the inventory)`,
  ])
})

describe('wrong arguments of a task that may fail are told when it fails', () => {
  const wrong = '{dest: /a, src: b, bakcup: true}'
  const cases: [what: string, text: string][] = [
    ['ignore_errors', `    - copy: ${wrong}\n      ignore_errors: true\n`],
    ['failed_when', `    - copy: ${wrong}\n      register: it\n      failed_when: it is not failed\n`],
    ['rescue', `    - block:\n        - copy: ${wrong}\n      rescue:\n        - ping:\n`],
  ]
  test.each(cases)('%s', (_, text) => {
    const warnings: string[] = []
    expect(mistakes(tasks(text), { onWarning: ({ message }) => warnings.push(message) })).toBe('')
    expect(warnings).toEqual([`unknown argument 'bakcup' of 'copy'`])
  })
  test('but not those of the tasks that rescue', () => {
    const text = `    - block:\n        - ping:\n      rescue:\n        - copy: ${wrong}\n`
    expect(mistakes(tasks(text))).toContain(`unknown argument 'bakcup'`)
  })
})
