import { describe, expect, test } from 'vitest'
import apache2_module from '../../runner/modules/apache2_module.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { type Host, plan } from './harness.ts'

const available = '/etc/apache2/mods-available'
const enabled = '/etc/apache2/mods-enabled'
const host: Host = {
  files: {
    '/usr/sbin/a2enmod': '',
    '/usr/sbin/a2dismod': '',
    [`${available}/ssl.load`]: '# Depends: setenvif mime socache_shmcb\nLoadModule ssl_module x\n',
    [`${available}/ssl.conf`]: '',
    [`${available}/setenvif.load`]: '',
    [`${available}/mime.load`]: '',
    [`${available}/socache_shmcb.load`]: '',
    [`${available}/mpm_event.load`]: '# Conflicts: mpm_worker mpm_prefork\n',
    [`${available}/mpm_prefork.load`]: '',
    [`${enabled}/mime.load`]: { target: '../mods-available/mime.load' },
    [`${enabled}/mpm_prefork.load`]: { target: '../mods-available/mpm_prefork.load' },
  },
}

test('a module is switched on with what it depends on', () => {
  const planned = plan(apache2_module, { name: 'ssl' }, host)
  expect(planned.files.list(enabled)).toEqual([
    'mime.load',
    'mpm_prefork.load',
    'setenvif.load',
    'socache_shmcb.load',
    'ssl.conf',
    'ssl.load',
  ])
  expect(planned.files.lstat(`${enabled}/ssl.conf`).status).toMatchObject({
    target: '../mods-available/ssl.conf',
  })
  expect(planned.outcome).toMatchObject({ result: { result: 'Module ssl enabled' } })
  expect(planned.again().type).toBe('unchanged')
})

test('a module is switched off', () => {
  const planned = plan(apache2_module, { name: 'mime', state: 'absent' }, host)
  expect(planned.files.list(enabled)).toEqual(['mpm_prefork.load'])
  expect(planned.again().type).toBe('unchanged')
})

test.each<Dict>([{ name: 'mime' }, { name: 'ssl', state: 'absent' }])('%o is so already', (args) =>
  expect(plan(apache2_module, args, host).outcome.type).toBe('unchanged'),
)

describe('what a2enmod and a2dismod refuse', () => {
  const sslOn = {
    files: { ...host.files, [`${enabled}/ssl.load`]: { target: '../mods-available/ssl.load' } },
  }
  test.each<[string, Dict, Host, string]>([
    ['a module that is not there', { name: 'none' }, host, 'no none.load'],
    ['a rival of one that is on', { name: 'mpm_event' }, host, 'mpm_prefork, which is on'],
    ['what another depends on', { name: 'mime', state: 'absent' }, { files: sslOn.files }, 'needed by ssl'],
    ['anything without Apache', { name: 'ssl' }, { files: {} }, 'a2enmod not found'],
    ['a path', { name: '../x' }, host, 'no name of a module'],
  ])('%s', (_, args, on, message) => {
    expect(plan(apache2_module, args, on).outcome).toMatchObject({
      type: 'failed',
      result: { msg: expect.stringContaining(message) },
    })
  })
})
