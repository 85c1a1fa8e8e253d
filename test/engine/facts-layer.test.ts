import { expect, test } from 'vitest'
import { factsLayer } from '../../runner/engine/facts-layer.ts'
import type { HostRun } from '../../runner/engine/host-run.ts'
import type { Dict } from '../../runner/variables/value.ts'

const layer = (facts: Dict) => factsLayer({ facts } as HostRun)

test.each([
  'host',
  'port',
  'user',
  'host_key_checking',
  'ssh_host_key_checking',
  'ssh_common_args',
  'private_key_file',
  'private_key_passphrase',
  'become_exe',
  'async_dir',
])('no fact says ansible_%s', (name) => {
  const facts = layer({ [name]: 'x' })
  expect(facts.get(`ansible_${name}`)).toBeUndefined()
  expect([...facts.names()]).toEqual([])
})

test.each(['hostname', 'ssh_host_key_rsa_public', 'user_id', 'local'])('a fact says ansible_%s', (name) => {
  expect(layer({ [name]: 'x' }).get(`ansible_${name}`)).toBe('x')
})
