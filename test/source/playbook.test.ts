import { describe, expect, test } from 'vitest'
import { accumulated, inherited, type Block, type Task } from '../../runner/source/model.ts'
import { findPlaybook } from '../../runner/source/playbook.ts'
import { Template } from '../../runner/variables/template.ts'
import { load, mistakes, outline, project } from './project.ts'

/** The one task of a play with this task. */
function task(text: string): Task {
  return load({ 'site.yml': `- hosts: all\n  tasks:\n    - ${text.replaceAll('\n', '\n      ')}\n` })[0]!
    .tasks[0] as Task
}

const template = (source: string, line: number, column: number) =>
  expect.objectContaining({ source, location: expect.objectContaining({ line, column }) })

describe('a module and its arguments, in all the ways of writing them', () => {
  const cases: [text: string, action: string, args: object][] = [
    ['copy: {src: a, dest: /b}', 'copy', { src: 'a', dest: '/b' }],
    ['copy:\n  src: a\n  dest: /b', 'copy', { src: 'a', dest: '/b' }],
    ['copy: src=a dest="/b c" mode=0644', 'copy', { src: 'a', dest: '/b c', mode: '0644' }],
    ['copy: dest={{ d }}/x', 'copy', { dest: template('{{ d }}/x', 3, 18) }],
    ['copy: {dest: /b}\nargs: {src: a}', 'copy', { src: 'a', dest: '/b' }],
    ['ansible.builtin.copy: {dest: /b}', 'copy', { dest: '/b' }],
    ['action: copy src=a dest=/b', 'copy', { src: 'a', dest: '/b' }],
    ['action: {module: copy, src: a, dest: /b}', 'copy', { src: 'a', dest: '/b' }],
    ['action:\n  module: copy src=a\n  dest: /b', 'copy', { src: 'a', dest: '/b' }],
    ['ping:', 'ping', {}],
    ['shell: echo a=b', 'shell', { cmd: 'echo a=b' }],
    ['shell: echo "{{ x }}" creates=/y', 'shell', { cmd: template('echo "{{ x }}"', 3, 14), creates: '/y' }],
    ['shell: |\n  one\n  two {{ x }}', 'shell', { cmd: template('one\ntwo {{ x }}\n', 4, 9) }],
    ['shell: {cmd: ls, chdir: /}', 'shell', { cmd: 'ls', chdir: '/' }],
    ['shell:\nargs: {_raw_params: ls}', 'shell', { cmd: 'ls' }],
    ['meta: flush_handlers', 'meta', { free_form: 'flush_handlers' }],
    ['include_tasks: "{{ x }}.yml"', 'include_tasks', { file: template('{{ x }}.yml', 3, 23) }],
    ['include_vars: {file: x.yml, name: y}', 'include_vars', { file: 'x.yml', name: 'y' }],
    ['set_fact: a=1 b={{ c }}', 'set_fact', { a: '1', b: template('{{ c }}', 3, 23) }],
    [
      'set_fact: {__proto__: 1, constructor: 2}',
      'set_fact',
      JSON.parse('{"__proto__": 1, "constructor": 2}') as object,
    ],
  ]
  test.each(cases)('%s', (text, action, args) => {
    const { action: found, args: given } = task(text)
    expect([found, given]).toEqual([action, args])
  })
  test('a template may stand for all arguments', () => {
    expect(task('copy: "{{ all }}"')).toMatchObject({ args: {}, argsTemplate: template('{{ all }}', 3, 14) })
    expect(task('copy: {src: a}\nargs: "{{ all }}"')).toMatchObject({
      args: { src: 'a' },
      argsTemplate: { source: '{{ all }}' },
    })
  })
  test('a template may stand for the name', () => {
    const found = task('action: "{{ ansible_pkg_mgr }} name={{ x }} state=latest"')
    expect(found.actionTemplate).toEqual(template('{{ ansible_pkg_mgr }}', 3, 16))
    expect(found.args).toEqual({ name: expect.any(Template), state: 'latest' })
  })
  test('local_action runs on this side', () => {
    expect(task('local_action: copy src=a dest=/b')).toMatchObject({
      action: 'copy',
      keywords: { delegate_to: 'localhost' },
    })
  })
  test('places are known of arguments in every form', () => {
    expect(place('copy:\n  src: a\n  dest: /b', 'dest')).toBe('5:15')
    expect(place('copy: src=a dest=/b', 'dest')).toBe('3:24')
    expect(place('copy: {dest: /b}\nargs:\n  src: a', 'src')).toBe('5:14')
  })
})

