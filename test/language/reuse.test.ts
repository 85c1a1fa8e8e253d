import { describe } from 'vitest'
import { engineAction, engineActionNames } from '../../runner/source/engine-actions.ts'
import { testEvery } from './complete.ts'

const REUSE = ['include_tasks', 'import_tasks', 'include_role', 'import_role', 'include_vars']
/** Every statement that reuses a file or a role, with each of its options. */
const options = engineActionNames()
  .filter((name) => REUSE.includes(name))
  .flatMap((name) => Object.keys(engineAction(name)!.args.properties).map((option) => `${name}: ${option}`))

const files = {
  'more.yml': '- { name: in it, debug: { msg: "{{ colour | default(1) }}" } }',
  'roles/r/tasks/main.yml': '- { name: in it, debug: { msg: "{{ colour }}" } }',
  'roles/r/tasks/other.yml': '- { name: in other, debug: { msg: "{{ colour }}" } }',
  'roles/r/defaults/main.yml': 'colour: by default',
  'roles/r/defaults/other.yml': 'colour: by other defaults',
  'roles/r/vars/other.yml': 'colour: by other vars',
  'roles/r/handlers/main.yml': '- { name: heard, debug: { msg: main } }',
  'roles/r/handlers/other.yml': '- { name: heard, debug: { msg: other } }',
  'roles/strict/tasks/main.yml': '- { name: in it, debug: }',
  'roles/strict/meta/argument_specs.yml':
    'argument_specs: { main: { short_description: It is strict, options: { size: { type: int, required: true } } } }',
}

const tasks = (text: string, ...lines: string[]) => ({ files, tasks: `\n    - ${text.trim()}`, lines })
const notifying = '\n    - { name: work, command: "true", notify: heard }'

/** Cases that are the same for the dynamic and the static use of a role; the dynamic one has a result of its own. */
function roleCases(action: 'include_role' | 'import_role') {
  const own = action === 'include_role' ? [`one ok ${action}`] : []
  const use = (args: string, ...lines: string[]) => tasks(`${action}: ${args}`, ...own, ...lines)
  return {
    [`${action}: name`]: use('{ name: r }', 'one ok in it: by default'),
    [`${action}: name (as role)`]: use('{ role: r }', 'one ok in it: by default'),
    [`${action}: name (a variable of the play)`]: tasks(
      `${action}: { name: "{{ which }}" }\n      vars: { which: r }`,
      ...own,
      'one ok in it: by default',
    ),
    [`${action}: tasks_from`]: use('{ name: r, tasks_from: other }', 'one ok in other: by default'),
    [`${action}: tasks_from (with its ending)`]: use(
      '{ name: r, tasks_from: other.yml }',
      'one ok in other: by default',
    ),
    [`${action}: vars_from`]: use('{ name: r, vars_from: other }', 'one ok in it: by other vars'),
    [`${action}: defaults_from`]: use('{ name: r, defaults_from: other }', 'one ok in it: by other defaults'),
    [`${action}: handlers_from`]: use(
      `{ name: r, handlers_from: other }${notifying}`,
      'one ok in it: by default',
      'one changed work',
      'one ok heard: other',
    ),
    [`${action}: allow_duplicates`]: tasks(
      [
        ...[true, true, false].map((value) => `${action}: { name: r, allow_duplicates: ${value} }`),
        `${action}: { name: r, allow_duplicates: false }`,
      ].join('\n    - '),
      ...Array<string[]>(4).fill(own).flat(),
      'one ok in it: by default',
      'one ok in it: by default',
    ),
    [`${action}: rolespec_validate`]: use(
      '{ name: strict, rolespec_validate: false }',
      'one ok in it: Hello world!',
    ),
    [`${action}: rolespec_validate (by default)`]: use(
      '{ name: strict }',
      "one failed Validating arguments against arg spec 'main' - It is strict: Validation of arguments failed:\nmissing required arguments: size",
    ),
  }
}

const told = '{ name: told, debug: { msg: "{{ colour | default(\'undefined\') }}" } }'

