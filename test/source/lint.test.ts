import { describe, expect, test } from 'vitest'
import { args, mode, optional, path, text } from '../../runner/modules/arguments.ts'
import { formatDiagnostics } from '../../runner/source/format.ts'
import { lint } from '../../runner/source/lint/lint.ts'
import { loadPlaybooks } from '../../runner/source/playbook.ts'
import { lines, modules as few, project, type Files } from './project.ts'

const more = [
  { name: 'template', args: args({ src: path(''), dest: path(''), mode: optional(mode('')) }) },
  { name: 'assert', args: args({ that: text('') }), expressions: ['that'] },
  { name: 'fail', args: args({ msg: optional(text('')) }) },
]
const modules = {
  get: (name: string) => more.find((each) => each.name === name) ?? few.get(name),
  names: () => [...few.names(), ...more.map(({ name }) => name)],
}

/** What lint says of a project, one mistake a line. */
function linted(files: Files, variables: readonly string[] = []): string[] {
  const cwd = project(files)
  const plays = loadPlaybooks(['site.yml'], { modules, cwd, ahead: 'all' })
  return lines(formatDiagnostics(lint(plays, { modules, variables })).replaceAll(`${cwd}/`, ''))
}

const tasks = (text: string, rest: Record<string, string> = {}): Files => ({
  'site.yml': `- hosts: all\n  tasks:\n${text}`,
  ...rest,
})

describe('handlers', () => {
  const cases: [what: string, files: Files, told: string[]][] = [
    [
      'that nobody defines',
      {
        'site.yml':
          '- hosts: all\n  tasks:\n    - ping:\n      notify: [restart ngnix, reload]\n  handlers:\n    - {name: restart nginx, ping: }\n    - {name: x, ping: , listen: reload}\n',
      },
      [
        `site.yml:4:16: no handler is named 'restart ngnix', and none listens to it (did you mean 'restart nginx'?)`,
      ],
    ],
    [
      'of a role, by its name and with the role’s',
      {
        'site.yml':
          '- hosts: all\n  roles: [web]\n  tasks:\n    - ping:\n      notify: ["web : restart", restart, topic]\n',
        'roles/web/handlers/main.yml': '- {name: restart, ping: , listen: topic}\n',
      },
      [],
    ],
    [
      'of an included role',
      {
        'site.yml':
          '- hosts: all\n  tasks:\n    - include_role: {name: web}\n    - ping:\n      notify: restart\n',
        'roles/web/handlers/main.yml': '- {name: restart, ping: }\n',
      },
      [],
    ],
    [
      'whose names a template makes',
      {
        'site.yml':
          '- hosts: all\n  vars: {app: x}\n  tasks:\n    - ping:\n      notify: ["restart x", stop]\n  handlers:\n    - {name: "restart {{ app }}", ping: }\n',
      },
      [
        `site.yml:5:29: no handler is named 'stop', and none listens to it (define it under 'handlers:' of the play or in a role's handlers)`,
      ],
    ],
    [
      'that may come with a role nobody knows yet',
      tasks('    - include_role: {name: "{{ ansible_x }}"}\n    - ping:\n      notify: any\n'),
      [],
    ],
  ]
  test.each(cases)('%s', (_, files, told) => expect(linted(files)).toEqual(told))
})

describe('files', () => {
  const cases: [what: string, files: Files, told: string[]][] = [
    [
      'a file that is nowhere',
      tasks('    - copy: {src: a.txt, dest: /a}\n'),
      [`site.yml:3:19: there is no file 'a.txt' (looked for files/a.txt, a.txt)`],
    ],
    [
      'a template that is nowhere in a role',
      {
        'site.yml': '- hosts: all\n  roles: [web]\n',
        'roles/web/tasks/main.yml': '- template: {src: a.ejs, dest: /a}\n',
      },
      [
        `roles/web/tasks/main.yml:1:19: there is no file 'a.ejs' (looked for roles/web/templates/a.ejs, roles/web/a.ejs, roles/web/tasks/templates/a.ejs, roles/web/tasks/a.ejs, templates/a.ejs, a.ejs)`,
      ],
    ],
    [
      'files where they belong',
      tasks('    - copy: {src: a.txt, dest: /a}\n    - copy: {src: b/, dest: /b}\n', {
        'files/a.txt': '',
        'b/x': '',
      }),
      [],
    ],
    ['what is not written out', tasks('    - copy: {src: "{{ ansible_x }}", dest: /a}\n'), []],
    [
      'a file of variables',
      { 'site.yml': '- hosts: all\n  vars_files: [a.yml, b.yml]\n', 'vars/a.yml': 'a: 1' },
      [`site.yml:2:23: there is no file 'b.yml' (looked for vars/b.yml, b.yml)`],
    ],
  ]
  test.each(cases)('%s', (_, files, told) => expect(linted(files)).toEqual(told))
})

