import { describe, expect, it } from 'vitest'
import { parseExtraVars } from '../../runner/inventory/extra-vars.ts'
import type { Inventory } from '../../runner/inventory/inventory.ts'
import { loadInventory } from '../../runner/inventory/load.ts'
import { members, mistakes, project, variables } from './project.ts'

const HOSTS = `
all:
  hosts:
    web1: { env: prod, tags: [a, b, ''], place: { city: 'New York', zone: '' }, port: 80, nothing: '' }
    web2: { env: dev, tags: [] }
    db1: { env: prod, secret: '{{ missing }}' }
`

async function construct(rest: string, more: Record<string, string> = {}): Promise<Inventory> {
  const directory = project({ '1-hosts.yml': HOSTS, '2-made.yml': `plugin: constructed\n${rest}`, ...more })
  return (await loadInventory([directory])).inventory
}

describe('a constructed inventory', () => {
  it('composes variables from expressions, and leaves out what cannot be evaluated', async () => {
    const inventory = await construct(`
compose:
  ansible_host: inventory_hostname ~ '.' ~ env ~ '.example.org'
  next: port + 1
  where: place.city | lower
`)
    expect(variables(inventory, 'web1')).toMatchObject({
      ansible_host: 'web1.prod.example.org',
      next: 81,
      where: 'new york',
    })
    expect(variables(inventory, 'db1')).toEqual({
      env: 'prod',
      secret: expect.anything(),
      ansible_host: 'db1.prod.example.org',
    })
  })

  it.each<[string, string, object]>([
    [
      'conditions',
      `groups:\n  webs: inventory_hostname.startswith('web')\n  ports: port is defined\n  big: port > 100\n`,
      { webs: ['web1', 'web2'], ports: ['web1'] },
    ],
    [
      'the values of a key',
      'keyed_groups:\n  - key: env\n    prefix: in\n',
      { in_prod: ['web1', 'db1'], in_dev: ['web2'] },
    ],
    ['a key without prefix', 'keyed_groups: [{ key: env }]', { _prod: ['web1', 'db1'], _dev: ['web2'] }],
    [
      'and without its separator',
      'leading_separator: false\nkeyed_groups: [{ key: env }]',
      { prod: ['web1', 'db1'], dev: ['web2'] },
    ],
    [
      'a list, under a parent',
      `keyed_groups: [{ key: tags, prefix: t, separator: '', parent_group: tagged }]`,
      { ta: ['web1'], tagged: ['web1'], tb: ['web1'], t: ['web1'] },
    ],
    [
      'a dictionary',
      'keyed_groups: [{ key: place, prefix: p }]',
      { p_city_New_York: ['web1'], p_zone_: ['web1'] },
    ],
    [
      'a dictionary without trailing separators',
      'keyed_groups: [{ key: place, prefix: p, trailing_separator: false }]',
      { p_city_New_York: ['web1'], p_zone: ['web1'] },
    ],
    [
      'a default for what is empty',
      'keyed_groups: [{ key: nothing, prefix: n, default_value: none }]',
      { n_none: ['web1'] },
    ],
    ['nothing for what is empty', 'keyed_groups: [{ key: nothing, prefix: n }]', {}],
  ])('makes groups of %s', async (_, rest, expected) => {
    const { ungrouped: _ungrouped, ...made } = members(await construct(rest))
    expect(made).toEqual(expected)
  })

  it('sees files of variables only where it is told to', async () => {
    const file = { 'group_vars/all.yml': 'colour: red' }
    const rest = 'keyed_groups: [{ key: colour, prefix: c }]'
    expect(members(await construct(rest, file))).not.toHaveProperty('c_red')
    expect(members(await construct(`use_vars_plugins: true\n${rest}`, file))).toMatchObject({
      c_red: ['web1', 'web2', 'db1'],
    })
  })

  it('sees variables of the command line only where it is told to', async () => {
    const directory = project({
      '1.yml': HOSTS,
      '2.yml': 'plugin: constructed\nuse_extra_vars: true\ncompose: { greeting: "\'hello\' ~ whom" }\n',
      '3.yml': 'plugin: constructed\ncompose: { silent: whom }\n',
    })
    const { inventory } = await loadInventory([directory], undefined, parseExtraVars(['whom=you']))
    expect(variables(inventory, 'web2')).toMatchObject({ greeting: 'helloyou' })
    expect(variables(inventory, 'web2')).not.toHaveProperty('silent')
  })

  it('makes a strict file’s first failure an error with its place', async () => {
    const found = await mistakes(construct('strict: true\ncompose:\n  next: port + 1\n'))
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(/^4:9 .*port/)
  })

  it.each([
    ['an unknown key', 'keyed_group: []\n', /^2:1 unknown key 'keyed_group'.*did you mean 'keyed_groups'/],
    [
      'an unknown key of a key',
      'keyed_groups: [{ key: a, seperator: x }]\n',
      /^2:26 unknown key 'seperator'.*did you mean 'separator'/,
    ],
    ['a list where a dictionary belongs', 'compose: [a]\n', /^2:10 /],
    ['an expression that is none', "strict: true\ngroups: { a: 'x ==' }\n", /^3:/],
  ])('with %s is refused', async (_, rest, message) => {
    const found = await mistakes(construct(rest))
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(message)
  })

  it('takes a group’s name from a script’s data literally', async () => {
    const directory = project({
      '1-script': `#!/bin/sh\necho '{"a": ["h"], "_meta": {"hostvars": {"h": {"k": "{{ 7 * 7 }}"}}}}'\n`,
      '2.yml': 'plugin: ansible.builtin.constructed\nkeyed_groups: [{ key: k, prefix: p }]',
    })
    const { inventory } = await loadInventory([directory])
    expect(Object.keys(members(inventory))).toEqual(['a', 'p____7___7___'])
    expect(variables(inventory, 'h')).toEqual({ k: '{{ 7 * 7 }}' })
  })
})
