import { describe, expect, test } from 'vitest'
import { effect } from '../../runner/host/state.ts'
import ufw from '../../runner/modules/ufw.ts'
import { firewall, type FirewallRules } from '../../runner/resources/firewall.ts'
import { absentPackage, packageKind } from '../../runner/resources/package.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { diffLines, type Host, plan, textAfter } from './harness.ts'

const DEFAULTS = `IPV6=yes
DEFAULT_INPUT_POLICY="DROP"
DEFAULT_OUTPUT_POLICY="ACCEPT"
DEFAULT_FORWARD_POLICY="DROP"
`

function host(rules: Partial<FirewallRules> = {}, files: Record<string, string> = {}): Host {
  return {
    files: {
      '/etc/default/ufw': DEFAULTS,
      '/etc/ufw/ufw.conf': 'ENABLED=no\nLOGLEVEL=low\n',
      '/etc/ufw/user.rules': '*filter\n',
      '/etc/services': 'ssh 22/tcp\ndomain 53/tcp\ndomain 53/udp\ntftp 69/udp\n',
      '/etc/ufw/applications.d/web':
        '[WWW Full]\ntitle=Web\ndescription=Web\nports=80,443/tcp\n\n[DNS]\nports=53\n',
      '/etc/ufw/applications.d/files': '[CIFS]\ntitle=x\nports=137,138/udp|139,445/tcp\n',
      ...files,
    },
    resources: { 'firewall ufw': { active: false, rules: [], rules6: [], ...rules } },
  }
}

function rulesAfter(args: Dict, on: Host) {
  const planned = plan(ufw, args, on)
  expect(planned.again(), 'a second run changes nothing').toMatchObject({ type: 'unchanged' })
  const { rules, rules6 } = planned.state.read(firewall, 'ufw')!
  return [...rules.map((rule) => `4 ${rule}`), ...rules6.map((rule) => `6 ${rule}`)]
}

const SSH = 'allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in'
const SSH6 = 'allow tcp 22 ::/0 any ::/0 in'
const WEB = 'allow tcp 80 0.0.0.0/0 any 0.0.0.0/0 in'
const WEB6 = 'allow tcp 80 ::/0 any ::/0 in'

describe('a rule is written as ufw writes it', () => {
  test.each<[string, Dict, string[]]>([
    ['a port, for both families', { rule: 'allow', port: 22, proto: 'tcp' }, [`4 ${SSH}`, `6 ${SSH6}`]],
    [
      'ports in order, with a range',
      { rule: 'deny', port: '443,80,60000:61000', proto: 'udp' },
      [
        '4 deny udp 80,443,60000:61000 0.0.0.0/0 any 0.0.0.0/0 in',
        '6 deny udp 80,443,60000:61000 ::/0 any ::/0 in',
      ],
    ],
    [
      'a network by its first address, for its own family only',
      { rule: 'allow', port: 22, proto: 'tcp', from: '10.1.2.3/255.0.0.0' },
      ['4 allow tcp 22 0.0.0.0/0 any 10.0.0.0/8 in'],
    ],
    [
      'one address without a mask',
      { rule: 'limit', to: '192.168.0.4/32' },
      ['4 limit any any 192.168.0.4 any 0.0.0.0/0 in'],
    ],
    [
      'the shortest spelling of an IPv6 address, its network as written',
      { rule: 'allow', from: '2001:DB8:0:0:0:0:0:1/64' },
      ['6 allow any any ::/0 any 2001:db8::1/64 in'],
    ],
    ["a service's name by its port and protocol", { rule: 'allow', port: 'ssh' }, [`4 ${SSH}`, `6 ${SSH6}`]],
    [
      "a service's name that both protocols know",
      { rule: 'allow', port: 'domain', from: '10.0.0.1' },
      ['4 allow any 53 0.0.0.0/0 any 10.0.0.1 in'],
    ],
    [
      'an interface and what is logged',
      { rule: 'reject', direction: 'out', interface: 'eth0', to_port: 25, from_ip: '10.0.0.1', log: true },
      ['4 reject_log any 25 0.0.0.0/0 any 10.0.0.1 out_eth0'],
    ],
    [
      'a forwarded packet between two interfaces',
      { rule: 'allow', route: true, interface_in: 'eth0', interface_out: 'eth1', to: '10.0.0.1' },
      ['4 route:allow any any 10.0.0.1 any 0.0.0.0/0 in_eth0!out_eth1'],
    ],
    [
      'a comment in hexadecimal',
      { rule: 'allow', from: '10.0.0.1', comment: 'für' },
      ['4 allow any any 0.0.0.0/0 any 10.0.0.1 in comment=66c3bc72'],
    ],
    [
      'a protocol that only IPv4 has',
      { rule: 'allow', proto: 'igmp' },
      ['4 allow igmp any 0.0.0.0/0 any 0.0.0.0/0 in'],
    ],
    [
      'an application, by its name in any case',
      { rule: 'allow', name: 'www full', from: '10.0.0.1' },
      ['4 allow tcp 80,443 0.0.0.0/0 any 10.0.0.1 WWW%20Full - in'],
    ],
    [
      'an application of several ports',
      { rule: 'allow', name: 'CIFS', from: '10.0.0.1' },
      [
        '4 allow udp 137,138 0.0.0.0/0 any 10.0.0.1 CIFS - in',
        '4 allow tcp 139,445 0.0.0.0/0 any 10.0.0.1 CIFS - in',
      ],
    ],
  ])('%s', (_, args, expected) => expect(rulesAfter(args, host())).toEqual(expected))
})

