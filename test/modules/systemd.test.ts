import { describe, expect, test } from 'vitest'
import { fileEffects } from '../../runner/host/files.ts'
import { effect } from '../../runner/host/state.ts'
import service from '../../runner/modules/service.ts'
import systemd from '../../runner/modules/systemd.ts'
import { missingUnit, type Unit, unit } from '../../runner/resources/unit.ts'
import { unitFiles } from '../../runner/resources/unit-files.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { diffLines, type Host, plan } from './harness.ts'

const nginx: Unit = {
  load: 'loaded',
  active: 'inactive',
  sub: 'dead',
  file: 'disabled',
  path: '/usr/lib/systemd/system/nginx.service',
  names: ['nginx.service'],
  type: 'forking',
  remainAfterExit: false,
}

const host = (changes: Partial<Unit> = {}, more: Host = {}): Host => ({
  resources: { 'unit nginx.service': { ...nginx, ...changes }, 'unit files system': { stale: false } },
  ...more,
})

const running = { active: 'active', sub: 'running' }

describe('a service', () => {
  test.each<[string, Partial<Unit>, Dict, string[], string]>([
    ['is started', {}, { state: 'started' }, ['state: inactive → active'], 'start'],
    [
      'is started after it has failed',
      { active: 'failed' },
      { state: 'started' },
      ['state: failed → active'],
      'start',
    ],
    ['is stopped', running, { state: 'stopped' }, ['state: active → inactive'], 'stop'],
    ['is restarted', running, { state: 'restarted' }, ['restart: - → restarted'], 'restart'],
    [
      'is started when it should be restarted',
      {},
      { state: 'restarted' },
      ['state: inactive → active'],
      'start',
    ],
    ['is reloaded', running, { state: 'reloaded' }, ['reload: - → reloaded'], 'reload'],
    [
      'is started when it should be reloaded',
      {},
      { state: 'reloaded' },
      ['state: inactive → active'],
      'start',
    ],
    ['is enabled', {}, { enabled: true }, ['enabled: no → yes'], 'enable'],
    ['is disabled', { file: 'enabled' }, { enabled: false }, ['enabled: yes → no'], 'disable'],
    [
      'is enabled and started',
      {},
      { enabled: true, state: 'started' },
      ['enabled: no → yes', 'state: inactive → active'],
      'enable',
    ],
  ])('%s', (_, before, args, lines, verb) => {
    const { outcome } = plan(service, { name: 'nginx', ...args }, host(before))
    expect(diffLines(outcome)).toEqual(['nginx.service', ...lines])
    expect(outcome).toMatchObject({ script: { text: expect.stringContaining(` ${verb} -- nginx.service`) } })
  })

  test.each<[string, Partial<Unit>, Dict]>([
    ['runs already', running, { state: 'started' }],
    ['is on its way up', { active: 'activating' }, { state: 'started' }],
    ['is down already', {}, { state: 'stopped' }],
    ['is enabled already', { file: 'enabled' }, { enabled: true }],
    ['needs no enabling', { file: 'static' }, { enabled: true }],
    ['cannot be disabled', { file: 'static' }, { enabled: false }],
    ['is enabled under another name', { file: 'alias' }, { enabled: true }],
  ])('that %s is left alone', (_, before, args) => {
    expect(plan(service, { name: 'nginx', ...args }, host(before)).outcome.type).toBe('unchanged')
  })

  test('is as it should be the next time', () => {
    const { again } = plan(service, { name: 'nginx', enabled: true, state: 'started' }, host())
    expect(again().type).toBe('unchanged')
  })

  test('returns its name, whether it is enabled and its state, changed or not', () => {
    for (const before of [{}, { ...running, file: 'enabled' }]) {
      const { outcome } = plan(service, { name: 'nginx', enabled: true, state: 'restarted' }, host(before))
      expect(outcome).toMatchObject({ result: { name: 'nginx', enabled: true, state: 'started' } })
    }
  })

  test('changes under each of its names', () => {
    const { state } = plan(
      service,
      { name: 'nginx', state: 'started' },
      host({ names: ['nginx.service', 'web.service'] }),
    )
    expect(state.predicted(unit, { name: 'web.service' })).toMatchObject({ active: 'active' })
  })

  test('that does its work and ends does not run afterwards', () => {
    const { state } = plan(service, { name: 'nginx', state: 'started' }, host({ type: 'oneshot' }))
    expect(state.predicted(unit, { name: 'nginx.service' })).toMatchObject({ active: 'inactive' })
  })

  test('rests between stopping and starting if it is told to', () => {
    const { outcome } = plan(service, { name: 'nginx', state: 'restarted', sleep: 3 }, host(running))
    expect(outcome).toMatchObject({
      script: { text: expect.stringMatching(/stop .* && sleep 3 && .* start/) },
    })
  })
})

