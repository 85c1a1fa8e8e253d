import { describe, expect, test } from 'vitest'
import { inherited, roleOf, type Block, type Play } from '../../runner/source/model.ts'
import { Secret } from '../../runner/variables/secret.ts'
import { load, mistakes, outline, project } from './project.ts'

/** A file with one task of this name. */
const named = (name: string) => `- name: ${name}\n  ping:\n`

const WEB = {
  'roles/web/tasks/main.yml': named('web task'),
  'roles/web/handlers/main.yml': named('restart web'),
  'roles/web/defaults/main.yml': 'port: 80\nuser: www\n',
  'roles/web/vars/main.yml': 'user: web\n',
}

function play(text: string, files: Record<string, string> = {}): Play {
  return load({ 'site.yml': `- hosts: all\n${text}`, ...files })[0]!
}

test('a role is a block with its tasks; its handlers come before the play’s own', () => {
  const found = play(
    '  roles:\n    - web\n  tasks:\n    - name: own\n      ping:\n  handlers:\n    - name: h\n      ping:\n',
    WEB,
  )
  expect(outline(found.roles)).toEqual(['role web', '  web task'])
  expect(outline(found.tasks)).toEqual(['own'])
  expect(outline(found.handlers)).toEqual(['role web', '  restart web', 'h'])
  expect(found.roles[0]!.role).toMatchObject({
    role: { name: 'web', defaults: { port: 80, user: 'www' }, vars: { user: 'web' } },
    entryPoint: 'main',
    public: true,
    allowDuplicates: false,
    params: {},
    parents: [],
  })
})

test('keywords of a role’s use are inherited by its tasks and handlers, everything else is a parameter', () => {
  const { roles, handlers } = play(
    '  roles:\n    - role: web\n      http_port: 8080\n      become: true\n      tags: x\n',
    WEB,
  )
  expect(roles[0]!.role!.params).toEqual({ http_port: 8080 })
  expect(roles[0]!.keywords).toEqual({ become: true, tags: 'x' })
  for (const block of [roles[0]!, handlers[0] as Block])
    expect(inherited(block.block[0]!, 'become')?.value).toBe(true)
})

test('places of defaults and variables are known', () => {
  const { role } = play('  roles: [web]\n', WEB).roles[0]!.role!
  expect(role.locateVariable('defaults', 'user')).toMatchObject({ line: 2, column: 1 })
  expect(role.locateVariable('vars', 'port')).toBeUndefined()
})

describe('dependencies', () => {
  const files = {
    ...WEB,
    'roles/web/meta/main.yml': 'dependencies:\n  - role: base\n    level: 2\n    tags: base\n  - common\n',
    'roles/base/tasks/main.yml': named('base task'),
    'roles/base/meta/main.yml': 'dependencies: [common]\nallow_duplicates: true\n',
    'roles/base/handlers/main.yml': named('restart base'),
    'roles/common/tasks/main.yml': named('common task'),
  }
  const found = play('  roles:\n    - {role: web, when: x}\n', files)
  test('come before the role that needs them, theirs before them', () => {
    const titles = found.roles.map(({ role }) => role!.role.name)
    expect(titles).toEqual(['common', 'base', 'common', 'web'])
  })
  test('inherit from the role that needs them and know who they are', () => {
    const [common, base] = found.roles
    expect(inherited(base!.block[0]!, 'when')?.value).toBe('x')
    expect(base!.keywords).toEqual({ tags: 'base' })
    expect(base!.role).toMatchObject({ params: { level: 2 }, allowDuplicates: true })
    expect(base!.role!.parents.map(({ name }) => name)).toEqual(['web'])
    expect(common!.role!.parents.map(({ name }) => name)).toEqual(['base', 'web'])
    expect(roleOf(base!.block[0]!)).toBe(base!.role)
  })
  test('bring their handlers', () => {
    expect(outline(found.handlers)).toEqual(['role base', '  restart base', 'role web', '  restart web'])
  })
})

test('uses with the same parameters have the same key', () => {
  const [a, b, c, d] = keys(
    '  roles:\n    - web\n    - {role: web, become: true}\n    - {role: web, http_port: 1}\n    - {role: web, tags: x}\n',
  )
  expect(a).toBe(b)
  expect(new Set([a, c, d]).size).toBe(3)
})

