import { describe, expect, it } from 'vitest'
import { addHost, groupBy } from '../../runner/inventory/dynamic.ts'
import { groupsDict } from '../../runner/inventory/magic.ts'
import { inventoryOf, members, variables } from './project.ts'

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
