import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { addHost, groupBy, refreshInventory } from '../../runner/inventory/dynamic.ts'
import { groupsDict } from '../../runner/inventory/magic.ts'
import { loadInventory } from '../../runner/inventory/load.ts'
import { InventoryVariables } from '../../runner/inventory/variables.ts'
import { inventoryOf, members, project, variables } from './project.ts'

const start = () => inventoryOf('web: { hosts: { web1: { a: 1 } } }')

describe('hosts that join while a run goes on', () => {
  it('are added with groups and variables, and count as a change once', async () => {
    const inventory = await start()
    const added = { name: 'new', groups: ['web', 'fresh'], variables: { b: { c: 1 } } }
    expect(addHost(inventory, added).changed).toBe(true)
    expect(addHost(inventory, added).changed).toBe(false)
    expect(addHost(inventory, { ...added, variables: { b: { c: 2 } } }).changed).toBe(true)
    expect(members(inventory)).toEqual({ web: ['web1', 'new'], fresh: ['new'] })
    expect(variables(inventory, 'new')).toEqual({ b: { c: 2 } })
  })

  it('without groups are ungrouped', async () => {
    const inventory = await start()
    addHost(inventory, { name: 'new' })
    expect(inventory.groupNames(inventory.host('new')!)).toEqual(['ungrouped'])
    expect(inventory.select('all').hosts.map(({ name }) => name)).toEqual(['new', 'web1'])
  })

  it('override what the inventory says of them', async () => {
    const inventory = await start()
    addHost(inventory, { name: 'web1', variables: { a: 2 } })
    expect(variables(inventory, 'web1')).toEqual({ a: 2 })
  })

  it('are put into groups made of data', async () => {
    const inventory = await start()
    const host = inventory.host('web1')!
    expect(groupBy(inventory, host, 'os_Debian', ['all', 'linux'])).toBe(true)
    expect(groupBy(inventory, host, 'os_Debian', ['all', 'linux'])).toBe(false)
    expect(groupsDict(inventory)).toMatchObject({ os_Debian: ['web1'], linux: ['web1'] })
    expect(inventory.groupNames(host)).toEqual(['linux', 'os_Debian', 'web'])
  })
})

describe('an inventory that is read anew', () => {
  it('has what its sources say now and what tasks added before', async () => {
    const directory = project({ 'inventory.yml': 'web: { hosts: { web1: { a: 1 }, old: } }' })
    const file = join(directory, 'inventory.yml')
    const { inventory } = await loadInventory([file])
    const layers = new InventoryVariables(inventory)
    expect(layers.layersFor(inventory.host('web1')!)[0]?.get('a')).toBe(1)
    addHost(inventory, { name: 'new', groups: ['web', 'fresh'], variables: { b: 2 } })
    groupBy(inventory, inventory.host('web1')!, 'linux')
    groupBy(inventory, inventory.host('old')!, 'linux')

    writeFileSync(file, 'web: { hosts: { web1: { a: 2 }, web2: } }\ndb: { hosts: { localhost: } }')
    await refreshInventory(inventory, [file])

    expect(members(inventory)).toEqual({
      web: ['web1', 'web2', 'new'],
      db: ['localhost'],
      fresh: ['new'],
      linux: ['web1'],
    })
    expect(inventory.host('127.0.0.1')?.name).toBe('localhost')
    expect(layers.layersFor(inventory.host('web1')!)[0]?.get('a')).toBe(2)
    expect(variables(inventory, 'new')).toEqual({ b: 2 })
  })

  it('stays as it was when a source is wrong now', async () => {
    const file = join(project({ 'inventory.yml': 'web: { hosts: { web1: } }' }), 'inventory.yml')
    const { inventory } = await loadInventory([file])
    writeFileSync(file, 'web: { hots: }')
    await expect(refreshInventory(inventory, [file])).rejects.toThrow("group 'web' has no key 'hots'")
    expect(members(inventory)).toEqual({ web: ['web1'] })
  })
})
