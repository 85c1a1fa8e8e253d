import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import {
  args,
  bool,
  choice,
  dict,
  float,
  int,
  item,
  list,
  mode,
  optional,
  path,
  raw,
  text,
} from '../../runner/modules/arguments.ts'
import {
  checkArguments,
  normalizeArguments,
  type ArgumentDefinition,
} from '../../runner/modules/normalize.ts'
import { LazyDict } from '../../runner/variables/lazy.ts'
import { Secret } from '../../runner/variables/secret.ts'
import { Template } from '../../runner/variables/template.ts'
import { Unknown } from '../../runner/variables/unknown.ts'
import { omit, type Dict, type Value } from '../../runner/variables/value.ts'

const location = { file: 'f', line: 1, column: 1 }

const EVERYTHING: ArgumentDefinition = {
  name: 'everything',
  args: args({
    text: optional(text('')),
    path: optional(path('')),
    bool: optional(bool('')),
    int: optional(int('')),
    float: optional(float('')),
    raw: optional(raw('')),
    dict: optional(dict('')),
    mode: optional(mode('')),
    bytes: optional(Type.Unsafe<number>({ ansible: 'bytes' })),
    list: optional(list(item.text, '')),
    ints: optional(list(item.int, '')),
    dicts: optional(list(item.dict, '')),
    state: optional(choice(['present', 'absent', 'yes'], '')),
    options: optional(
      Type.Object(
        { name: Type.String({ ansible: 'str' }), port: Type.Integer({ ansible: 'int', default: 80 }) },
        { additionalProperties: false },
      ),
    ),
  }),
}

/** What an argument becomes, or what is wrong with it. */
function become(argument: string, value: Value): unknown {
  const normal = normalizeArguments(EVERYTHING, { [argument]: value })
  return 'args' in normal ? normal.args[argument] : normal.errors.join('\n')
}

describe('values are converted as Ansible does', () => {
  const unknown = new Unknown({ what: 'x' })
  const lazy = new LazyDict(
    () => 1,
    () => ['a'],
  )
  const cases: [argument: string, value: Value, becomes: unknown][] = [
    ['text', 'a', 'a'],
    ['text', 12, '12'],
    ['text', true, 'True'],
    ['text', '', ''],
    ['path', '~/x', '~/x'],
    ['bool', 'yes', true],
    ['bool', 'Off', false],
    ['bool', 1, true],
    ['bool', '0', false],
    ['int', '42', 42],
    ['int', ' -1 ', -1],
    ['float', '1.5', 1.5],
    ['float', 2, 2],
    ['raw', [{ a: 1 }], [{ a: 1 }]],
    ['dict', { a: 1 }, { a: 1 }],
    ['dict', '{"a": 1}', { a: 1 }],
    ['dict', 'a=1, b=two', { a: '1', b: 'two' }],
    ['mode', 0o644, '0644'],
    ['mode', 0o4755, '4755'],
    ['mode', 0, '0000'],
    ['mode', '0644', '0644'],
    ['mode', 'u=rw,g=r,o=', 'u=rw,g=r,o='],
    ['mode', 'a+x', 'a+x'],
    ['mode', 'preserve', 'preserve'],
    ['bytes', '10M', 10 * 1024 * 1024],
    ['bytes', '1.5KB', 1536],
    ['bytes', 5, 5],
    ['list', ['a', 1], ['a', '1']],
    ['list', 'a, b,c', ['a', 'b', 'c']],
    ['list', 1, ['1']],
    ['list', [], []],
    ['list', ['a', omit, 'b'], ['a', 'b']],
    ['ints', '1,2', [1, 2]],
    ['dicts', { a: 1 }, [{ a: 1 }]],
    ['state', 'absent', 'absent'],
    ['state', true, 'yes'],
    ['options', { name: 1 }, { name: '1', port: 80 }],
    ['options', 'name=x port=81', { name: 'x', port: 81 }],
    ['text', unknown, unknown],
    ['int', unknown, unknown],
    ['list', ['a', unknown], ['a', unknown]],
    ['dict', lazy, lazy],
  ]
  test.each(cases)('%s: %o', (argument, value, becomes) => {
    expect(become(argument, value)).toEqual(becomes)
  })
})

