import { expect, test } from 'vitest'
import sudoers from '../../runner/modules/sudoers.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { type Host, plan, textAfter } from './harness.ts'

const host: Host = { files: { '/etc/sudoers.d/README': '', '/usr/sbin/visudo': '' } }

test.each<[args: Dict, rule: string]>([
  [{ user: 'ann', commands: 'ALL' }, 'ann ALL=NOPASSWD: ALL\n'],
  [{ group: 'ops', commands: ['/bin/a', '/bin/b -x'], nopassword: false }, '%ops ALL= /bin/a, /bin/b -x\n'],
  [
    { user: 'ann', commands: ['/bin/a'], runas: 'bob', host: 'web', noexec: true, setenv: true },
    'ann web=(bob)NOPASSWD:NOEXEC:SETENV: /bin/a\n',
  ],
  [
    { user: 'ann', commands: ['/bin/a'], defaults: ['!requiretty'] },
    'Defaults:ann !requiretty\nann ALL=NOPASSWD: /bin/a\n',
  ],
])('%o', (args, rule) => {
  const planned = plan(sudoers, { name: 'own', ...args }, host)
  expect(textAfter(planned, '/etc/sudoers.d/own')).toBe(rule)
  expect(planned.files.lstat('/etc/sudoers.d/own').status).toMatchObject({ mode: 0o440 })
  expect(planned.outcome).toMatchObject({ trials: [expect.anything()] })
  expect(planned.again().type).toBe('unchanged')
})

test('without visudo it is not asked, unless it must be', () => {
  const on = { files: { '/etc/sudoers.d/README': '' } }
  const args = { name: 'own', user: 'ann', commands: 'ALL' }
  expect(plan(sudoers, args, on).outcome).not.toHaveProperty('trials')
  expect(plan(sudoers, { ...args, validation: 'required' }, on).outcome.type).toBe('failed')
})

test('a rule is removed', () => {
  const on = { files: { '/etc/sudoers.d/own': 'x' } }
  const planned = plan(sudoers, { name: 'own', state: 'absent' }, on)
  expect(planned.files.lstat('/etc/sudoers.d/own').status.type).toBe('absent')
  expect(planned.again().type).toBe('unchanged')
})

test.each<Dict>([
  { name: 'a/b', user: 'x', commands: 'ALL' },
  { name: 'a', commands: 'ALL' },
  { name: 'a', user: 'x' },
  { name: 'a', user: 'x', group: 'y', commands: 'ALL' },
])('%o fails', (args) => expect(plan(sudoers, args, host).outcome.type).toBe('failed'))
