import { join } from 'node:path'
import { generateX25519Identity } from 'age-encryption'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { addHost } from '../../runner/inventory/dynamic.ts'
import { loadInventory } from '../../runner/inventory/load.ts'
import { InventoryVariables } from '../../runner/inventory/variables.ts'
import { Scope } from '../../runner/variables/scope.ts'
import { Secret } from '../../runner/variables/secret.ts'
import { encryptAge, recipientsOf } from '../../runner/vault/age.ts'
import { Vault } from '../../runner/vault/vault.ts'
import { inventoryOf, mistakes, project, variables, type Tree } from './project.ts'

// From the lowest to the highest; each level sets its own variable and those of all levels above it.
const LEVELS = [
  'inventory all',
  'inventory group',
  'inventory group_vars/all',
  'playbook group_vars/all',
  'inventory group_vars/outer',
  'inventory group_vars/inner',
  'playbook group_vars/outer',
  'inventory host',
  'inventory host_vars',
  'playbook host_vars',
]

function sets(level: string): string {
  const own = LEVELS.indexOf(level)
  const names = LEVELS.map((_, index) => `v${index}`).slice(own)
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, level])))
}

const EVERYWHERE: Tree = {
  'inventory/hosts.yml': `
all:
  vars: ${sets('inventory all')}
  children:
    outer:
      vars: ${sets('inventory group')}
      children:
        inner: { hosts: { web1: ${sets('inventory host')} } }
`,
  'inventory/group_vars/all.yml': sets('inventory group_vars/all'),
  'inventory/group_vars/outer.yml': sets('inventory group_vars/outer'),
  'inventory/group_vars/inner.yml': sets('inventory group_vars/inner'),
  'inventory/host_vars/web1.yml': sets('inventory host_vars'),
  'playbooks/group_vars/all.yml': sets('playbook group_vars/all'),
  'playbooks/group_vars/outer.yml': sets('playbook group_vars/outer'),
  'playbooks/host_vars/web1.yml': sets('playbook host_vars'),
}

const sandboxVariables = (name: string) => ({
  ansible_host: `address of ${name}`,
  ansible_user: 'debian',
  ansible_port: 22,
})