describe('modes', () => {
  const cases: [mode: string, told: string[]][] = [
    ['644', [`site.yml:3:34: 'mode: 644' is the mode 1204 (write '0644', in quotes)`]],
    ['0644', []],
    ['"644"', []],
    ['u=rw', []],
    ['420', [`site.yml:3:34: 'mode: 420' is the mode 0644 (write '0420', in quotes)`]],
    ['"{{ ansible_x }}"', []],
  ]
  test.each(cases)('%s', (mode, told) => {
    expect(linted(tasks(`    - file: {path: /a/bcd, mode: ${mode}}\n`))).toEqual(told)
  })
})

describe('tasks that never run', () => {
  const cases: [what: string, text: string, told: string[]][] = [
    [
      'after the end of the play',
      '    - meta: end_play\n    - {name: late, ping: }\n    - ping:\n',
      [
        `warning: site.yml:4:7: this task 'late' never runs (it stands after 'meta: end_play', which always ends what came before)`,
      ],
    ],
    ['not after a conditional end', '    - meta: end_play\n      when: ansible_x\n    - ping:\n', []],
    [
      'under a condition that is false',
      '    - ping:\n      when: false\n    - ping:\n      when: [ansible_x, "False"]\n',
      [
        `warning: site.yml:4:13: this task never runs (its 'when' is always false)`,
        `warning: site.yml:6:13: this task never runs (its 'when' is always false)`,
      ],
    ],
    [
      'after a failure in a block, while its rescue does',
      '    - block: [{fail: }, {name: x, ping: }]\n      rescue: [{ping: }]\n    - ping:\n',
      [
        `warning: site.yml:3:25: this task 'x' never runs (it stands after 'fail', which always ends what came before)`,
      ],
    ],
    ['not after a failure that is ignored', '    - fail:\n      ignore_errors: true\n    - ping:\n', []],
  ]
  test.each(cases)('%s', (_, text, told) => expect(linted(tasks(text))).toEqual(told))
})

describe('EJS templates', () => {
  test.each([
    ['<%- x %>', ['web.ejs:1:1: `<%-` is for include() only (print with `<%= … %>`)']],
    [`<%- include('other') %>`, []],
    ['<%= ansible_x', ['web.ejs:1:1: this tag has no `%>`']],
  ])('%s', (source, told) => {
    const files = { 'site.yml': '- hosts: all\n  roles: [a]\n', 'roles/a/templates/web.ejs': source }
    expect(linted(files).map((line) => line.replace('roles/a/templates/', ''))).toEqual(told)
  })
})

describe('expressions', () => {
  test('that cannot be read', () => {
    const [first, ...rest] = linted(tasks('    - debug: {msg: "{{ a b }}"}\n    - ping:\n      when: ==\n'))
    expect(first).toMatch(/^site\.yml:3:2\d: /)
    expect(rest).toEqual([expect.stringMatching(/^site\.yml:5:13: /)])
  })
})