describe('a rule finds its place', () => {
  test.each<[string, Dict, Partial<FirewallRules>, string[]]>([
    [
      'one about the same packets is replaced where it is',
      { rule: 'deny', port: 22, proto: 'tcp' },
      { rules: [SSH, WEB], rules6: [SSH6] },
      [`4 ${SSH.replace('allow', 'deny')}`, `4 ${WEB}`, `6 ${SSH6.replace('allow', 'deny')}`],
    ],
    [
      'insert 0 is before the first rule of IPv4',
      { rule: 'allow', from: '10.0.0.1', insert: 0, insert_relative_to: 'first-ipv4' },
      { rules: [SSH] },
      ['4 allow any any 0.0.0.0/0 any 10.0.0.1 in', `4 ${SSH}`],
    ],
    [
      'insert 0 is before the first rule of IPv6',
      { rule: 'allow', from: '2001:db8::1', insert: 0, insert_relative_to: 'first-ipv6' },
      { rules: [SSH], rules6: [SSH6] },
      [`4 ${SSH}`, '6 allow any any ::/0 any 2001:db8::1 in', `6 ${SSH6}`],
    ],
    [
      'into an empty list it is simply added',
      { rule: 'allow', from: '10.0.0.1', insert: 0, insert_relative_to: 'first-ipv4' },
      { rules6: [SSH6] },
      ['4 allow any any 0.0.0.0/0 any 10.0.0.1 in', `6 ${SSH6}`],
    ],
    [
      'in both families it stands before the same rule',
      { rule: 'allow', port: 80, proto: 'tcp', insert: 1 },
      { rules: [SSH], rules6: [SSH6] },
      [`4 ${WEB}`, `4 ${SSH}`, `6 ${WEB6}`, `6 ${SSH6}`],
    ],
    ['without IPv6 there is one rule', { rule: 'allow', port: 80, proto: 'tcp' }, {}, [`4 ${WEB}`]],
  ])('%s', (name, args, rules, expected) => {
    const files: Record<string, string> = name.startsWith('without IPv6')
      ? { '/etc/default/ufw': DEFAULTS.replace('IPV6=yes', 'IPV6=no') }
      : {}
    expect(rulesAfter(args, host(rules, files))).toEqual(expected)
  })

  test.each<[string, Dict, Partial<FirewallRules>]>([
    ['that is there', { rule: 'allow', port: 22, proto: 'tcp' }, { rules: [SSH], rules6: [SSH6] }],
    [
      'that is there elsewhere is not moved',
      { rule: 'allow', port: 80, proto: 'tcp', insert: 1 },
      { rules: [SSH, WEB], rules6: [SSH6, WEB6] },
    ],
    ['that is not there is not deleted', { rule: 'allow', port: 22, proto: 'tcp', delete: true }, {}],
    [
      'with another comment is not the one to delete',
      { rule: 'allow', port: 22, proto: 'tcp', delete: true, comment: 'b' },
      { rules: [`${SSH} comment=61`] },
    ],
  ])('a rule %s', (_, args, rules) => {
    expect(plan(ufw, args, host(rules)).outcome).toMatchObject({ type: 'unchanged' })
  })

  test('a rule is deleted whatever its comment when none is given', () => {
    const args = { rule: 'allow', port: 22, proto: 'tcp', delete: true }
    expect(rulesAfter(args, host({ rules: [`${SSH} comment=61`, WEB], rules6: [SSH6] }))).toEqual([
      `4 ${WEB}`,
    ])
  })

  test("all rules of an application are deleted by its name's case", () => {
    const rules = [
      'allow udp 137,138 0.0.0.0/0 any 0.0.0.0/0 CIFS - in',
      'allow tcp 139,445 0.0.0.0/0 any 0.0.0.0/0 CIFS - in',
    ]
    expect(rulesAfter({ rule: 'allow', name: 'cifs', delete: true }, host({ rules }))).toEqual([])
  })
})