describe('what cannot be converted is refused', () => {
  const cases: [argument: string, value: Value, told: string][] = [
    ['text', ['a'], `'text' must be text, not a list`],
    ['path', { a: 1 }, `'path' must be a path, not a dictionary`],
    ['bool', 'maybe', `'bool' must be true or false, not 'maybe'`],
    ['int', '1.5', `'int' must be a whole number, not '1.5'`],
    ['int', true, `'int' must be a whole number, not true`],
    ['float', 'x', `'float' must be a number, not 'x'`],
    ['dict', 'x', `'dict' must be a dictionary, not 'x'`],
    ['dict', '{"a": ', `'dict' must be a dictionary, not '{"a": '`],
    ['mode', '0999', `'mode' must be a mode, not '0999' (write it in quotes: '0644', or 'u=rw,g=r,o=r')`],
    ['mode', 1.5, `'mode' must be a mode, not 1.5 (write it in quotes: '0644', or 'u=rw,g=r,o=r')`],
    ['bytes', 'much', `'bytes' must be a size, not 'much' (like 1048576, '1024K' or '1M')`],
    ['list', { a: 1 }, `'list' must be a list, not a dictionary`],
    ['ints', [1, 'x'], `'ints[1]' must be a whole number, not 'x'`],
    [
      'state',
      'presnt',
      `value of state must be one of: present, absent, yes, got: presnt (did you mean 'present'?)`,
    ],
    ['state', false, `value of state must be one of: present, absent, yes, got: False`],
    ['options', { port: 1 }, `'options' lacks 'name'`],
    ['options', { name: 'a', prot: 1 }, `unknown key 'prot' in 'options' (did you mean 'port'?)`],
    ['options', { name: 'a', port: 'x' }, `'options.port' must be a whole number, not 'x'`],
    [
      'txt',
      'a',
      `Unsupported parameters for (everything) module: txt. Supported parameters include: bool, bytes, dict, dicts, float, int, ints, list, mode, options, path, raw, state, text. (did you mean 'text'?)`,
    ],
  ]
  test.each(cases)('%s: %o', (argument, value, told) => {
    expect(become(argument, value)).toBe(told)
  })
})

describe('secrets', () => {
  const reveal = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(reveal) : (value as Secret).reveal()
  const cases: [argument: string, value: string, becomes: unknown][] = [
    ['text', 'hunter2', 'hunter2'],
    ['int', '42', 42],
    ['bool', 'yes', true],
    ['mode', '0600', '0600'],
    ['list', 'a,b', ['a', 'b']],
    ['state', 'absent', 'absent'],
  ]
  test.each(cases)('%s stays one and is converted inside', (argument, value, becomes) => {
    const found = become(argument, new Secret(value))
    expect(Array.isArray(found) ? found[0] : found).toBeInstanceOf(Secret)
    expect(reveal(found)).toEqual(becomes)
  })
  test('are the same object when nothing is converted', () => {
    const secret = new Secret('x')
    expect(become('text', secret)).toBe(secret)
  })
  test.each(['int', 'mode', 'state', 'dict', 'ints', 'bytes'])(
    'do not show in what is told of %s',
    (argument) => {
      const told = become(argument, new Secret('hunter2'))
      expect(told).toMatch(/and this secret is not$/)
      expect(told).not.toContain('hunter2')
    },
  )
})

const COPY: ArgumentDefinition = {
  name: 'copy',
  args: args({
    src: optional(path('')),
    content: optional(text('')),
    dest: path('Where it goes.', { aliases: ['destfile', 'to'] }),
    backup: bool('', { default: false }),
    tags: list(item.text, '', { default: ['a'] }),
    owner: optional(text('')),
    group: optional(text('')),
  }),
  mutuallyExclusive: [['src', 'content']],
  requiredOneOf: [['src', 'content']],
  requiredTogether: [['owner', 'group']],
}

