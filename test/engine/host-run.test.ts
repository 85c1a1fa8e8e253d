import { expect, test } from 'vitest'
import { HostRun } from '../../runner/engine/host-run.ts'
import { identity } from '../../runner/resources/identity.ts'
import { path } from '../../runner/resources/path.ts'
import { resource } from '../../runner/resources/resource.ts'

test('whose connection is reset may be in other groups after it, and nothing else is forgotten', async () => {
  const host = new HostRun(
    'one',
    () => [],
    () => Promise.reject(new Error('no connection is needed')),
  )
  const deploy = { user: 'deploy', uid: 1000, group: 'deploy', gid: 1000, groups: ['deploy'] }
  host.state.observe(
    [resource(identity, ''), resource(path, '/srv')],
    [{ ...deploy, umask: 0o22, home: '/home/deploy', directory: '/home/deploy' }, { type: 'absent' }],
  )
  await host.disconnect()
  expect(host.state.observed(identity, '')).toBeUndefined()
  expect(host.state.observed(path, '/srv')).toEqual({ type: 'absent' })
})