describe('a unit that is not there', () => {
  const missing: Host = {
    files: { '/etc/systemd/system/other.service': '' },
    resources: { 'unit nope.service': missingUnit('nope.service') },
  }
  const file = '/etc/systemd/system/nope.service'

  test('cannot be started', () => {
    expect(plan(service, { name: 'nope', state: 'started' }, missing).outcome).toMatchObject({
      type: 'failed',
      result: { msg: 'Could not find the requested service nope: host' },
    })
  })

  test.each<[string, string, string[]]>([
    [
      'with [Install] is enabled and started',
      '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n',
      ['enabled: no → yes', 'state: inactive → active'],
    ],
    ['without [Install] is only started', '[Service]\nExecStart=/bin/true\n', ['state: inactive → active']],
  ])('but whose file an earlier task has foretold %s', (_, text, lines) => {
    const predicted = fileEffects(file, Buffer.from(text), { mode: 0o644, owner: 'root', group: 'root' })
    const { outcome, again } = plan(
      systemd,
      { name: 'nope', state: 'started', enabled: true },
      { ...missing, predicted },
    )
    expect(diffLines(outcome)).toEqual(['nope.service', ...lines])
    expect(again().type).toBe('unchanged')
  })

  test('but is an instance of a template that is there can be started', () => {
    const resources = { 'unit job@one.service': missingUnit('job@one.service') }
    const files = { '/usr/lib/systemd/system/job@.service': '[Service]\nType=oneshot\nExecStart=/bin/true\n' }
    expect(plan(service, { name: 'job@one', state: 'started' }, { resources, files }).outcome.type).toBe(
      'change',
    )
  })

  test('because its file is removed by an earlier task cannot be started', () => {
    const predicted = [
      ...fileEffects(nginx.path, Buffer.from(''), { mode: 0o644, owner: 'root', group: 'root' }),
    ]
    predicted[0] = { ...predicted[0]!, value: { type: 'absent' } }
    const { outcome } = plan(service, { name: 'nginx', state: 'started' }, host({}, { predicted }))
    expect(outcome.type).toBe('failed')
  })

  test('because the host does not run systemd is said so', () => {
    const { outcome } = plan(service, { name: 'nginx', state: 'started' }, host({ load: 'no-systemd' }))
    expect(outcome).toMatchObject({ result: { msg: expect.stringContaining('systemd does not run') } })
  })
})

describe('systemd', () => {
  const masked = { load: 'masked', file: 'masked' }

  test('masks and stops', () => {
    const { outcome, again } = plan(systemd, { name: 'nginx', masked: true, state: 'stopped' }, host(running))
    expect(diffLines(outcome)).toEqual(['nginx.service', 'masked: no → yes', 'state: active → inactive'])
    expect(again().type).toBe('unchanged')
  })

  test('does not start what is masked, unless it is unmasked with it', () => {
    expect(plan(systemd, { name: 'nginx', state: 'started' }, host(masked)).outcome.type).toBe('failed')
    expect(
      plan(systemd, { name: 'nginx', state: 'started', masked: false }, host(masked)).outcome.type,
    ).not.toBe('failed')
  })

  test.each<[string, Host, string[]]>([
    [
      'reads unit files that have changed',
      host({}, { resources: { 'unit files system': { stale: true } } }),
      ['systemd', 'unit files: changed → read'],
    ],
    ['reads none that have not', host(), []],
    [
      'reads those that the run would change',
      host(
        {},
        {
          predicted: fileEffects('/etc/systemd/system/x.service', Buffer.from('x'), {
            mode: 0o644,
            owner: 'root',
            group: 'root',
          }),
        },
      ),
      ['systemd', 'unit files: changed → read'],
    ],
  ])('%s', (_, state, lines) => {
    const { outcome, again } = plan(systemd, { daemon_reload: true }, state)
    expect(diffLines(outcome)).toEqual(lines)
    expect(again().type).toBe('unchanged')
  })

  test('reads again what the run changes after a reload', () => {
    const file = (text: string) =>
      fileEffects('/etc/systemd/system/x.service', Buffer.from(text), {
        mode: 0o644,
        owner: 'root',
        group: 'root',
      })
    const first = plan(systemd, { daemon_reload: true }, host({}, { predicted: file('one') }))
    if (first.outcome.type !== 'change') throw new Error('no change')
    const next = plan(
      systemd,
      { daemon_reload: true },
      host({}, { predicted: [...file('one'), ...first.outcome.after, ...file('two')] }),
    )
    expect(next.outcome.type).toBe('change')
  })

  test('does not wait when it is told not to', () => {
    const { outcome } = plan(systemd, { name: 'nginx', state: 'started', no_block: true }, host())
    expect(outcome).toMatchObject({ script: { text: expect.stringContaining('--no-block start') } })
  })

  test('speaks to the manager of the user', () => {
    const resources = { 'unit user sync.timer': { ...nginx, names: ['sync.timer'] } }
    const { outcome } = plan(systemd, { name: 'sync.timer', scope: 'user', state: 'started' }, { resources })
    expect(outcome).toMatchObject({ script: { text: expect.stringContaining('systemctl --user') } })
  })

  test.each<[Dict, string]>([
    [{}, 'give the name of a unit'],
    [{ state: 'started' }, 'need the name'],
    [{ name: 'a b', state: 'started' }, 'no name of a unit'],
    [{ name: 'nginx*', state: 'started' }, 'no name of a unit'],
    [{ name: 'nginx', scope: 'global', enabled: true }, 'scope'],
  ])('refuses %j', (args, message) => {
    expect(plan(systemd, args, host()).outcome).toMatchObject({
      type: 'failed',
      result: { msg: expect.stringContaining(message) },
    })
  })

  test('knows of units that an earlier task has foretold', () => {
    const predicted = [
      effect(unit, { name: 'nginx.service' }, { ...nginx, file: 'enabled', active: 'active' }),
      effect(unitFiles, 'system', { stale: false }),
    ]
    const { outcome } = plan(systemd, { name: 'nginx', state: 'started', enabled: true }, { predicted })
    expect(outcome.type).toBe('unchanged')
  })
})

test.each([
  ['started', 'inactive', 'running'],
  ['stopped', 'active', 'listening'],
])('a service that is %s leaves its socket in the state that systemd calls so', (wanted, active, sub) => {
  const socket = { ...nginx, names: ['nginx.socket'], active: 'active', sub: 'other' }
  const on = host({ active }, { predicted: [effect(unit, { name: 'nginx.socket' }, socket)] })
  const { state } = plan(service, { name: 'nginx', state: wanted }, on)
  expect(state.read(unit, { name: 'nginx.socket' })).toMatchObject({ active: 'active', sub })
})
