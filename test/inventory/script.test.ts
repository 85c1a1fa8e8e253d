import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadInventory } from '../../runner/inventory/load.ts'
import { Secret } from '../../runner/variables/secret.ts'
import { Template } from '../../runner/variables/template.ts'
import { Vault } from '../../runner/vault/vault.ts'
import { inventoryMagic } from '../../runner/inventory/magic.ts'
import { members, mistakes, project, variables } from './project.ts'

/** A script that answers `--list` with this, and `--host NAME` with what `hosts` says. */
function script(list: unknown, hosts: Record<string, unknown> = {}): string {
  const directory = project({
    'list.json': typeof list === 'string' ? list : JSON.stringify(list),
    ...Object.fromEntries(
      Object.entries(hosts).map(([name, answer]) => [`${name}.json`, JSON.stringify(answer)]),
    ),
    inventory:
      '#!/bin/sh\ncd "$(dirname "$0")"\n[ "$1" = --list ] && exec cat list.json\nexec cat "$2.json"\n',
  })
  return join(directory, 'inventory')
}

const load = async (list: unknown, hosts?: Record<string, unknown>) =>
  (await loadInventory([script(list, hosts)])).inventory

describe('an inventory script', () => {
  it('answers with groups, their hosts, variables and children', async () => {
    const inventory = await load({
      web: { hosts: ['web1', 'web2'], vars: { port: 80 } },
      db: ['db1'],
      south: { children: ['web', 'db'] },
      alone: { ansible_host: '10.0.0.1' },
      _meta: { hostvars: { web1: { a: [1, { b: null }] } } },
    })
    expect(members(inventory)).toEqual({
      web: ['web1', 'web2'],
      db: ['db1'],
      south: ['web1', 'web2', 'db1'],
      alone: ['alone'],
    })
    expect(variables(inventory, 'web1')).toEqual({ port: 80, a: [1, { b: null }] })
  })

  it('is asked host by host when it has no _meta', async () => {
    const inventory = await load({ web: ['web1', 'web2'] }, { web1: { n: 1 }, web2: { n: 2 } })
    expect([variables(inventory, 'web1'), variables(inventory, 'web2')]).toEqual([{ n: 1 }, { n: 2 }])
  })

  it.each([
    ['no JSON', 'hello', 'what it says is no JSON'],
    ['a list', [], 'what it says is no dictionary'],
    ['a group that is text', { web: 'web1' }, 'web must be a list or a dictionary'],
    ['hosts that are a dictionary', { web: { hosts: { web1: {} } } }, 'hosts of web must be a list of names'],
    ['variables that are a list', { web: { vars: [] } }, 'vars of web must be a dictionary'],
    ['a circle', { a: { children: ['b'] }, b: { children: ['a'] } }, "group 'a' cannot be a child of 'b'"],
  ])('that answers %s is refused', async (_, answer, message) => {
    expect(await mistakes(load(answer))).toEqual([expect.stringContaining(message)])
  })

  it('that fails is reported with its last words', async () => {
    const directory = project({ inventory: '#!/bin/sh\necho out of luck >&2\nexit 3\n' })
    expect(await mistakes(loadInventory([join(directory, 'inventory')]))).toEqual([
      expect.stringMatching(/inventory script .* --list exited with 3: out of luck/),
    ])
  })

  it('that needs a program which is not there is reported as such', async () => {
    const directory = project({ inventory: '#!/nonexistent/python\n' })
    expect(await mistakes(loadInventory([join(directory, 'inventory')]))).toEqual([
      expect.stringMatching(/failed: the program after its #! does not exist/),
    ])
  })

  it('must be executable', async () => {
    const { chmodSync } = await import('node:fs')
    const path = script({})
    chmodSync(path, 0o644)
    expect(await mistakes(loadInventory([path]))).toEqual([
      expect.stringMatching(/begins with #! but is not executable \(chmod \+x .*\)/),
    ])
  })

  it('may give vaulted values', async () => {
    const vault = new Vault([{ id: 'default', password: Buffer.from('x') }])
    const path = script({
      a: ['h'],
      _meta: { hostvars: { h: { s: { __ansible_vault: vault.encrypt('hidden') } } } },
    })
    const { inventory } = await loadInventory([path], vault)
    const { s } = variables(inventory, 'h')
    expect(s).toBeInstanceOf(Secret)
    expect((s as Secret).reveal()).toBe('hidden')
  })
})

describe('hostile data from an inventory script', () => {
  it('is never a template, wherever it stands', async () => {
    const evil = "{{ lookup('pipe', 'touch /tmp/owned') }}"
    const inventory = await load({
      [evil]: { hosts: [evil], vars: { group: evil } },
      _meta: {
        hostvars: {
          [evil]: {
            ansible_connection: evil,
            ansible_host: evil,
            [evil]: evil,
            deep: { list: [evil] },
            unsafe: { __ansible_unsafe: evil },
          },
        },
      },
    })
    const found = variables(inventory, evil)
    expect(found).toEqual({
      group: evil,
      ansible_connection: evil,
      ansible_host: evil,
      [evil]: evil,
      deep: { list: [evil] },
      unsafe: evil,
    })
    const every = JSON.stringify(found, (_, value) =>
      value instanceof Template ? 'A TEMPLATE' : (value as unknown),
    )
    expect(every).not.toContain('A TEMPLATE')
    expect(inventoryMagic(inventory, inventory.host(evil)!).get('inventory_hostname')).toBe(evil)
  })

  it('may hold __proto__ without changing any object', async () => {
    const inventory = await load(
      '{"__proto__": {"hosts": ["h"]}, "constructor": ["h"], "_meta": {"hostvars": {"h": {"__proto__": {"polluted": 1}, "toString": 1}, "__proto__": {"x": 1}}}}',
    )
    expect(members(inventory)).toEqual(
      Object.fromEntries([
        ['__proto__', ['h']],
        ['constructor', ['h']],
      ]),
    )
    expect(Object.entries(variables(inventory, 'h'))).toEqual([
      ['__proto__', { polluted: 1 }],
      ['toString', 1],
    ])
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  it('keeps newlines and escapes in names and values', async () => {
    const name = 'web1\n\u001b[2Jok: [db1]'
    const inventory = await load({ web: [name], _meta: { hostvars: { [name]: { v: 'a\nb\u0000c' } } } })
    expect([...inventory.hosts.keys()]).toEqual([name])
    expect(variables(inventory, name)).toEqual({ v: 'a\nb\u0000c' })
  })

  it.each(['../../secret', '..', '.', '/etc/passwd', 'a/b', 'nul\u0000'])(
    'reads no file for a host named %j',
    async (name) => {
      const path = script({ all: { hosts: [name] }, _meta: { hostvars: {} } })
      const { inventory } = await loadInventory([path])
      const root = project({
        'secret.yml': 'found: 1',
        'p/host_vars/b.yml': 'found: 1',
        'p/host_vars/a/b.yml': 'found: 1',
      })
      expect(variables(inventory, name, { playbookDirectory: join(root, 'p') })).toEqual({})
    },
  )
})