describe('arguments together', () => {
  const cases: [what: string, args: Dict, result: Dict | string[]][] = [
    [
      'aliases become names, defaults are filled in',
      { to: '/a', src: 'b' },
      { dest: '/a', src: 'b', backup: false, tags: ['a'] },
    ],
    [
      'what is omitted or empty is left out',
      { dest: '/a', src: omit, content: 'c', owner: null },
      { dest: '/a', content: 'c', backup: false, tags: ['a'] },
    ],
    [
      'a default is used in place of what is omitted',
      { dest: '/a', src: 'b', backup: omit },
      { dest: '/a', src: 'b', backup: false, tags: ['a'] },
    ],
    [
      'a name and its alias',
      { dest: '/a', to: '/b', src: 'c' },
      [`'to' and 'dest' of 'copy' are the same argument (remove one of the two)`],
    ],
    [
      'what excludes each other',
      { dest: '/a', src: 'b', content: 'c' },
      [`parameters are mutually exclusive: src|content`],
    ],
    ['what is missing', { src: 'b' }, ['missing required arguments: dest']],
    ['none of several', { dest: '/a' }, [`one of the following is required: src, content`]],
    [
      'one without the other',
      { dest: '/a', src: 'b', owner: 'x' },
      [`parameters are required together: owner, group`],
    ],
    [
      'everything wrong at once',
      { bakcup: 1, src: [1], backup: 'x' },
      [
        `Unsupported parameters for (copy) module: bakcup. Supported parameters include: backup, content, dest, group, owner, src, tags. (did you mean 'backup'?)`,
        `'src' must be a path, not a list`,
        `'backup' must be true or false, not 'x'`,
        'missing required arguments: dest',
      ],
    ],
  ]
  test.each(cases)('%s', (_, given, result) => {
    const normal = normalizeArguments(COPY, given)
    expect('args' in normal ? normal.args : normal.errors).toEqual(result)
  })
  test('a default is a new value each time', () => {
    tags().push('changed')
    expect(tags()).toEqual(['a'])
  })
})

describe('hostile names', () => {
  const open: ArgumentDefinition = { name: 'set_fact', args: Type.Object({}) }
  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    '%s is an unknown argument like any other',
    (name) => {
      const given = JSON.parse(`{"dest": "/a", "src": "b", "${name}": {"x": 1}}`) as Dict
      expect(normalizeArguments(COPY, given)).toEqual({
        errors: [expect.stringContaining(`module: ${name}. `)],
      })
      const taken = normalizeArguments(open, given) as { args: Dict }
      expect(Object.keys(taken.args)).toEqual(['dest', 'src', name])
      expect(Reflect.get({}, 'x')).toBeUndefined()
    },
  )
})

describe('arguments as written', () => {
  test('may hold templates, which nobody can judge yet', () => {
    const template = new Template('{{ x }}', location)
    expect(check({ dest: template, src: template, backup: template, tags: ['a', template] })).toEqual([])
  })
  test('may lack what comes from elsewhere', () => {
    expect(check({ src: 'a' }, true)).toEqual([])
    expect(check({ src: 'a' })).toEqual([`'ansible.builtin.copy' lacks the argument 'dest'`])
  })
  test('lack nothing that is only misspelled', () => {
    expect(check({ src: 'a', desst: '/a' })).toEqual([`unknown argument 'desst' of 'ansible.builtin.copy'`])
  })
  test('are left alone where the module evaluates them itself', () => {
    const debug: ArgumentDefinition = {
      name: 'debug',
      args: args({ var: optional(text('')) }),
      expressions: ['var'],
    }
    expect(checkArguments(debug, { var: ['a'] }, () => location)).toEqual([])
    expect(normalizeArguments(debug, { var: 'x.y' })).toEqual({ args: { var: 'x.y' } })
  })
})

function tags(): Value[] {
  return (normalizeArguments(COPY, { dest: '/a', src: 'b' }) as { args: Dict }).args['tags'] as Value[]
}

function check(given: Dict, partial = false): string[] {
  const name = 'ansible.builtin.copy'
  return checkArguments(COPY, given, () => location, { name, partial }).map(({ message }) => message)
}
