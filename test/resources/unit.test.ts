import { describe, expect, test } from 'vitest'
import { isUnitFile, missingUnit, unit, type Unit } from '../../runner/resources/unit.ts'
import { Unknown } from '../../runner/variables/unknown.ts'

const ANSWER = `Type=notify
RemainAfterExit=no
Id=ssh.service
Names=ssh.service sshd.service
LoadState=loaded
ActiveState=active
SubState=running
FragmentPath=/lib/systemd/system/ssh.service
UnitFileState=enabled

Type=
Id=nope.service
Names=nope.service
LoadState=not-found
ActiveState=inactive
SubState=dead
FragmentPath=
UnitFileState=

Id=apt-daily.timer
Names=apt-daily.timer
LoadState=masked
ActiveState=inactive
SubState=dead
FragmentPath=/etc/systemd/system/apt-daily.timer
UnitFileState=masked

Type=forking
Id=old.service
Names=old.service
LoadState=loaded
ActiveState=active
SubState=exited
FragmentPath=/run/systemd/generator.late/old.service
UnitFileState=generated
sysv=/etc/rc2.d/S01old
sysv=/etc/rc3.d/S01old
\0`

describe('units', () => {
  const names = ['sshd.service', 'nope.service', 'apt-daily.timer', 'old.service']
  const [ssh, nope, timer, old] = unit.parse(
    Buffer.from(ANSWER),
    names.map((name) => ({ name })),
  )

  test('are read many at once, each with all its names', () => {
    expect(ssh).toEqual({
      load: 'loaded',
      active: 'active',
      sub: 'running',
      file: 'enabled',
      // Wherever `/lib` leads, the file has one name.
      path: '/usr/lib/systemd/system/ssh.service',
      id: 'ssh.service',
      names: ['sshd.service', 'ssh.service'],
      type: 'notify',
      remainAfterExit: false,
    })
    expect([nope!.load, timer!.load]).toEqual(['not-found', 'masked'])
  })

  test('from a script of System V are enabled when there are links to it', () => {
    expect(old!.file).toBe('enabled')
  })

  test('of a host without systemd are told from those that are missing', () => {
    expect(unit.parse(Buffer.from('\0'), [{ name: 'x.service' }])[0]!.load).toBe('no-systemd')
  })

  test('of a user and of the host are asked for apart', () => {
    const keys = [{ name: 'a.service' }, { name: 'b.service', scope: 'user' as const }]
    const script = unit.read(keys).text
    expect(script).toMatch(/^systemctl show .* -- a\.service/m)
    expect(script).toMatch(/systemctl --user show .* -- b\.service/)
    const [first, second] = unit.parse(Buffer.from('LoadState=loaded\n\0LoadState=masked\n\0'), keys)
    expect([first!.load, second!.load]).toEqual(['loaded', 'masked'])
  })
})

describe('a prediction is borne out', () => {
  const loaded: Unit = { ...missingUnit('x.service'), load: 'loaded', active: 'active', file: 'enabled' }
  test.each<[string, Partial<Unit>, Partial<Unit>, boolean]>([
    ['by the same', {}, {}, true],
    ['while it is still starting', {}, { active: 'activating' }, true],
    ['not when it has failed', {}, { active: 'failed' }, false],
    ['not when it is disabled', {}, { file: 'disabled' }, false],
    ['where enabling means nothing', { file: 'disabled' }, { file: 'static' }, true],
    ['not when it is gone', {}, { load: 'not-found' }, false],
    ['not when it is masked', {}, { load: 'masked', file: 'masked' }, false],
    ['where the file state was unknown', { file: new Unknown({ what: 'x' }) }, { file: 'static' }, true],
  ])('%s', (_, predicted, observed, expected) => {
    expect(unit.matches!({ ...loaded, ...predicted }, { ...loaded, ...observed })).toBe(expected)
  })
})

test.each([
  ['/etc/systemd/system/app.service', true],
  ['/etc/systemd/system/app.service.d/limits.conf', true],
  ['/usr/lib/systemd/system/nginx.service', true],
  ['/home/ada/.config/systemd/user/agent.service', true],
  ['/etc/fstab', true],
  ['/etc/systemd/journald.conf', false],
  ['/etc/nginx/nginx.conf', false],
])('%s is read by systemd on a reload: %s', (path, expected) => {
  expect(isUnitFile(path)).toBe(expected)
})