describe('variables of a host', () => {
  it('come from all levels, each higher one winning', async () => {
    const directory = project(EVERYWHERE)
    const { inventory } = await loadInventory([join(directory, 'inventory/hosts.yml')])
    const found = variables(inventory, 'web1', { playbookDirectory: join(directory, 'playbooks') })
    expect(Object.entries(found).toSorted(([a], [b]) => a.localeCompare(b))).toEqual(
      LEVELS.map((level, index) => [`v${index}`, level]),
    )
  })

  it('know which layer and line they come from, and what they override', async () => {
    const directory = project(EVERYWHERE)
    const { inventory } = await loadInventory([join(directory, 'inventory/hosts.yml')])
    const layers = new InventoryVariables(inventory, {
      playbookDirectory: join(directory, 'playbooks'),
    }).layersFor(inventory.host('web1')!)
    const scope = new Scope(layers, { playbookDir: directory, searchPath: () => [] })
    const shown = scope
      .origins('v9')
      .map(({ layer, location }) => [layer, location?.line].join(' ').replaceAll(`${directory}/`, ''))
    expect(shown).toEqual([
      'playbooks/host_vars/web1 1',
      'inventory/host_vars/web1 1',
      'inventory/hosts.yml host web1 8',
      'playbooks/group_vars/outer 1',
      'inventory/group_vars/inner 1',
      'inventory/group_vars/outer 1',
      'playbooks/group_vars/all 1',
      'inventory/group_vars/all 1',
      'inventory/hosts.yml group outer 6',
      'inventory/hosts.yml group all 3',
    ])
  })

  it('are the same once where the playbook lies beside the inventory', async () => {
    const directory = project({ 'inventory.yml': 'web: { hosts: { web1: } }', 'group_vars/web.yml': 'a: 1' })
    const { inventory } = await loadInventory([join(directory, 'inventory.yml')])
    const layers = new InventoryVariables(inventory, { playbookDirectory: `${directory}/.` }).layersFor(
      inventory.host('web1')!,
    )
    expect(layers.map(({ name }) => name.replace(`${directory}/`, ''))).toEqual(['group_vars/web'])
  })

  it.each<[string, Tree, Record<string, unknown>]>([
    ['a file without extension', { 'host_vars/web1': 'a: 1' }, { a: 1 }],
    ['a .yaml file', { 'host_vars/web1.yaml': 'a: 1' }, { a: 1 }],
    ['a .json file', { 'host_vars/web1.json': '{"a": 1}' }, { a: 1 }],
    ['an empty file', { 'host_vars/web1.yml': '---\n' }, {}],
    ['the first of several', { 'host_vars/web1': 'a: 1', 'host_vars/web1.yml': 'a: 2' }, { a: 1 }],
    [
      'all files of a directory, by name and also from below',
      {
        'host_vars/web1/b.yml': 'x: b',
        'host_vars/web1/a.yml': 'x: a\ny: a',
        'host_vars/web1/c/d.yml': 'z: d',
      },
      { x: 'b', y: 'a', z: 'd' },
    ],
    [
      'but not hidden ones, backups and others',
      {
        'host_vars/web1/.a.yml': 'x: 1',
        'host_vars/web1/a.yml~': 'x: 1',
        'host_vars/web1/a.txt': 'x: 1',
        'host_vars/web1/.b/a.yml': 'x: 1',
      },
      {},
    ],
  ])('%s', async (_, files, expected) => {
    const directory = project({ 'inventory.yml': 'all: { hosts: { web1: } }', ...files })
    const { inventory } = await loadInventory([join(directory, 'inventory.yml')])
    expect(variables(inventory, 'web1')).toEqual(expected)
  })

  it('also come from files for `all` to the implicit localhost', async () => {
    const directory = project({ 'inventory.yml': 'all: { vars: { b: 2 } }', 'group_vars/all.yml': 'a: 1' })
    const { inventory } = await loadInventory([join(directory, 'inventory.yml')])
    expect(variables(inventory, 'localhost')).toMatchObject({ a: 1, b: 2, ansible_connection: 'local' })
  })

  it('are secrets where the file or the value is vaulted', async () => {
    const vault = new Vault([{ id: 'default', password: Buffer.from('open sesame') }])
    const inline = vault.encrypt('inline').trimEnd().replaceAll('\n', '\n  ')
    const directory = project({
      'inventory.yml': 'all: { hosts: { web1: } }',
      'group_vars/all.yml': vault.encrypt('whole: text\nport: 80\n'),
      'host_vars/web1.yml': `value: !vault |\n  ${inline}\n`,
    })
    const { inventory } = await loadInventory([join(directory, 'inventory.yml')], vault)
    const found = variables(inventory, 'web1', { vault })
    expect(Object.keys(found)).toEqual(['whole', 'port', 'value'])
    for (const value of Object.values(found)) expect(value).toBeInstanceOf(Secret)
    expect(Object.values(found).map((value) => (value as Secret).reveal())).toEqual(['text', 80, 'inline'])
    expect(JSON.stringify(found)).not.toMatch(/text|inline/)
  })

  it('are secrets where the file is encrypted with age', async () => {
    const identity = await generateX25519Identity()
    const vault = new Vault([{ id: 'default', password: Buffer.from(identity) }])
    const directory = project({
      'inventory.yml': 'all: { hosts: { web1: } }',
      'group_vars/all.yml': await encryptAge(Buffer.from('token: hidden'), await recipientsOf([identity])),
    })
    const { inventory } = await loadInventory([join(directory, 'inventory.yml')], vault)
    const { token } = variables(inventory, 'web1', { vault })
    expect(token).toBeInstanceOf(Secret)
    expect((token as Secret).reveal()).toBe('hidden')
  })

  it('tells everything that is wrong in any file before a run', async () => {
    const directory = project({
      'inventory.yml': 'web: { hosts: { web1: , web2: } }',
      'group_vars/web.yml': '- a list\n',
      'host_vars/web1.yml': 'a: 1\na: 2\n',
      'host_vars/web2.yml': '$ANSIBLE_VAULT;1.1;AES256\n6162\n',
    })
    const { inventory } = await loadInventory([join(directory, 'inventory.yml')])
    const problems = new InventoryVariables(inventory).problems()
    expect(problems.map(({ message }) => message)).toEqual([
      'a file of variables must be a dictionary',
      expect.stringContaining("duplicate key 'a'"),
      expect.stringContaining('no vault password was given'),
    ])
    for (const { location } of problems) expect(location?.file).toContain(directory)
  })

  it('follow hosts that join groups while the run goes on', async () => {
    const inventory = await inventoryOf('web: { hosts: { web1: }, vars: { a: 1 } }')
    const all = new InventoryVariables(inventory)
    expect([...all.layersFor(inventory.host('web1')!)].map(({ name }) => name)).toHaveLength(1)
    const { host } = addHost(inventory, { name: 'new', groups: ['web'], variables: { b: 2 } })
    expect(all.layersFor(host).map((layer) => [layer.get('a'), layer.get('b')])).toEqual([
      [undefined, 2],
      [1, undefined],
    ])
  })

  it('share the layers of groups between hosts', async () => {
    const inventory = await inventoryOf('web: { hosts: { "web[1:300]": }, vars: { a: 1 } }')
    const all = new InventoryVariables(inventory)
    const layers = [...inventory.hosts.values()].map((host) => all.layersFor(host)[0])
    expect(layers).toHaveLength(300)
    expect(new Set(layers).size).toBe(1)
  })

  it('have what a sandbox says of itself below their own and above their groups’', async () => {
    const inventory = await inventoryOf(`
web:
  hosts:
    web1: { sandbox: true, ansible_user: root }
    web2: { sandbox: { suite: trixie } }
    web3: { sandbox: false }
  vars: { ansible_user: deploy, ansible_port: 2222 }
`)
    const of = (name: string) => variables(inventory, name, { sandboxVariables })
    expect(of('web1')).toMatchObject({
      ansible_host: 'address of web1',
      ansible_user: 'root',
      ansible_port: 22,
    })
    expect(of('web2')).toMatchObject({
      ansible_host: 'address of web2',
      ansible_user: 'debian',
      ansible_port: 22,
    })
    expect(of('web3')).toEqual({ sandbox: false, ansible_user: 'deploy', ansible_port: 2222 })
  })
})

