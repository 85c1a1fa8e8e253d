import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { InventorySchema } from '../../runner/inventory/schema.ts'
import { parseYaml } from '../../runner/source/yaml.ts'
import { Template } from '../../runner/variables/template.ts'
import { inventoryOf, members, mistakes, variables } from './project.ts'

describe('a YAML inventory', () => {
  it('names hosts, groups and their children', async () => {
    const inventory = await inventoryOf(`
all:
  hosts:
    lonely:
  children:
    web:
      hosts:
        web[1:2]:
      children:
        canary: { hosts: web2 }
    db: { hosts: { db1: , web1: } }
    empty:
`)
    expect([...inventory.hosts.keys()]).toEqual(['lonely', 'web1', 'web2', 'db1'])
    expect(members(inventory)).toEqual({
      ungrouped: ['lonely'],
      web: ['web1', 'web2'],
      canary: ['web2'],
      db: ['db1', 'web1'],
    })
    expect(inventory.groups.has('empty')).toBe(true)
  })

  it('takes no number for a host’s name, unless it is written as text', async () => {
    expect(await mistakes(inventoryOf('all: { hosts: { 1234: , "5678": , 10.0.0.1: } }'))).toEqual([
      expect.stringContaining('Host pattern 1234 must be a string'),
    ])
  })

  it('gives hosts the variables of their groups, the deeper group and then the host winning', async () => {
    const inventory = await inventoryOf(`
all:
  vars: { a: all, b: all, c: all, d: all }
  children:
    outer:
      vars: { b: outer, c: outer, d: outer }
      children:
        inner:
          vars: { c: inner, d: inner }
          hosts:
            web1: { d: host }
`)
    expect(variables(inventory, 'web1')).toEqual({ a: 'all', b: 'outer', c: 'inner', d: 'host' })
  })

  it.each([
    ['the later name wins among groups of one depth', '', '', 'zeta'],
    ['unless another has a higher priority', 'ansible_group_priority: 10', '', 'alpha'],
    ['the priority may be text', "ansible_group_priority: '10'", 'ansible_group_priority: 9', 'alpha'],
  ])('%s', async (_, alpha, zeta, winner) => {
    const inventory = await inventoryOf(`
alpha: { hosts: { web1: }, vars: { who: alpha, ${alpha} } }
zeta: { hosts: { web1: }, vars: { who: zeta, ${zeta} } }
`)
    expect(variables(inventory, 'web1')).toEqual({ who: winner })
  })

  it('reads a port behind a name, and keeps templates as the author’s', async () => {
    const inventory = await inventoryOf(
      `all: { hosts: { 'web1:2222': { url: 'http://{{ ansible_host }}' } } }`,
    )
    const { ansible_port: port, url } = variables(inventory, 'web1')
    expect(port).toBe(2222)
    expect(url).toBeInstanceOf(Template)
    expect((url as Template).location).toMatchObject({ line: 1, column: 38 })
  })

  it('accepts `sandbox` as true, as a suite and as nothing', async () => {
    const inventory = await inventoryOf(
      'all: { hosts: { a: { sandbox: true }, b: { sandbox: { suite: trixie } }, c: { sandbox: } } }',
    )
    expect(['a', 'b', 'c'].map((name) => variables(inventory, name)['sandbox'])).toEqual([
      true,
      { suite: 'trixie' },
      null,
    ])
  })
})