describe('import_role', () => {
  const files = {
    ...WEB,
    'roles/web/tasks/other.yml': named('other task'),
    'roles/web/vars/prod.yml': 'user: prod\n',
    'roles/web/handlers/more.yml': named('more'),
  }
  test('stands in place, its dependencies before it', () => {
    const found = play(
      '  tasks:\n    - import_role: {name: web}\n      when: x\n    - name: last\n      ping:\n',
      {
        ...files,
        'roles/web/meta/main.yml': 'dependencies: [base]\n',
        'roles/base/tasks/main.yml': named('base task'),
      },
    )
    expect(outline(found.tasks)).toEqual(['role base', '  base task', 'role web', '  web task', 'last'])
    expect(inherited((found.tasks[0] as Block).block[0]!, 'when')?.value).toBe('x')
    expect(outline(found.handlers)).toEqual(['role web', '  restart web'])
  })
  test('takes other files than main', () => {
    const found = play(
      '  tasks:\n    - import_role: {name: web, tasks_from: other, vars_from: prod.yml, handlers_from: more}\n',
      files,
    )
    expect(outline(found.tasks)).toEqual(['role web', '  other task'])
    expect((found.tasks[0] as Block).role).toMatchObject({
      entryPoint: 'other',
      role: { vars: { user: 'prod' } },
      allowDuplicates: true,
    })
    expect(outline(found.handlers)).toEqual(['role web', '  more'])
  })
  test('tells which file the role lacks', () => {
    const told = mistakes({
      'site.yml': '- hosts: all\n  tasks:\n    - import_role: {name: web, tasks_from: nope}\n',
      ...files,
    })
    expect(told).toContain(`the role has no tasks file 'nope'`)
    expect(told).toContain('looked for roles/web/tasks/nope, roles/web/tasks/nope.yml')
  })
  test('does not leave the role’s directory', () => {
    const told = mistakes({
      'site.yml': '- hosts: all\n  tasks:\n    - import_role: {name: web, tasks_from: ../../../x}\n',
      'x.yml': named('x'),
      ...files,
    })
    expect(told).toContain(
      `'../../../x' cannot be the role's tasks, as it is not inside the expected role path: 'roles/web/tasks'`,
    )
  })
})

describe('a role is looked for', () => {
  const outside = project({ 'shared/tasks/main.yml': named('shared task') })
  const cases: [where: string, role: string, files: Record<string, string>][] = [
    ['beside the playbook', 'web', { 'roles/web/tasks/main.yml': named('t') }],
    [
      'beside the role that needs it',
      'a',
      { 'x/a/meta/main.yml': 'dependencies: [b]\n', 'x/b/tasks/main.yml': named('t') },
    ],
    ['at a path', 'my/web', { 'my/web/tasks/main.yml': named('t') }],
    [
      'in a collection',
      'ns.set.web',
      { 'collections/ansible_collections/ns/set/roles/web/tasks/main.yml': named('t') },
    ],
    ['where the options say', 'shared', {}],
    ['where roles_path says', 'a', { 'x/a/tasks/main.yml': named('t') }],
  ]
  test.each(cases)('%s', (_, role, files) => {
    const options = { rolesPath: ['x', outside] }
    const [found] = load({ 'site.yml': `- hosts: all\n  roles: [${role}]\n`, ...files }, options)
    expect(outline(found!.roles).join()).toMatch(/ t$| shared task$|,role a$/)
  })
  test('in the project’s roles, also from a playbook below playbooks/', () => {
    const [found] = load({
      'site.yml': '- import_playbook: playbooks/web.yml\n',
      'playbooks/web.yml': '- hosts: all\n  roles: [web]\n',
      ...WEB,
    })
    expect(outline(found!.roles)).toEqual(['role web', '  web task'])
  })
})

describe('the files of a role', () => {
  test('variables may be in several files of a directory', () => {
    const { role } = play('  roles: [web]\n', {
      'roles/web/vars/main/b.yml': 'x: 2\ny: 2\n',
      'roles/web/vars/main/a.yml': 'x: 1\nz: 1\n',
      'roles/web/defaults/main.yaml': 'd: 1\n',
    }).roles[0]!.role!
    expect(role.vars).toEqual({ x: 2, z: 1, y: 2 })
    expect(role.defaults).toEqual({ d: 1 })
    expect(role.locateVariable('vars', 'z')!.file).toMatch(/a\.yml$/)
  })
  test('values of an encrypted one are secrets', () => {
    const files = {
      'site.yml': '- hosts: all\n  roles: [web]\n',
      'roles/web/vars/main.yml': '$ANSIBLE_VAULT;1.1;AES256\n61\n',
    }
    const [found] = load(files, { decrypt: () => 'password: hunter2\n' })
    expect(found!.roles[0]!.role!.role.vars['password']).toEqual(new Secret('hunter2'))
    expect(mistakes(files)).toContain('no vault password was given')
  })
  test('may be none at all', () => {
    expect(outline(play('  roles: [web]\n', { 'roles/web/README.md': '' }).roles)).toEqual(['role web'])
  })
})

describe('a role’s arguments are checked by a task before its own', () => {
  const specs =
    'argument_specs:\n  main:\n    short_description: Serve\n    options:\n      http_port: {type: int, description: "not {{ evaluated }}"}\n'
  const found = play('  roles: [{role: web, http_port: 1}]\n', {
    ...WEB,
    'roles/web/meta/argument_specs.yml': specs,
  })
  test('that always runs', () => {
    const [first] = found.roles[0]!.block
    expect(outline(found.roles)).toEqual([
      'role web',
      `  Validating arguments against arg spec 'main' - Serve`,
      '  web task',
    ])
    expect(first).toMatchObject({
      action: 'validate_argument_spec',
      keywords: { tags: ['always'] },
      args: {
        argument_spec: { http_port: { type: 'int', description: 'not {{ evaluated }}' } },
        provided_arguments: { http_port: 1 },
      },
    })
  })
  test('also when they stand in meta/main.yml, unless it is asked not to', () => {
    const files = { ...WEB, 'roles/web/meta/main.yml': specs }
    expect(outline(play('  roles: [web]\n', files).roles)).toHaveLength(3)
    const without = '  tasks:\n    - import_role: {name: web, rolespec_validate: false}\n'
    expect(outline(play(without, files).tasks)).toEqual(['role web', '  web task'])
  })
})

function keys(text: string): string[] {
  return play(text, WEB).roles.map(({ role }) => role!.key)
}
