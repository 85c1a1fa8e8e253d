import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { evaluate } from '../../../runner/expressions/evaluate.ts'
import { runLookup } from '../../../runner/expressions/lookup.ts'
import { Scope, dictLayer } from '../../../runner/variables/scope.ts'
import { Secret } from '../../../runner/variables/secret.ts'
import { Unknown } from '../../../runner/variables/unknown.ts'
import type { Value } from '../../../runner/variables/value.ts'
import { errorOf, place, template } from '../harness.ts'

let directory: string

const files: Record<string, string> = {
  'one.txt': 'first\nsecond  \n\n',
  'two.txt': '{{ not evaluated }}',
  'settings.ini': '[a]\nk = v\nMixed: w x\n  more\n[b]\nk=vb\n',
  'java.properties': 'a.b=1\nc: 2\n',
  'table.csv': 'key1,v1,w1\n"key 2","v,2",w2\n',
  'greet.j2': 'hi {{ name }}\n{% for n in [1, 2] %}\n- {{ n }}\n{% endfor %}\n',
  'greet.ejs': 'hi <%= name %>\n',
  'secret.txt': '$ANSIBLE_VAULT;1.1;AES256\n3031\n',
  'sub/deep.txt': 'deep',
}

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'lookups-'))
  mkdirSync(join(directory, 'sub'))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content)
})

afterAll(() => rmSync(directory, { recursive: true }))

function scope(): Scope {
  const variables: Record<string, Value> = {
    name: 'anna',
    here: directory,
    build: new Unknown({ what: 'make' }),
  }
  return new Scope([dictLayer('test', variables)], {
    playbookDir: directory,
    searchPath: () => [join(directory, 'nowhere'), directory],
    decrypt: () => 'opened\n',
  })
}

function value(expression: string): Value {
  return evaluate(template(`{{ ${expression} }}`), scope())
}

const answers: [string, Value][] = [
  ["lookup('file', 'one.txt')", 'first\nsecond'],
  ["lookup('file', 'one.txt', rstrip=false)", 'first\nsecond  \n\n'],
  ["lookup('ansible.builtin.file', 'two.txt')", '{{ not evaluated }}'],
  ["lookup('file', '{{ here }}/sub/deep.txt')", 'deep'],
  ["lookup('file', here ~ '/sub/deep.txt')", 'deep'],
  ["lookup('file', 'one.txt', 'two.txt')", 'first\nsecond,{{ not evaluated }}'],
  ["query('file', 'two.txt')", ['{{ not evaluated }}']],
  ["lookup('file', 'two.txt', wantlist=true)", ['{{ not evaluated }}']],
  ["lookup('file', 'missing.txt', errors='ignore')", null],
  ["query('file', 'missing.txt', errors='ignore')", []],
  ["lookup('pipe', 'echo a; echo b')", 'a\nb'],
  ["query('lines', 'echo a; echo b')", ['a', 'b']],
  ["lookup('pipe', 'pwd') == here", true],
  ["lookup('template', 'greet.j2')", 'hi anna\n- 1\n- 2\n'],
  ["lookup('template', 'greet.j2', template_vars={'name': 'ben'})", 'hi ben\n- 1\n- 2\n'],
  ["lookup('template', 'greet.ejs')", 'hi anna\n'],
  ["lookup('ini', 'k', section='a', file='settings.ini')", 'v'],
  ["lookup('ini', 'mixed', section='a', file='settings.ini')", 'w x\nmore'],
  ["lookup('ini', 'k section=b file=settings.ini')", 'vb'],
  ["lookup('ini', 'zz', section='a', file='settings.ini', default='d')", 'd'],
  ["query('ini', '.*', section='a', file='settings.ini', re=true)", ['v', 'w x\nmore']],
  ["lookup('ini', 'a.b', type='properties', file='java.properties')", '1'],
  ["lookup('csvfile', 'key1', file='table.csv', delimiter=',')", 'v1'],
  ["lookup('csvfile', 'key1', file='table.csv', delimiter=',', col=2)", 'w1'],
  ["lookup('csvfile', 'zz', file='table.csv', delimiter=',', default='d')", 'd'],
  ["query('fileglob', '*.txt') | map('basename')", ['one.txt', 'secret.txt', 'two.txt']],
  ["query('fileglob', '*.nothing')", []],
  ["lookup('first_found', ['nope', 'one.txt']) | basename", 'one.txt'],
  [
    "lookup('first_found', {'files': ['x', 'deep.txt'], 'paths': ['a', 'sub']}) | relpath(here)",
    'sub/deep.txt',
  ],
  ["query('first_found', 'nope', skip=true)", []],
  ["lookup('first_found', ['{{ missing }}.txt', 'one.txt']) | basename", 'one.txt'],
  ["lookup('env', 'NO_SUCH_VARIABLE')", ''],
  ["lookup('env', 'NO_SUCH_VARIABLE', default='d')", 'd'],
  ["lookup('varnames', '^na')", 'name'],
  ["lookup('config', 'DEFAULT_BECOME_USER')", 'root'],
]

describe('lookups read what is on this machine', () => {
  test.each(answers)('%s', (expression, expected) => {
    expect(value(expression)).toEqual(expected)
  })
})

const refusals: [string, string][] = [
  ["lookup('file', 'missing.txt')", "lookup 'file': No such file or directory: 'missing.txt'"],
  ["lookup('pipe', 'echo oops >&2; exit 3')", "lookup 'pipe': the command failed with 3 (oops)"],
  ["lookup('first_found', 'nope')", "lookup 'first_found': none of the files is there"],
  ["lookup('ini', 'k', section='zz', file='settings.ini')", "No section 'zz' in settings.ini"],
  ["lookup('csvfile', 'key1', file='table.csv', delimiter=',', col=9)", "the row 'key1' has no column 9"],
  ["lookup('file', 'one.txt', colour='red')", "lookup 'file': 'colour' is not a valid option"],
  ["lookup('fle', 'one.txt')", "there is no lookup 'fle' (did you mean 'file'?)"],
  ["lookup('file', missing)", "'missing' is undefined"],
]