const wrong: [what: string, text: string, mistakes: string[]][] = [
  [
    'a list',
    '- web1\n',
    [
      '1:1 an inventory is a dictionary of groups, but found a list (begin with `all:`, and `hosts:` below it)',
    ],
  ],
  [
    'nothing',
    '\n',
    [
      '1:1 an inventory is a dictionary of groups, but the file is empty (begin with `all:`, and `hosts:` below it)',
    ],
  ],
  [
    'a mistyped key',
    'web:\n  hots:\n    web1:\n',
    ["2:3 group 'web' has no key 'hots': expected hosts, vars or children (did you mean 'hosts'?)"],
  ],
  [
    'a variable where a section belongs',
    'web:\n  http_port: 80\n',
    [
      "2:3 group 'web' has no key 'http_port': expected hosts, vars or children (a variable belongs under vars:)",
    ],
  ],
  [
    'hosts as a list',
    'web:\n  hosts:\n    - web1\n',
    ["3:5 hosts of group 'web' must be a dictionary, not a list (write `web1:` instead of `- web1`)"],
  ],
  [
    'a group that is text',
    'all:\n  children:\n    web: db\n',
    ["3:5 group 'web' must be a dictionary with hosts, vars or children, not a string"],
  ],
  [
    'a host that is text',
    'web:\n  hosts:\n    web1: 10.0.0.1\n',
    ["3:11 host 'web1' must have a dictionary of variables or nothing, not a string"],
  ],
  [
    'a range that ends before it begins',
    'web:\n  hosts:\n    web[3:1]:\n',
    ['3:5 [3:1] begins after it ends'],
  ],
  [
    'a circle',
    'a: { children: { b: } }\nb:\n  children:\n    c:\n      children:\n        a:\n',
    [
      "6:9 group 'a' cannot be a child of 'c': it would contain itself (a → b → c → a) (groups may share children, but not in a circle; remove one of these relations)",
    ],
  ],
  [
    'a group in itself',
    'a:\n  children:\n    a:\n',
    [
      "3:5 group 'a' cannot be a child of 'a': it would contain itself (a → a) (groups may share children, but not in a circle; remove one of these relations)",
    ],
  ],
  [
    'a priority that is no number',
    'a:\n  vars:\n    ansible_group_priority: high\n',
    ['3:29 ansible_group_priority must be a whole number'],
  ],
  [
    'an unknown suite',
    'a:\n  hosts:\n    b:\n      sandbox: { suite: bokworm }\n',
    ["4:25 suite must be bookworm or trixie (did you mean 'bookworm'?)"],
  ],
  [
    'an unknown key of a sandbox',
    'a: { hosts: { b: { sandbox: { siute: trixie } } } }',
    ["1:31 sandbox has no key 'siute', only suite (did you mean 'suite'?)"],
  ],
  [
    'a sandbox that is text',
    'a: { hosts: { b: { sandbox: trixie } } }',
    ['1:29 sandbox must be true or a dictionary with a suite (write `sandbox: true`)'],
  ],
  ['a duplicate host', 'a:\n  hosts:\n    b:\n    b:\n', ["4:5 duplicate key 'b'"]],
]

describe('mistakes in a YAML inventory', () => {
  it.each(wrong)('%s', async (_, text, expected) => {
    const found = await mistakes(inventoryOf(text))
    expect(found).toHaveLength(expected.length)
    for (const [index, message] of expected.entries()) expect(found[index]).toContain(message)
  })

  it('are told all at once', async () => {
    const text = 'web:\n  hots:\n  vrs:\n  children:\n    db: 1\n  hosts:\n    w[2:1]:\n'
    expect(await mistakes(inventoryOf(text))).toHaveLength(4)
  })
})

const SHAPES = wrong.filter(([what]) => !/range|circle|itself|priority|duplicate/.test(what))

describe('the schema for editors', () => {
  const fits = new Ajv2020({ allowUnionTypes: true }).compile(InventorySchema as object)

  it.each(SHAPES)('refuses %s too', (_, text) => {
    expect(fits(parseYaml(text, 'inventory.yml').value)).toBe(false)
  })

  it('accepts what the reader accepts', () => {
    const text = `
all:
  hosts: { a: { sandbox: { suite: trixie }, x: 1 }, b: , c: { sandbox: true } }
  vars: { v: [1] }
  children: { d: , e: { hosts: f } }
`
    expect(fits(parseYaml(text, 'inventory.yml').value)).toBe(true)
  })
})
