import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aheadOf } from '../../runner/source/ahead.ts'
import { createLoader, loadVarsFile, resolveAction } from '../../runner/source/dynamic.ts'
import { inherited, type Task } from '../../runner/source/model.ts'
import { loadPlaybooks } from '../../runner/source/playbook.ts'
import { findTaskFile } from '../../runner/source/search.ts'
import { Secret } from '../../runner/variables/secret.ts'
import { mistakes, modules, outline, project, told, type Files } from './project.ts'

/** The first task of a project's play, and what loads its includes. */
function include(files: Files) {
  const cwd = project(files)
  const handlers: string[] = []
  const options = { modules, cwd }
  const [play] = loadPlaybooks(['site.yml'], options)
  const task = (play!.tasks[0] ?? play!.roles[0]!.block[0]) as Task
  return {
    cwd,
    task,
    handlers,
    options,
    loader: createLoader(options, (each) => handlers.push(...outline(each))),
  }
}

const site = (task: string) => `- hosts: all\n  become: true\n  tasks:\n    - ${task}\n`

test('a task file brings steps that inherit the include’s variables and what it applies', () => {
  const { cwd, task, loader } = include({
    'site.yml': site(
      'include_tasks: {file: a.yml, apply: {become_user: app, vars: {y: 2}}}\n      vars: {x: 1}\n      when: c',
    ),
    'a.yml': '- {name: one, ping: }\n',
  })
  const steps = loader.taskFile(join(cwd, 'a.yml'), task)
  expect(outline(steps)).toEqual(['one'])
  expect(inherited(steps[0]!, 'vars')?.value).toEqual({ x: 1, y: 2 })
  expect(inherited(steps[0]!, 'become_user')?.value).toBe('app')
  expect(inherited(steps[0]!, 'become')?.value).toBe(true)
  expect(inherited(steps[0]!, 'when')).toBeUndefined()
  expect(loader.taskFile(join(cwd, 'a.yml'), task)).toBe(steps)
})

test('a role brings its block, which begins with its dependencies, and its handlers', () => {
  const { task, loader } = include({
    'site.yml': site('include_role: {name: web}'),
    'roles/web/tasks/main.yml': '- {name: web task, ping: }\n',
    'roles/web/handlers/main.yml': '- {name: h, ping: }\n',
    'roles/web/meta/main.yml': 'dependencies: [base]\n',
    'roles/base/tasks/main.yml': '- {name: base task, ping: }\n',
  })
  const { block, handlers } = loader.roleUse('web', { public: true }, task)
  expect(outline([block])).toEqual(['role web', '  role base', '    base task', '  web task'])
  expect(block.role).toMatchObject({ public: true, allowDuplicates: true })
  expect(outline(handlers)).toEqual(['role web', '  h'])
})

test('handlers of roles that an included file imports are handed on', () => {
  const { cwd, task, loader, handlers } = include({
    'site.yml': site('include_tasks: "{{ x }}"'),
    'a.yml': '- import_role: {name: web}\n',
    'roles/web/handlers/main.yml': '- {name: h, ping: }\n',
  })
  loader.taskFile(join(cwd, 'a.yml'), task)
  expect(handlers).toEqual(['role web', '  h'])
})

test('mistakes in what is loaded late are told in the same way', () => {
  const { cwd, task, loader } = include({
    'site.yml': site('include_tasks: "{{ x }}"'),
    'a.yml': '- coppy:\n- pnig:\n',
  })
  const text = told(() => loader.taskFile(join(cwd, 'a.yml'), task), cwd)
  expect(text).toContain(`error: a.yml:1:3: unknown module 'coppy'`)
  expect(text).toContain(`error: a.yml:2:3: unknown module 'pnig'`)
  expect(told(() => loader.roleUse('nope', {}, task), cwd)).toContain(`there is no role 'nope'`)
})

describe('a task file is looked for', () => {
  const files = {
    'beside.yml': '',
    'tasks/below.yml': '',
    'roles/web/tasks/sub/main.yml': '',
    'roles/web/tasks/own.yml': '',
  }
  const cases: [from: string, name: string, found: string | undefined][] = [
    ['play', 'beside.yml', 'beside.yml'],
    ['play', 'below.yml', 'tasks/below.yml'],
    ['role', 'own.yml', 'roles/web/tasks/own.yml'],
    ['role', 'sub/main.yml', 'roles/web/tasks/sub/main.yml'],
    ['role', 'beside.yml', 'beside.yml'],
    ['role', 'gone.yml', undefined],
  ]
  test.each(cases)('from a %s: %s', (from, name, found) => {
    const text = from === 'play' ? '  tasks: [{ping: }]\n' : '  roles: [web]\n'
    const { task, cwd } = include({
      'site.yml': `- hosts: all\n${text}`,
      'roles/web/tasks/main.yml': '- ping:\n',
      ...files,
    })
    expect(findTaskFile(name, task).path).toBe(found && join(cwd, found))
  })
})

