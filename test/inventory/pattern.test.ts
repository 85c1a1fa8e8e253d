import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Inventory } from '../../runner/inventory/inventory.ts'
import { SourceError } from '../../runner/source/diagnostic.ts'
import { inventoryOf, project } from './project.ts'

describe('a host pattern', () => {
  let inventory: Inventory
  beforeEach(async () => {
    inventory = await inventoryOf(`
all:
  hosts: { lonely: }
  children:
    web: { hosts: { web1.example.org: , web2.example.org: , web3.example.org: } }
    db: { hosts: { db1: , web2.example.org: } }
    staging: { hosts: { web3.example.org: , db1: } }
    web_old: { hosts: { old1: } }
`)
  })
  const names = (pattern: string | string[], limit?: string | string[]): string[] =>
    inventory.select(pattern, limit).hosts.map(({ name }) => name.replace('.example.org', ''))

  it.each<[string | string[], string[]]>([
    ['all', ['lonely', 'web1', 'web2', 'web3', 'db1', 'old1']],
    ['*', ['lonely', 'web1', 'web2', 'web3', 'db1', 'old1']],
    ['web', ['web1', 'web2', 'web3']],
    ['lonely', ['lonely']],
    ['ungrouped', ['lonely']],
    ['web:db', ['web1', 'web2', 'web3', 'db1']],
    ['db,web', ['db1', 'web2', 'web1', 'web3']],
    [
      ['db', 'lonely'],
      ['db1', 'web2', 'lonely'],
    ],
    ['web:&db', ['web2']],
    ['web:&db:&staging', []],
    ['web:!db', ['web1', 'web3']],
    [',,db', ['db1', 'web2']],
    ['!web:all', ['lonely', 'db1', 'old1']],
    ['!web', ['lonely', 'db1', 'old1']],
    ['&staging:web', ['web3']],
    ['web:db:&staging:!web3.example.org', ['db1']],
    ['*.example.org', ['web1', 'web2', 'web3']],
    ['web*', ['web1', 'web2', 'web3', 'old1']],
    ['web[12].example.org', ['web1', 'web2']],
    ['web[!12].example.org', ['web3']],
    ['??1', ['db1']],
    ['~web\\d', ['web1', 'web2', 'web3']],
    ['~(db|old)\\d$', ['db1', 'old1']],
    ['~(?i)WEB1', ['web1']],
    ['~b1', []],
    ['web[0]', ['web1']],
    ['web[-1]', ['web3']],
    ['web[-2]', ['web2']],
    ['web[0:1]', ['web1', 'web2']],
    ['web[1:]', ['web2', 'web3']],
    ['web[7]', []],
    ['web[0]:db', ['web1', 'db1', 'web2']],
    ['localhost', ['localhost']],
    ['127.0.0.1', ['127.0.0.1']],
    ['nobody', []],
  ])('%s', (pattern, hosts) => {
    expect(names(pattern)).toEqual(hosts)
  })

  it.each<[string, string | string[], string[]]>([
    ['all', 'web', ['web1', 'web2', 'web3']],
    ['web', '!web1.example.org', ['web2', 'web3']],
    ['db', ['web', 'lonely'], ['web2']],
    ['localhost', 'localhost', ['localhost']],
    ['localhost', 'web', []],
  ])('%s with the limit %s', (pattern, limit, hosts) => {
    expect(names(pattern, limit)).toEqual(hosts)
  })

  it('reads @file, as a failed run leaves it behind', () => {
    const file = join(project({ 'site.retry': 'web2.example.org\n\ndb:!web2.example.org\r\n' }), 'site.retry')
    expect(names('all', `@${file}`)).toEqual(['db1'])
    expect(names(`@${file}`)).toEqual(['db1'])
  })

  it('keeps `localhost` out of `all`, and reaches it without a connection', () => {
    const host = inventory.host('localhost')!
    expect(host.implicit).toBe(true)
    expect(inventory.hosts.has('localhost')).toBe(false)
    expect(host.sets[0]?.variables.get('ansible_connection')?.value).toBe('local')
  })

  it('warns of names that mean nothing', () => {
    const { hosts, warnings } = inventory.select('web:dbb')
    expect(hosts).toHaveLength(3)
    expect(warnings).toEqual([
      { severity: 'warning', message: "no host or group is named 'dbb'", hint: "did you mean 'db'?" },
    ])
  })

  it.each([
    ['wbe', undefined, 'the host pattern wbe matches no host', "did you mean 'web'?"],
    ['web', 'stagng', 'no host of web is left by the limit stagng', "did you mean 'staging'?"],
    [
      'web:&old1',
      undefined,
      'the host pattern web:&old1 matches no host',
      'there are the groups all, web, db, staging, web_old',
    ],
  ])('%s with limit %s says what was probably meant', (pattern, limit, message, hint) => {
    expect(inventory.select(pattern, limit).noMatch).toEqual({ severity: 'error', message, hint })
  })

  it.each([
    ['web1[', 'the host pattern web1[ cannot be read'],
    ['web1]', 'the host pattern web1] cannot be read'],
    ['db:web[0:1', 'the host pattern db:web[0:1 cannot be read'],
    ['~(', 'the host pattern ~( is no regular expression'],
    ['@/', 'it must be a file, not a directory'],
    ['@/nonexistent.retry', 'the host pattern @/nonexistent.retry names a file that cannot be read'],
  ])('%s is refused', (pattern, message) => {
    expect(() => inventory.select(pattern)).toThrow(SourceError)
    expect(() => inventory.select(pattern)).toThrow(message)
  })

  it.each([[''], [','], [', ,']])('an empty limit (%j) is none', (limit) => {
    expect(names('web', limit)).toEqual(['web1', 'web2', 'web3'])
  })

  it('an empty limit file selects nothing, rather than everything', () => {
    const file = join(project({ 'site.retry': '\n' }), 'site.retry')
    const { hosts, warnings, noMatch } = inventory.select('all', `@${file}`)
    expect([hosts, noMatch]).toEqual([[], undefined])
    expect(warnings[0]?.message).toContain('names a file without any host: nothing is left to do')
  })
})