test('the diff shows the list of rules in the words of the command line', () => {
  const { outcome } = plan(
    ufw,
    { rule: 'limit', port: 22, proto: 'tcp', comment: 'SSH' },
    host({ rules: [WEB], rules6: [WEB6] }),
  )
  expect(diffLines(outcome)).toEqual([
    'firewall',
    "+limit 22/tcp comment 'SSH'",
    "+limit 22/tcp comment 'SSH' (v6)",
  ])
  expect(outcome).toMatchObject({
    diff: [{ before: 'allow 80/tcp\nallow 80/tcp (v6)\n' }],
    result: { commands: ['ufw limit from any to any port 22 proto tcp comment SSH'] },
  })
})

test('what an author writes reaches the command line as one word', () => {
  const { outcome } = plan(ufw, { rule: 'allow', from: '10.0.0.1', comment: '$(id); "x"' }, host())
  expect(outcome).toMatchObject({ script: { text: expect.stringContaining(`comment '$(id); "x"'`) } })
})

describe('settings stand in their files', () => {
  test.each<[string, Dict, string, string]>([
    [
      'a default policy',
      { default: 'reject', direction: 'outgoing' },
      '/etc/default/ufw',
      'DEFAULT_OUTPUT_POLICY="REJECT"',
    ],
    [
      'incoming is meant without a direction',
      { policy: 'allow' },
      '/etc/default/ufw',
      'DEFAULT_INPUT_POLICY="ACCEPT"',
    ],
    ['logging', { logging: 'full' }, '/etc/ufw/ufw.conf', 'LOGLEVEL=full'],
    ['no logging, as YAML reads it', { logging: false }, '/etc/ufw/ufw.conf', 'LOGLEVEL=off'],
    ['on', { state: 'enabled' }, '/etc/ufw/ufw.conf', 'ENABLED=yes'],
  ])('%s', (_, args, file, line) => {
    const planned = plan(ufw, args, host())
    expect(textAfter(planned, file)!.split('\n')).toContain(line)
    expect(planned.again()).toMatchObject({ type: 'unchanged' })
  })

  test.each<[string, Dict]>([
    ['off', { state: 'disabled' }],
    ['reloaded, which means nothing while it is off', { state: 'reloaded' }],
    ['logging on', { logging: 'on' }],
    ['a default policy', { default: 'deny', direction: 'incoming' }],
  ])('that are so already: %s', (_, args) => {
    expect(plan(ufw, args, host()).outcome).toMatchObject({ type: 'unchanged' })
  })

  test('it is switched on again where it is enabled but not loaded', () => {
    const on = host({ active: false }, { '/etc/ufw/ufw.conf': 'ENABLED=yes\n' })
    expect(plan(ufw, { state: 'enabled' }, on).outcome).toMatchObject({ type: 'change' })
  })

  test('a reset takes every rule away and switches off', () => {
    const on = host({ active: true, rules: [SSH], rules6: [SSH6] }, { '/etc/ufw/ufw.conf': 'ENABLED=yes\n' })
    const planned = plan(ufw, { state: 'reset' }, on)
    expect(planned.state.read(firewall, 'ufw')).toEqual({ active: false, rules: [], rules6: [] })
    expect(textAfter(planned, '/etc/ufw/ufw.conf')).toBe('ENABLED=no\n')
  })
})

