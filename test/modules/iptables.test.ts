import { describe, expect, test } from 'vitest'
import iptables from '../../runner/modules/iptables.ts'
import { iptables as kind } from '../../runner/resources/iptables.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { diffLines, plan } from './harness.ts'

const files = { '/usr/sbin/iptables': '', '/usr/sbin/ip6tables': '' }
const https = { chain: 'INPUT', protocol: 'tcp', destination_port: '443', jump: 'ACCEPT' }
const HTTPS = '-p tcp -j ACCEPT --destination-port 443'
const run = (args: Dict, id: string, value: string) =>
  plan(iptables, args, { files, resources: { [`iptables iptables -t filter ${id}`]: value } })

describe('a rule', () => {
  test.each<[string, Dict, string, string]>([
    ['is appended', {}, 'missing', '-A'],
    ['is inserted', { action: 'insert', rule_num: '3' }, 'missing', '-I'],
    ['is removed', { state: 'absent' }, 'there', '-D'],
  ])('%s', (_, args, value, verb) => {
    const { outcome, again } = run({ ...https, ...args }, `INPUT ${HTTPS}`, value)
    expect(outcome).toMatchObject({
      script: { text: expect.stringContaining(`iptables -w -t filter '${verb}' INPUT`) },
      result: { rule: HTTPS },
    })
    expect(again().type).toBe('unchanged')
  })

  test.each<[string, Dict, string]>([
    ['there', {}, 'there'],
    ['gone', { state: 'absent' }, 'missing'],
  ])('that is %s already is left alone', (_, args, value) => {
    expect(run({ ...https, ...args }, `INPUT ${HTTPS}`, value).outcome.type).toBe('unchanged')
  })

  test.each<[string, Dict, string]>([
    ['a negation', { source: '!10.0.0.0/8', jump: 'DROP' }, '! -s 10.0.0.0/8 -j DROP'],
    [
      'states',
      { ctstate: ['ESTABLISHED', 'RELATED'], jump: 'ACCEPT' },
      '-j ACCEPT -m conntrack --ctstate ESTABLISHED,RELATED',
    ],
    [
      'several ports',
      { protocol: 'tcp', destination_ports: ['80', '443', '8000:8100'] },
      '-p tcp -m multiport --dports 80,443,8000:8100',
    ],
    [
      'an extension only once',
      { match: ['comment'], comment: 'hello world' },
      '-m comment --comment hello world',
    ],
    [
      'a log',
      { jump: 'LOG', log_prefix: 'x: ', limit: '3/minute', limit_burst: '5' },
      '-j LOG --log-prefix x:  -m limit --limit 3/minute --limit-burst 5',
    ],
    [
      'new connections',
      { protocol: 'tcp', syn: 'match', tcp_flags: { flags: ['SYN', 'ACK'], flags_set: ['SYN'] } },
      '-p tcp --tcp-flags SYN,ACK SYN --syn',
    ],
    ['a refusal', { reject_with: 'tcp-reset', protocol: 'tcp' }, '-p tcp -j REJECT --reject-with tcp-reset'],
    ['an owner', { uid_owner: 'ada', jump: 'ACCEPT' }, '-j ACCEPT -m owner --uid-owner ada'],
    ['interfaces', { in_interface: 'eth0', out_interface: '!eth1' }, '-i eth0 ! -o eth1'],
  ])('with %s', (_, args, words) => {
    expect(run({ chain: 'INPUT', ...args }, `INPUT ${words}`, 'there').outcome.type).toBe('unchanged')
  })
})

describe('a chain', () => {
  test('gets a policy', () => {
    const { outcome, again } = run({ chain: 'INPUT', policy: 'DROP' }, 'INPUT', 'ACCEPT')
    expect(diffLines(outcome)).toEqual(['iptables filter INPUT', 'policy: ACCEPT → DROP'])
    expect(again().type).toBe('unchanged')
  })

  test.each<[string, Dict, string, string]>([
    ['is made', {}, 'missing', '-N'],
    ['is removed', { state: 'absent' }, '-', '-X'],
  ])('of one’s own %s', (_, args, value, verb) => {
    const { outcome, again } = run({ chain: 'MINE', chain_management: true, ...args }, 'MINE', value)
    expect(outcome).toMatchObject({ script: { text: expect.stringContaining(`'${verb}' MINE`) } })
    expect(again().type).toBe('unchanged')
  })

  test('is flushed', () => {
    expect(plan(iptables, { chain: 'INPUT', flush: true }, { files }).outcome).toMatchObject({
      type: 'change',
      sideEffects: true,
    })
  })
})

test('without the program it fails', () => {
  expect(plan(iptables, https).outcome).toMatchObject({
    type: 'failed',
    result: { msg: expect.stringContaining('"iptables"') },
  })
})

test('rules are asked for with -C, chains with -S', () => {
  const key = { program: 'iptables', table: 'nat', chain: 'X' } as const
  const script = kind.read([
    { ...key, rule: ['-j', "it's"] },
    { ...key, rule: [] },
  ]).text
  expect(script).toContain(`iptables -w -t nat -C X '-j' 'it'\\''s'`)
  expect(script).toContain('iptables -w -t nat -S X')
})