describe('a lookup that finds nothing says what and where', () => {
  test.each(refusals)('%s', (expression, message) => {
    expect(errorOf(() => value(expression))).toContain(message)
  })
})

test('a vaulted file is opened and its content is secret', () => {
  for (const lookup of ['file', 'unvault']) {
    const content = value(`lookup('${lookup}', 'secret.txt')`)
    expect(content).toBeInstanceOf(Secret)
    expect((content as Secret).reveal()).toContain('opened')
  }
})

test('a lookup over an unknown is unknown', () => {
  expect(value("lookup('file', build)")).toBeInstanceOf(Unknown)
  expect(value("lookup('first_found', [build])")).toBeInstanceOf(Unknown)
})

describe('with_… loops over a lookup', () => {
  const loops: [string, Value, Value][] = [
    ['items', [1, [2, 3]], [1, 2, 3]],
    ['items', template('{{ [1, [2]] }}'), [1, 2]],
    ['dict', { a: 1 }, [{ key: 'a', value: 1 }]],
    [
      'nested',
      [
        ['a', 'b'],
        [1, 2],
      ],
      [
        ['a', 1],
        ['a', 2],
        ['b', 1],
        ['b', 2],
      ],
    ],
    [
      'together',
      [['a', 'b'], [1]],
      [
        ['a', 1],
        ['b', null],
      ],
    ],
    [
      'indexed_items',
      ['a', 'b'],
      [
        [0, 'a'],
        [1, 'b'],
      ],
    ],
    ['sequence', 'start=1 end=3 format=web%02d', ['web01', 'web02', 'web03']],
    [
      'subelements',
      [[{ n: 1, l: ['x', 'y'] }], 'l'],
      [
        [{ n: 1, l: ['x', 'y'] }, 'x'],
        [{ n: 1, l: ['x', 'y'] }, 'y'],
      ],
    ],
    ['lines', 'echo a; echo b', ['a', 'b']],
    ['first_found', [template('{{ missing }}'), 'nope', { files: ['none'], skip: true }], []],
    ['items', template('{{ build }}'), new Unknown({ what: 'make' })],
  ]
  test.each(loops)('with_%s: %j', (name, terms, expected) => {
    expect(runLookup(name, terms, scope(), place)).toEqual(expected)
  })
})

describe('the password lookup', () => {
  const reveal = (expression: string) => {
    const password = value(expression)
    expect(password).toBeInstanceOf(Secret)
    return String((password as Secret).reveal())
  }

  test('makes a password once and keeps it in a file that only its owner reads', () => {
    const path = join(directory, 'credentials', 'one')
    const first = reveal(`lookup('password', '${path} length=12 chars=digits')`)
    expect(first).toMatch(/^\d{12}$/)
    expect(reveal(`lookup('password', '${path}')`)).toBe(first)
    expect(readFileSync(path, 'utf8')).toBe(`${first}\n`)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(join(directory, 'credentials')).mode & 0o777).toBe(0o700)
  })

  test('keeps the salt of an encrypted one, so that the hash stays the same', () => {
    const path = join(directory, 'credentials', 'two')
    const hash = reveal(`lookup('password', '${path}', encrypt='sha512_crypt')`)
    expect(hash).toMatch(/^\$6\$[./\dA-Za-z]{16}\$[./\dA-Za-z]{86}$/)
    expect(reveal(`lookup('password', '${path}', encrypt='sha512_crypt')`)).toBe(hash)
    expect(readFileSync(path, 'utf8')).toMatch(/^\S{20} salt=[./\dA-Za-z]{16}\n$/)
  })

  test('does not keep what goes to /dev/null, and repeats itself with a seed', () => {
    const seeded = "lookup('password', '/dev/null', seed='web1', length=8)"
    expect(reveal(seeded)).toBe(reveal(seeded))
    expect(reveal("lookup('password', '/dev/null')")).not.toBe(reveal("lookup('password', '/dev/null')"))
  })
})

describe('the url lookup', () => {
  // The lookup is synchronous, so the server must live in a thread of its own.
  const server = `
    const { createServer } = require('node:http')
    const { parentPort } = require('node:worker_threads')
    createServer((request, response) => {
      if (request.url === '/missing') response.statusCode = 404
      response.end(request.url === '/login' ? String(request.headers.authorization) : 'one\\ntwo\\n')
    }).listen(0, '127.0.0.1', function () { parentPort.postMessage(this.address().port) })`
  let worker: Worker
  let base: string

  beforeAll(async () => {
    worker = new Worker(server, { eval: true })
    const port = await new Promise<number>((resolve) => worker.once('message', resolve))
    base = `http://127.0.0.1:${port}`
  })
  afterAll(() => worker.terminate())

  test('gives lines, or the whole', () => {
    expect(value(`query('url', '${base}/x')`)).toEqual(['one', 'two'])
    expect(value(`lookup('url', '${base}/x', split_lines=false)`)).toBe('one\ntwo\n')
  })

  test('logs in', () => {
    const login = value(`lookup('url', '${base}/login', username='u', password='p')`)
    expect(login).toBe(`Basic ${Buffer.from('u:p').toString('base64')}`)
  })

  test('says what is wrong', () => {
    expect(errorOf(() => value(`lookup('url', '${base}/missing')`))).toContain('HTTP 404')
    expect(errorOf(() => value("lookup('url', 'http://127.0.0.1:1/')"))).toContain('cannot be read')
  })
})