describe('reuse', () => {
  testEvery('option', options, {
    'include_tasks: file': tasks(
      'include_tasks: { file: more.yml }',
      'one ok include_tasks',
      'one ok in it: 1',
    ),
    'include_tasks: file (as text, for each item)': tasks(
      'include_tasks: "{{ item }}.yml"\n      loop: [more, more]\n      loop_control: { loop_var: item }\n      vars: { colour: "{{ item }}" }',
      'one ok include_tasks: All items completed',
      'one ok in it: more',
      'one ok in it: more',
    ),
    'include_tasks: apply': {
      ...tasks(
        'include_tasks: { file: more.yml, apply: { vars: { colour: red }, tags: [wanted] } }\n      tags: [always]',
        'one ok include_tasks',
        'one ok in it: red',
      ),
      flags: { tags: ['wanted'] },
    },
    'import_tasks: file': tasks(
      'import_tasks: more.yml\n      vars: { colour: red }\n      when: colour is defined',
      'one ok in it: red',
    ),
    'import_tasks: file (by name)': tasks('import_tasks: { file: more.yml }', 'one ok in it: 1'),
    'import_tasks: file (a condition holds for each task)': tasks(
      'import_tasks: more.yml\n      when: false',
      'one skipped in it',
    ),
    ...roleCases('include_role'),
    ...roleCases('import_role'),
    'include_role: public': {
      files,
      tasks: `
    - include_role: { name: r }
    - ${told}
    - include_role: { name: r, public: true }
    - ${told}`,
      lines: [
        'one ok include_role',
        'one ok in it: by default',
        'one ok told: undefined',
        'one ok include_role',
        'one ok in it: by default',
        'one ok told: by default',
      ],
    },
    'import_role: public': {
      files,
      tasks: `
    - import_role: { name: r }
    - ${told}`,
      lines: ['one ok in it: by default', 'one ok told: by default'],
    },
    'import_role: public (not)': {
      files,
      tasks: `
    - import_role: { name: r, public: false }
    - ${told}`,
      lines: ['one ok in it: by default', 'one ok told: undefined'],
    },
    'include_role: apply': {
      ...tasks(
        'include_role: { name: r, apply: { vars: { colour: red }, tags: [wanted] } }\n      tags: [always]',
        'one ok include_role',
        'one ok in it: red',
      ),
      flags: { tags: ['wanted'] },
    },
    ...includeVars(),
  })
})

function includeVars() {
  const files = {
    'v/1.yml': 'colour: red',
    'v/2.yaml': 'colour: blue',
    'v/deep/3.json': '{"colour": "grey"}',
    'v/bad.txt': '#',
    'both.yml': 'deep: { b: 2 }',
  }
  const read = (args: string, line: string, tell = 'colour') => ({
    files,
    tasks: `
    - { name: read, include_vars: ${args} }
    - { name: told, debug: { msg: "{{ ${tell} | default('undefined') }}" } }`,
    lines: ['one ok read', `one ok told: ${line}`],
  })
  return {
    'include_vars: file': read('{ file: v/1.yml }', 'red'),
    'include_vars: file (as text)': read('v/2.yaml', 'blue'),
    'include_vars: dir': read('{ dir: v, ignore_unknown_extensions: true }', 'grey'),
    'include_vars: depth': read('{ dir: v, depth: 1, ignore_unknown_extensions: true }', 'blue'),
    'include_vars: files_matching': read('{ dir: v, files_matching: "^1" }', 'red'),
    'include_vars: ignore_files': read('{ dir: v, ignore_files: [bad.txt, 3.json] }', 'blue'),
    'include_vars: extensions': read(
      '{ dir: v, extensions: [json], ignore_unknown_extensions: true }',
      'grey',
    ),
    'include_vars: ignore_unknown_extensions': read('{ dir: v, ignore_unknown_extensions: true }', 'grey'),
    'include_vars: name': read('{ file: v/1.yml, name: of }', 'red', 'of.colour'),
    'include_vars: hash_behaviour': {
      ...read('{ file: both.yml, hash_behaviour: merge }', '{"a":1,"b":2}', 'deep'),
      files: { ...files, 'host_vars/one.yml': 'deep: { a: 1 }' },
    },
  }
}
