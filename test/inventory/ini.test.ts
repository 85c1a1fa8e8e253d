import { describe, expect, it } from 'vitest'
import { Template } from '../../runner/variables/template.ts'
import { inventoryOf, members, mistakes, variables } from './project.ts'

const ini = (content: string) => inventoryOf(content, 'hosts.ini')

describe('an INI inventory', () => {
  it('names hosts, groups and their children, also before they are declared', async () => {
    const inventory = await ini(`
# a comment
; another one
lonely ansible_host=10.0.0.9

[south:children]
web
db

[web]
web[01:02].example.org http_port=8080

[db] # the databases
db-[a:b]
`)
    expect(members(inventory)).toEqual({
      ungrouped: ['lonely'],
      south: ['web01.example.org', 'web02.example.org', 'db-a', 'db-b'],
      web: ['web01.example.org', 'web02.example.org'],
      db: ['db-a', 'db-b'],
    })
    expect(variables(inventory, 'web02.example.org')).toEqual({ http_port: 8080 })
  })

  it('types the values of hosts and groups as Python literals, and keeps the rest as text', async () => {
    const inventory = await ini(`
[web]
w text=abc flag=yes yes=True none=None mode=0644 list="['a', 1]" both="a b" quoted="'8080'" esc=a\\ b hash=ab#cd

[web:vars]
ports = 80,443
dict = {'a': {'b': [1]}}
path = /a b/c # no comment here
one = 1 # a comment here
eq = a=b
empty =
`)
    expect(variables(inventory, 'w')).toEqual({
      text: 'abc',
      flag: 'yes',
      yes: true,
      none: null,
      mode: '0644',
      list: ['a', 1],
      both: 'a b',
      quoted: '8080',
      esc: 'a b',
      hash: 'ab',
      ports: [80, 443],
      dict: { a: { b: [1] } },
      path: '/a b/c # no comment here',
      one: 1,
      eq: 'a=b',
      empty: '',
    })
  })

  it('keeps templates as the author’s, with their place', async () => {
    const inventory = await ini('[web]\nw a="{{ b }}"\n[web:vars]\nc = [\'{{ d }}\']\n')
    const { a, c } = variables(inventory, 'w') as { a: Template; c: Template[] }
    expect(a).toEqual(
      expect.objectContaining({
        source: '{{ b }}',
        location: expect.objectContaining({ line: 2, column: 3 }),
      }),
    )
    expect(c[0]).toBeInstanceOf(Template)
  })

  it('reads a file without extension by its first line', async () => {
    expect(members(await inventoryOf('[web]\nw1\n', 'hosts'))).toEqual({ web: ['w1'] })
    expect(members(await inventoryOf('w1 ansible_host=::1\n', 'hosts'))).toEqual({ ungrouped: ['w1'] })
    expect(members(await inventoryOf('---\nweb:\n  hosts: {w1: }\n', 'hosts'))).toEqual({ web: ['w1'] })
    expect(members(await inventoryOf('web:\n  hosts: {w1: }\n', 'hosts'))).toEqual({ web: ['w1'] })
    expect(members(await inventoryOf('{"web": {"hosts": {"w1": {}}}}', 'hosts'))).toEqual({ web: ['w1'] })
  })
})

describe('mistakes in an INI inventory', () => {
  it.each([
    [
      'an unknown kind of section',
      '[web:childern]\n',
      ['1:1 section [web:childern] is of an unknown kind (did you mean [web:children]?)'],
    ],
    [
      'a space in a section',
      '[web servers]\n',
      [
        '1:1 [web servers] is no section (expected [group], [group:children] or [group:vars], without spaces)',
      ],
    ],
    [
      'a word that is no assignment',
      '[web]\nw1 port\n',
      ['2:4 expected key=value, not \'port\' (quote a value that holds spaces: key="a b")'],
    ],
    ['an open quote', '[web]\nw1 a="b\n', ['2:1 the quote at column 6 is not closed']],
    [
      'variables of a group nobody declares',
      '[web]\nw1\n[wbe:vars]\na=1\n',
      ["3:1 [wbe:vars] names the group 'wbe', which is declared nowhere (did you mean 'web'?)"],
    ],
    [
      'a child nobody declares',
      '[all:children]\nwbe\n[web]\n',
      ["2:1 [all:children] names the group 'wbe', which is declared nowhere (did you mean 'web'?)"],
    ],
    [
      'variables among children',
      '[a:children]\nb=1 2\n',
      ["2:1 expected the name of a group, not 'b=1 2' (variables of a group belong under [a:vars])"],
    ],
    [
      'a circle',
      '[a:children]\nb\n[b:children]\na\n',
      ["4:1 group 'a' cannot be a child of 'b': it would contain itself (a → b → a)"],
    ],
    [
      'YAML in it',
      '---\nweb:\n',
      [
        '1:1 --- begins a YAML file, but this one is read as INI (name it inventory.yml)',
        '2:1 web: ends in a colon; a port belongs after it, as in web:22',
      ],
    ],
    ['a port that is none', 'w1:99999\n', ['1:1 99999 is not a port: expected 1 to 65535']],
  ])('%s', async (_, text, expected) => {
    const found = await mistakes(ini(text))
    expect(found).toHaveLength(expected.length)
    for (const [index, message] of expected.entries()) expect(found[index]).toContain(message)
  })
})