describe('inventory sources', () => {
  it('are read one after the other, the later winning, each with its files beside it', async () => {
    const directory = project({
      'a/hosts.yml': 'web: { hosts: { web1: { own: a } } }',
      'a/group_vars/web.yml': 'x: a\ny: a',
      'b/hosts.ini': '[web]\nweb1 own=b\nweb2\n',
      'b/group_vars/web.yml': 'x: b',
    })
    const { inventory } = await loadInventory(
      ['a/hosts.yml', 'b/hosts.ini'].map((path) => join(directory, path)),
    )
    expect(variables(inventory, 'web1')).toEqual({ own: 'b', x: 'b', y: 'a' })
    expect(variables(inventory, 'web2')).toEqual({ x: 'b', y: 'a' })
  })

  it('may be a directory: its files by name, without what is no inventory', async () => {
    const directory = project({
      'i/10-web.yml': 'web: { hosts: { web1: } }',
      'i/20-db': '[db]\ndb1\n',
      'i/sub/more.yml': 'web: { hosts: { web2: } }',
      'i/group_vars/web.yml': 'a: 1',
      'i/.hidden.yml': 'x: { hosts: { bad1: } }',
      'i/old.yml~': 'x: { hosts: { bad2: } }',
      'i/README.md': '# hello',
      'i/ansible.cfg': '[defaults]',
    })
    const { inventory } = await loadInventory([join(directory, 'i')])
    expect([...inventory.hosts.keys()]).toEqual(['web1', 'db1', 'web2'])
    expect(variables(inventory, 'web2')).toEqual({ a: 1 })
  })

  it('may be a list of hosts', async () => {
    const { inventory } = await loadInventory(['web1,web[2:3]:2222, 10.0.0.1,'])
    expect([...inventory.hosts.keys()]).toEqual(['web1', 'web2', 'web3', '10.0.0.1'])
    expect(variables(inventory, 'web3')).toEqual({ ansible_port: 2222 })
    expect(inventory.groupNames(inventory.host('web1')!)).toEqual(['ungrouped'])
  })

  it('that are wrong are all told at once', async () => {
    const directory = project({
      'a.yml': 'web: { hots: }',
      'b.ini': '[web:x]\n',
      'c.yml': 'plugin: aws_ec2\n',
      'd.toml': '[web]',
    })
    const sources = ['a.yml', 'b.ini', 'c.yml', 'd.toml', 'nothing'].map((name) => join(directory, name))
    expect(await mistakes(loadInventory(sources))).toEqual([
      expect.stringContaining("group 'web' has no key 'hots'"),
      expect.stringContaining('[web:x] is of an unknown kind'),
      expect.stringContaining("1:9 inventory plugin 'aws_ec2' is not known"),
      expect.stringMatching(/d\.toml is TOML \(write it as YAML or INI\)/),
      expect.stringMatching(
        /inventory .*nothing does not exist \(for a list of hosts end it with a comma: -i .*nothing,\)/,
      ),
    ])
  })

  it.each([
    ['never', 'my-web', ['Invalid characters were found in group names but not replaced: my-web']],
    ['always', 'my_web', ['Invalid characters were found in group names and automatically replaced: my-web']],
    ['ignore', 'my-web', []],
    ['silently', 'my_web', []],
  ])(
    'with names of groups unfit for expressions, ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS=%s',
    async (mode, name, messages) => {
      vi.stubEnv('ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS', mode)
      onTestFinished(() => void vi.unstubAllEnvs())
      const hosts = '[my-web]\nweb1\n[my-web:vars]\na=1\n[all:children]\nmy-web\n'
      const { inventory, warnings } = await loadInventory([join(project({ hosts }), 'hosts')])
      expect(inventory.groupNames(inventory.host('web1')!)).toEqual([name])
      expect(variables(inventory, 'web1')).toEqual({ a: 1 })
      expect(warnings.map(({ message }) => message)).toEqual(messages)
    },
  )

  it('that name a host and a group alike are worth a warning', async () => {
    const { warnings } = await loadInventory([join(project({ 'hosts.ini': '[web]\nweb\n' }), 'hosts.ini')])
    expect(warnings.map(({ message }) => message)).toEqual(['web is the name of a group and of a host'])
  })
})