describe('variables', () => {
  const cases: [what: string, files: Files, told: string[]][] = [
    [
      'that nothing defines',
      {
        'site.yml':
          '- hosts: all\n  vars: {port: 80}\n  tasks:\n    - debug:\n        msg: |\n          one\n          {{ prot }} {{ other.x }}\n      when: third\n',
      },
      [
        told('prot', 'site.yml:7:4', ` (did you mean 'port'?)`),
        told('other', 'site.yml:7:15'),
        told('third', 'site.yml:8:13'),
      ],
    ],
    [
      'of plays, blocks, tasks, loops, registers and facts',
      tasks(`    - debug: {msg: "{{ a }} {{ b }} {{ item }}"}
      vars: {a: 1}
      loop: [1]
      register: r
    - block:
        - debug: {msg: "{{ c }} {{ r.results }} {{ f }} {{ n }} {{ i }}"}
          loop: "{{ f }}"
          loop_control: {loop_var: n, index_var: i}
      vars: {c: 1}
    - set_fact: {f: [1]}
    - debug: {msg: "{{ ansible_distribution }} {{ inventory_hostname }} {{ groups.all }} {{ lookup('env', 'HOME') }}"}
`),
      [told('b', 'site.yml:3:32')],
    ],
    [
      'of roles, for the play and their own tasks',
      {
        'site.yml':
          '- hosts: all\n  roles:\n    - {role: web, own: 1}\n  tasks:\n    - debug: {msg: "{{ port }} {{ own }}"}\n',
        'roles/web/defaults/main.yml': 'port: 1\nurl: "http://{{ host }}:{{ port }}"\n',
        'roles/web/tasks/main.yml': '- debug: {msg: "{{ own }} {{ asked }}"}\n',
        'roles/web/meta/argument_specs.yml': 'argument_specs: {main: {options: {asked: {type: str}}}}\n',
      },
      [told('host', 'roles/web/defaults/main.yml:2:17'), told('own', 'site.yml:5:35')],
    ],
    [
      'that are asked for in case they are there',
      tasks(
        '    - debug: {msg: "{{ a | default(1) }} {{ b.c.d | d }} {{ e }} {{ f }} {{ g[h | d(1)] | d(2) }}"}\n      when: e is defined and f["x"] is not defined\n',
      ),
      [],
    ],
    [
      'in template files',
      {
        'site.yml': '- hosts: all\n  roles: [web]\n',
        'roles/web/tasks/main.yml': '- template: {src: a.j2, dest: /a}\n- template: {src: b.ejs, dest: /b}\n',
        'roles/web/defaults/main.yml': 'port: 1\nlist: []\n',
        'roles/web/templates/a.j2': '{% for x in list %}{{ x }} {{ port }}{% endfor %}\n{{ missing }}\n',
        'roles/web/templates/b.ejs':
          '<% for (const x of list) { %><%= x %> <%= port %><% } %>\n<%= gone.y %>\n<%= JSON.stringify(list) %>\n',
      },
      [told('missing', 'roles/web/templates/a.j2:2:4'), told('gone', 'roles/web/templates/b.ejs:2:5')],
    ],
    [
      'of files and prompts',
      {
        'site.yml':
          '- hosts: all\n  vars_files: [v.yml]\n  vars_prompt: [{name: p}]\n  tasks:\n    - include_vars: w.yml\n    - debug: {msg: "{{ v }} {{ p }} {{ w }} {{ x }}"}\n',
        'v.yml': 'v: 1\n',
        'vars/w.yml': 'w: 1\n',
      },
      [told('x', 'site.yml:6:48')],
    ],
    [
      'where they may come from what nobody has read, nothing is said',
      tasks('    - include_vars: "{{ ansible_x }}.yml"\n    - debug: {msg: "{{ anything }}"}\n'),
      [],
    ],
    [
      'of an include’s loop, in what it includes',
      tasks('    - include_tasks: a.yml\n      loop: [1]\n      vars: {v: 1}\n', {
        'a.yml': '- debug: {msg: "{{ item }} {{ v }} {{ w }}"}\n',
      }),
      [told('w', 'a.yml:1:39')],
    ],
    [
      'in bare expressions of modules',
      tasks('    - assert: {that: x == 1}\n    - debug: {var: y.z}\n'),
      [told('x', 'site.yml:3:22'), told('y', 'site.yml:4:20')],
    ],
  ]
  test.each(cases)('%s', (_, files, expected) => expect(linted(files)).toEqual(expected))
  test('of the inventory and the command line', () => {
    expect(linted(tasks('    - debug: {msg: "{{ a }} {{ b }}"}\n'), ['a'])).toEqual([
      told('b', 'site.yml:3:32'),
    ])
  })
})

function told(name: string, place: string, hint = ''): string {
  return `${place}: nothing defines '${name}'${hint}`
}