describe('before the run', () => {
  const bad = { 'a.yml': '- coppy:\n', 'roles/web/tasks/main.yml': '- coppy:\n' }
  const cases: [what: string, task: string, read: boolean][] = [
    ['an include that is sure to run is read', 'include_tasks: a.yml', true],
    ['so is a role', 'include_role: {name: web}', true],
    ['not one with a condition', 'include_tasks: a.yml\n      when: x', false],
    ['not one in a loop', 'include_tasks: a.yml\n      loop: []', false],
    ['not one that is rescued', 'block: [{include_tasks: a.yml}]\n      rescue: []', false],
    ['not one after a failure', 'debug:\n    - fail:\n    - include_tasks: a.yml', false],
    ['not one that is never chosen by itself', 'include_tasks: a.yml\n      tags: never', false],
    ['not one whose name is not known', 'include_tasks: "{{ a }}.yml"', false],
    ['a file that is not there may still come', 'include_tasks: later.yml', false],
    ['so may a role', 'include_role: {name: later}', false],
  ]
  const fail = { name: 'fail', args: modules.get('ping')!.args }
  const withFail = {
    get: (name: string) => (name === 'fail' ? fail : modules.get(name)),
    names: () => modules.names(),
  }
  test.each(cases)('%s', (_, task, read) => {
    expect(mistakes({ 'site.yml': site(task), ...bad }, { modules: withFail }).includes('coppy')).toBe(read)
  })
  test('when linting everything is read, and a missing file is a mistake', () => {
    const text = mistakes(
      { 'site.yml': site('include_tasks: a.yml\n      when: x\n    - include_tasks: later.yml'), ...bad },
      { ahead: 'all' },
    )
    expect(text).toContain(`unknown module 'coppy'`)
    expect(text).toContain(`there is no task file 'later.yml'`)
  })
  test('what was read is known', () => {
    const { task } = include({ 'site.yml': site('include_tasks: b.yml'), 'b.yml': '- {name: one, ping: }\n' })
    expect(outline(aheadOf(task)!.steps)).toEqual(['one'])
  })
  test('a file may include itself', () => {
    expect(mistakes({ 'site.yml': site('include_tasks: b.yml'), 'b.yml': '- include_tasks: b.yml\n' })).toBe(
      '',
    )
  })
})

describe('variables files', () => {
  test('give values and their places', () => {
    const variables = loadVarsFile(join(project({ 'v.yml': 'a: 1\nb: "{{ a }}"\n' }), 'v.yml'))
    expect(variables.values).toEqual({ a: 1, b: expect.objectContaining({ source: '{{ a }}' }) })
    expect(variables.locate('b')).toMatchObject({ line: 2, column: 1 })
  })
  test('may be JSON, empty, or encrypted', () => {
    const cwd = project({
      'v.json': '{"a": [true, null]}',
      'empty.yml': '',
      'vault.yml': '$ANSIBLE_VAULT;1.1;AES256\n61\n',
    })
    expect(loadVarsFile(join(cwd, 'v.json')).values).toEqual({ a: [true, null] })
    expect(loadVarsFile(join(cwd, 'empty.yml')).values).toEqual({})
    expect(loadVarsFile(join(cwd, 'vault.yml'), { decrypt: () => 'a: x' }).values).toEqual({
      a: new Secret('x'),
    })
  })
  const cases: [file: string, told: string][] = [
    ['list.yml', 'error: list.yml:1:1: the file must hold a dictionary of variables, not a list'],
    ['gone.yml', 'error: gone.yml:1:1: cannot read the file: there is no such file'],
    ['directory', 'error: directory:1:1: cannot read the file: it is a directory'],
    ['latin.yml', 'error: latin.yml:1:1: cannot read the file: it is not UTF-8 text'],
    ['vault.yml', 'error: vault.yml:1:1: cannot decrypt this vault value: no vault password was given'],
  ]
  const cwd = project({
    'list.yml': '- a\n',
    'directory/x': '',
    'latin.yml': '',
    'vault.yml': '$ANSIBLE_VAULT;1.1;AES256\n61\n',
  })
  test.each(cases)('%s is refused', (file, expected) => {
    if (file === 'latin.yml') writeFileSync(join(cwd, file), Buffer.from([0x61, 0x3a, 0x20, 0xe9]))
    expect(told(() => loadVarsFile(join(cwd, file)), cwd)).toContain(expected)
  })
})

test('a name that a template gave finds its module and checks the arguments then', () => {
  const { task, options, cwd } = include({ 'site.yml': site('action: "{{ m }} cmd=ls"') })
  expect(resolveAction(task, 'ansible.builtin.shell', options)).toMatchObject({
    action: 'shell',
    args: { cmd: 'ls' },
  })
  expect(told(() => resolveAction(task, 'shel', options), cwd)).toContain(`did you mean 'shell'?`)
  expect(told(() => resolveAction(task, 'ping', options), cwd)).toContain(`unknown argument 'cmd' of 'ping'`)
})
