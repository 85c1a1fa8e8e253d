import { describe, expect, test } from 'vitest'
import hostname from '../../runner/modules/hostname.ts'
import timezone from '../../runner/modules/timezone.ts'
import { diffLines, plan, textAfter } from './harness.ts'

describe('a host name', () => {
  const host = (running: string, file?: string) => ({
    files: { '/etc/x': '', ...(file === undefined ? {} : { '/etc/hostname': file }) },
    resources: { 'hostname kernel': running },
  })

  test.each<[string, string, string | undefined, string[]]>([
    [
      'is set for now and for the next boot',
      'old',
      'old\n',
      ['/etc/hostname', '-old', '+web1.example', 'hostname', 'name: old → web1.example'],
    ],
    ['is set for the next boot', 'web1.example', 'old\n', ['/etc/hostname', '-old', '+web1.example']],
    ['is set for now', 'old', '# ours\n', ['hostname']],
  ])('%s', (_, running, file, lines) => {
    const planned = plan(hostname, { name: 'web1.example' }, host(running, file))
    expect(diffLines(planned.outcome)).toEqual(expect.arrayContaining(lines))
    expect(textAfter(planned, '/etc/hostname')).toBe('web1.example\n')
    expect(planned.again().type).toBe('unchanged')
  })

  test('that is right already is left alone', () => {
    expect(plan(hostname, { name: 'web1' }, host('web1', 'web1\n')).outcome.type).toBe('unchanged')
  })

  test.each(['-x', 'a_b', 'x'.repeat(65), ''])('%j is none', (name) => {
    expect(plan(hostname, { name }, host('web1')).outcome.type).toBe('failed')
  })
})

describe('a time zone', () => {
  const zones = {
    '/usr/share/zoneinfo/Europe/Berlin': 'TZif',
    '/usr/share/zoneinfo/Etc/UTC': 'TZif',
    '/etc/x': '',
  }
  const link = (target: string) => ({ '/etc/localtime': { target } })

  test('is the link, and the file where there is one', () => {
    const planned = plan(
      timezone,
      { name: 'Europe/Berlin' },
      { files: { ...zones, ...link('/usr/share/zoneinfo/Etc/UTC'), '/etc/timezone': 'Etc/UTC\n' } },
    )
    expect(diffLines(planned.outcome)).toEqual([
      '/etc/localtime',
      'link to: /usr/share/zoneinfo/Etc/UTC → /usr/share/zoneinfo/Europe/Berlin',
      '/etc/timezone',
      '-Etc/UTC',
      '+Europe/Berlin',
    ])
    expect(planned.again().type).toBe('unchanged')
  })

  test('is not written to a file that there is not', () => {
    const planned = plan(timezone, { name: 'Europe/Berlin' }, { files: zones })
    expect(planned.files.exists('/etc/timezone')).toBe(false)
    expect(planned.files.lstat('/etc/localtime').status).toMatchObject({
      target: '/usr/share/zoneinfo/Europe/Berlin',
    })
  })

  test('that the link leads to by a detour is left alone', () => {
    expect(
      plan(timezone, { name: 'Etc/UTC' }, { files: { ...zones, ...link('../usr/share/zoneinfo/Etc/UTC') } })
        .outcome.type,
    ).toBe('unchanged')
  })

  test.each(['Europe/Nowhere', '../../../etc/passwd'])('%s is none', (name) => {
    expect(plan(timezone, { name }, { files: zones }).outcome).toMatchObject({
      type: 'failed',
      result: { msg: expect.stringContaining(name) },
    })
  })
})