describe('keywords', () => {
  test('stand on their node as they were written, and are inherited from above', () => {
    const [play] = load({
      'site.yml': `- hosts: web
  become: true
  tags: [site]
  tasks:
    - name: outer
      become_user: app
      when: a
      block:
        - name: inner
          ping:
          when: [b, c]
          tags: x
          become: "{{ d }}"
`,
    })
    const inner = (play!.tasks[0] as Block).block[0] as Task
    expect(inner.name).toBe('inner')
    expect(inner.keywords).toEqual({ when: ['b', 'c'], tags: 'x', become: template('{{ d }}', 13, 20) })
    expect(inherited(inner, 'become_user')?.value).toBe('app')
    expect(inherited(inner, 'remote_user')).toBeUndefined()
    expect(accumulated(inner, 'when').map(({ value }) => value)).toEqual(['a', ['b', 'c']])
    expect(accumulated(inner, 'tags').map(({ value }) => value)).toEqual([['site'], 'x'])
    expect(inner.locate('when')).toMatchObject({ line: 11, column: 17 })
  })
  test('every keyword may be a template where it can be evaluated in time', () => {
    const files = {
      'site.yml': `- hosts: "{{ h }}"
  gather_facts: "{{ g }}"
  serial: ["{{ s }}", 50%]
  vars_files: ["{{ f }}", [a.yml, "{{ b }}"]]
  environment: "{{ e }}"
  max_fail_percentage: "{{ m }}"
  tasks:
    - ping:
      tags: [a, "{{ t }}"]
      notify: ["{{ n }}"]
      loop: "{{ l }}"
      loop_control: {pause: "{{ p }}", label: "{{ item }}"}
      retries: "{{ r }}"
      until: [a, "{{ u }}"]
      environment: ["{{ x }}", {A: b}]
`,
    }
    expect(mistakes(files)).toBe('')
  })
  test('old forms become the new ones', () => {
    const [play] = load({
      'site.yml': `- hosts: all\n  user: me\n  vars: [{a: 1}, {b: 2}]\n  vars_prompt: {name: x}\n  tasks:\n    - ping:\n      vars:\n`,
    })
    expect(play!.keywords).toEqual({
      hosts: 'all',
      remote_user: 'me',
      vars: { a: 1, b: 2 },
      vars_prompt: [{ name: 'x' }],
    })
    expect(play!.tasks[0]!.keywords).toEqual({ vars: {} })
  })
  test('with_ loops stay what they are', () => {
    expect(task('ping:\nwith_dict: {a: 1}').keywords).toEqual({ with_dict: { a: 1 } })
  })
  test('a name is text or a template', () => {
    expect(task('name: 3\nping:').name).toBe('3')
    expect(task('name: a {{ b }}\nping:').name).toBeInstanceOf(Template)
  })
})

