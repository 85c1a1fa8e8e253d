import { describe, expect, test } from 'vitest'
import sysctl from '../../runner/modules/sysctl.ts'
import { sysctl as kind, sysctlPath } from '../../runner/resources/sysctl.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { diffLines, type Host, plan, textAfter } from './harness.ts'

const name = 'net.ipv4.ip_forward'

function host(file: string | undefined, values: Record<string, string | null>, writable = true): Host {
  return {
    files: { '/etc/hosts': '', ...(file === undefined ? {} : { '/etc/sysctl.conf': file }) },
    resources: Object.fromEntries(
      Object.entries(values).map(([key, value]) => [
        `sysctl ${sysctlPath(key)}`,
        value === null ? null : { value, writable },
      ]),
    ),
  }
}

describe('the file', () => {
  test.each<[string, string | undefined, Dict, string]>([
    ['is made when missing', undefined, { value: 1 }, `${name}=1\n`],
    [
      'keeps what else is in it',
      '# mine\nvm.swappiness = 10\n',
      { value: '1' },
      `# mine\nvm.swappiness=10\n${name}=1\n`,
    ],
    [
      'has the value replaced in its place',
      `${name} = 0\nvm.swappiness=10\n`,
      { value: true },
      `${name}=1\nvm.swappiness=10\n`,
    ],
    ['keeps the first of two of one name', `${name}=0\n${name}=0\n`, { value: 'yes' }, `${name}=1\n`],
    ['loses the line', `${name}=1\nvm.swappiness=10\n`, { state: 'absent' }, 'vm.swappiness=10\n'],
  ])('%s', (_, file, args, expected) => {
    const planned = plan(sysctl, { name, ...args }, host(file, { [name]: '0', 'vm.swappiness': '10' }))
    expect(textAfter(planned, '/etc/sysctl.conf')).toBe(expected)
    expect(planned.again()).toMatchObject({ type: 'unchanged' })
  })
})

describe('the running kernel', () => {
  test('gets the value with the file, and every other value of the file', () => {
    const planned = plan(
      sysctl,
      { name, value: 1 },
      host('vm.swappiness=10\n', { [name]: '0', 'vm.swappiness': '60' }),
    )
    expect(diffLines(planned.outcome)).toEqual([
      '/etc/sysctl.conf',
      `+${name}=1`,
      'sysctl',
      'vm.swappiness: 60 → 10',
      `${name}: 0 → 1`,
    ])
    expect(planned.state.read(kind, name)!.value).toBe('1')
  })

  test('gets nothing without reload', () => {
    const planned = plan(sysctl, { name, value: 1, reload: false }, host('', { [name]: '0' }))
    expect(planned.state.read(kind, name)!.value).toBe('0')
    expect(planned.again()).toMatchObject({ type: 'unchanged' })
  })

  test('gets the value without reload when sysctl_set says so, though the file is as it should be', () => {
    const args = { name, value: 1, reload: false, sysctl_set: true }
    const planned = plan(sysctl, args, host(`${name}=1\n`, { [name]: '0' }))
    expect(diffLines(planned.outcome)).toEqual(['sysctl', `${name}: 0 → 1`])
    expect(planned.outcome).toMatchObject({
      script: { text: expect.stringContaining('> /proc/sys/net/ipv4/ip_forward') },
    })
  })

  test.each<[string, string]>([
    ['white space is all the same', '32768\t60999'],
    ['the same', '32768 60999'],
  ])('has the value already: %s', (_, value) => {
    const port = 'net.ipv4.ip_local_port_range'
    const [running] = kind.parse(Buffer.from(`w${value}\n\0`), [port])
    const given = {
      ...host(`${port}=32768  60999\n`, {}),
      resources: { [`sysctl ${sysctlPath(port)}`]: running },
    }
    expect(plan(sysctl, { name: port, value: '32768  60999' }, given).outcome.type).toBe('unchanged')
  })

  test('patterns of a file mean every parameter, one named exactly counts more', () => {
    const conf = (each: string) => `/proc/sys/net/ipv4/conf/${each}/rp_filter`
    const planned = plan(
      sysctl,
      { name: 'net.ipv4.conf.eth0.rp_filter', value: 0 },
      {
        files: {
          '/etc/sysctl.conf': 'net.ipv4.conf.*.rp_filter=1\n',
          [conf('all')]: '',
          [conf('eth0')]: '',
        },
        resources: {
          [`sysctl ${conf('all')}`]: { value: '2', writable: true },
          [`sysctl ${conf('eth0')}`]: { value: '2', writable: true },
        },
      },
    )
    expect(diffLines(planned.outcome).slice(2)).toEqual([
      'sysctl',
      'net/ipv4/conf/all/rp_filter: 2 → 1',
      'net.ipv4.conf.eth0.rp_filter: 2 → 0',
    ])
  })
})

describe('what cannot be', () => {
  test.each<[string, Host, Dict, string]>([
    ['a parameter that the kernel lacks', host('', { [name]: null }), { value: 1 }, 'does not exist'],
    ['a container that may not', host('', { [name]: '0' }, false), { value: 1 }, 'cannot be written here'],
    ['no value', host('', { [name]: '0' }), {}, 'value cannot be None'],
    ['an empty value', host('', { [name]: '0' }), { value: '' }, 'value cannot be blank'],
  ])('%s fails before anything is touched', (_, on, args, msg) => {
    expect(plan(sysctl, { name, ...args }, on).outcome).toMatchObject({
      type: 'failed',
      result: { msg: expect.stringContaining(msg) },
    })
  })

  test('with ignoreerrors only the file counts', () => {
    const on = host('', { [name]: null })
    const planned = plan(sysctl, { name, value: 1, ignoreerrors: true }, on)
    expect(diffLines(planned.outcome)).toEqual(['/etc/sysctl.conf', `+${name}=1`])
    expect(planned.again()).toMatchObject({ type: 'unchanged' })
  })
})

test.each([
  ['net.ipv4.ip_forward', '/proc/sys/net/ipv4/ip_forward'],
  ['net/ipv4/conf/eth0.1/forwarding', '/proc/sys/net/ipv4/conf/eth0.1/forwarding'],
  ['net.ipv4.conf.eth0/1.forwarding', '/proc/sys/net/ipv4/conf/eth0.1/forwarding'],
])('%s is %s', (written, path) => expect(sysctlPath(written)).toBe(path))