describe('before ufw is installed', () => {
  const none: Host = { resources: { 'firewall ufw': null } }

  test('a task fails', () => {
    expect(plan(ufw, { state: 'enabled' }, none).outcome).toMatchObject({
      type: 'failed',
      result: { msg: expect.stringContaining('Failed to find required executable "ufw"') },
    })
  })

  test('a task after one that would install it starts from an empty firewall', () => {
    const installed = effect(packageKind, 'ufw', {
      ...absentPackage,
      status: 'installed',
      version: '0.36.2-1',
    })
    const args = { rule: 'allow', port: 22, proto: 'tcp', state: 'enabled' }
    expect(rulesAfter(args, { ...none, predicted: [installed] })).toEqual([`4 ${SSH}`, `6 ${SSH6}`])
  })
})

describe('mistakes are told as ufw tells them', () => {
  test.each<[Dict, string]>([
    [{ rule: 'allow', port: 70000 }, 'Bad port'],
    [{ rule: 'allow', port: '90:80', proto: 'tcp' }, 'Bad port'],
    [{ rule: 'allow', port: '80,443' }, "Must specify 'tcp' or 'udp'"],
    [{ rule: 'allow', port: 'nonsense' }, 'Bad port'],
    [{ rule: 'allow', from: 'example.org' }, 'Bad source address'],
    [{ rule: 'allow', from: '10.0.0.1', to: '::1' }, 'Mixed IP versions'],
    [{ rule: 'allow', proto: 'igmp', from: '::1' }, "Invalid IPv6 address with protocol 'igmp'"],
    [{ rule: 'allow', proto: 'gre', port: 1 }, "Invalid port with protocol 'gre'"],
    [{ rule: 'allow', port: 'tftp', proto: 'tcp' }, 'Protocol mismatch'],
    [{ rule: 'allow', name: 'Nothing' }, "Could not find a profile matching 'Nothing'"],
    [{ rule: 'allow', interface: 'eth0', port: 1 }, "'interface' needs 'direction' too"],
    [{ rule: 'allow', insert: 7, port: 1 }, "Invalid position '7'"],
    [{ rule: 'allow', interface_in: 'a', interface_out: 'b' }, 'Only route rules'],
    [{ rule: 'allow', comment: "it's" }, 'Comment may not contain'],
    [{ default: 'deny', direction: 'in' }, 'For default, direction must be'],
    [{ direction: 'in' }, 'one of the following is required'],
  ])('%o', (args, msg) => {
    expect(plan(ufw, args, host()).outcome).toMatchObject({
      type: 'failed',
      result: { msg: expect.stringContaining(msg) },
    })
  })

  test('only root may', () => {
    const { outcome } = plan(ufw, { state: 'enabled' }, { ...host(), user: { user: 'debian', uid: 1000 } })
    expect(outcome).toMatchObject({ result: { msg: 'ERROR: You need to be root to run this script' } })
  })
})