describe('imports are put in place', () => {
  test('tasks, in a block with what the import says', () => {
    const [play] = load({
      'site.yml':
        '- hosts: all\n  tasks:\n    - import_tasks: sub/a.yml\n      tags: x\n      vars: {v: 1}\n    - name: last\n      ping:\n',
      'sub/a.yml': '- name: first\n  ping:\n- import_tasks: b.yml\n',
      'sub/b.yml': '- name: second\n  ping:\n',
    })
    expect(outline(play!.tasks)).toEqual(['block', '  first', '  block', '    second', 'last'])
    expect(play!.tasks[0]!.keywords).toEqual({ tags: 'x', vars: { v: 1 } })
    const second = ((play!.tasks[0] as Block).block[1] as Block).block[0] as Task
    expect(inherited(second, 'tags')?.value).toBe('x')
    expect(second.file).toMatch(/sub\/b\.yml$/)
  })
  test('playbooks, whose plays get the import’s condition, tags and variables', () => {
    const plays = load({
      'site.yml':
        '- import_playbook: sub/web.yml\n  when: a\n  tags: x,y\n  vars: {v: 1, w: 1}\n- hosts: db\n',
      'sub/web.yml':
        '- hosts: web\n  when: b\n  tags: [z]\n  vars: {v: 2, u: 2}\n  tasks:\n    - name: t\n      ping:\n',
    })
    expect(plays.map(({ keywords }) => keywords['hosts'])).toEqual(['web', 'db'])
    expect(plays[0]!.keywords).toMatchObject({
      when: ['a', 'b'],
      tags: ['x', 'y', 'z'],
      vars: { v: 1, w: 1, u: 2 },
    })
    expect(plays[0]!.directory).toMatch(/sub$/)
    expect(plays[0]!.tasks[0]!.parent).toBe(plays[0])
  })
  test('by a name that extra variables tell', () => {
    const [play] = load(
      {
        'site.yml': '- hosts: all\n  tasks:\n    - import_tasks: "{{ which }}.yml"\n',
        'a.yml': '- name: a\n  ping:\n',
      },
      { resolveStatic: ({ source }) => source.replace('{{ which }}', 'a') },
    )
    expect(outline(play!.tasks)).toEqual(['block', '  a'])
  })
  test('an empty file brings nothing', () => {
    const [play] = load({
      'site.yml': '- hosts: all\n  tasks:\n    - import_tasks: a.yml\n',
      'a.yml': '---\n',
    })
    expect(outline(play!.tasks)).toEqual(['block'])
  })
})

test('blocks have tasks, a rescue and an always', () => {
  const [play] = load({
    'site.yml': `- hosts: all
  tasks:
    - block: [{name: a, ping: }]
      rescue: [{name: b, ping: }]
      always: [{name: c, ping: }]
`,
  })
  const { block, rescue, always } = play!.tasks[0] as Block
  expect([block, rescue, always].map(outlineOf)).toEqual([['a'], ['b'], ['c']])
})

test('handlers know that they are', () => {
  const [play] = load({ 'site.yml': '- hosts: all\n  handlers:\n    - {name: a, ping: , listen: [x]}\n' })
  expect(play!.handlers[0]).toMatchObject({ name: 'a', handler: true, keywords: { listen: ['x'] } })
})

test('module_defaults may give what an argument list lacks', () => {
  expect(
    mistakes({
      'site.yml': '- hosts: all\n  module_defaults: {copy: {dest: /a}}\n  tasks:\n    - copy: {src: a}\n',
    }),
  ).toBe('')
})

describe('a playbook is found', () => {
  const cwd = project({
    'site.yml': '',
    'playbooks/web.yml': '',
    'playbooks/site.yml': '',
    'playbooks/db.yaml': '',
  })
  const cases: [name: string, path: string | undefined][] = [
    ['site.yml', 'site.yml'],
    ['site', 'site.yml'],
    ['web.yml', 'playbooks/web.yml'],
    ['web', 'playbooks/web.yml'],
    ['db', 'playbooks/db.yaml'],
    ['playbooks/site.yml', 'playbooks/site.yml'],
    [`${cwd}/site.yml`, 'site.yml'],
    ['other', undefined],
  ]
  test.each(cases)('%s', (name, path) => {
    expect(findPlaybook(name, cwd)).toBe(path && `${cwd}/${path}`)
  })
})

function outlineOf(steps: Parameters<typeof outline>[0]): string[] {
  return outline(steps)
}

function place(text: string, argument: string): string {
  const { line, column } = task(text).locateArgument(argument)
  return `${line}:${column}`
}
