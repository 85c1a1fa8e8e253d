import { describe, expect, test } from 'vitest'
import type { Value } from '../../../runner/variables/value.ts'
import { render } from '../harness.ts'
import { samples } from '../samples.ts'

const answers: [string, Value][] = [
  ["'10.0.0.1/24' | ansible.utils.ipaddr('network')", '10.0.0.0'],
  ["'10.0.0.1/24' | ansible.utils.ipaddr('address')", '10.0.0.1'],
  ["'10.0.0.7/24' | ansible.utils.ipaddr", '10.0.0.7/24'],
  ["'10.0.0.7/24' | ansible.utils.ipaddr('network')", '10.0.0.0'],
  ["'10.0.0.7/24' | ansible.utils.ipaddr('address')", '10.0.0.7'],
  ["'10.0.0.7/24' | ansible.utils.ipaddr('netmask')", '255.255.255.0'],
  ["'10.0.0.7/24' | ansible.utils.ipaddr('prefix')", 24],
  ["'10.0.0.7/24' | ansible.utils.ipaddr('broadcast')", '10.0.0.255'],
  ["'10.0.0.7/24' | ansible.utils.ipaddr('subnet')", '10.0.0.0/24'],
  ["'10.0.0.7/24' | ansible.utils.ipaddr('1')", '10.0.0.1/24'],
  ["'10.0.0.0/24' | ansible.utils.ipaddr('-1')", '10.0.0.255/24'],
  ["'10.0.0.0/24' | ansible.utils.ipaddr('net')", '10.0.0.0/24'],
  ["'10.0.0.0/24' | ansible.utils.ipaddr('first_usable')", '10.0.0.1'],
  ["'10.0.0.0/24' | ansible.utils.ipaddr('last_usable')", '10.0.0.254'],
  ["'10.0.0.0/24' | ansible.utils.ipaddr('range_usable')", '10.0.0.1-10.0.0.254'],
  ["'10.0.0.0/24' | ansible.utils.ipaddr('size')", 256],
  ["'10.0.0.1' | ansible.utils.ipaddr('revdns')", '1.0.0.10.in-addr.arpa.'],
  ["'10.0.0.1' | ansible.utils.ipaddr('int')", 167772161],
  ["'10.0.0.1' | ansible.utils.ipaddr('10.0.0.0/8')", '10.0.0.1'],
  ["'11.0.0.1' | ansible.utils.ipaddr('10.0.0.0/8')", null],
  ["'10.0.0.1' | ansible.utils.ipaddr('private')", '10.0.0.1'],
  ["'8.8.8.8' | ansible.utils.ipaddr('public')", '8.8.8.8'],
  ["'nope' | ansible.utils.ipaddr", false],
  [
    "['10.0.0.1', 'x', '::1', '192.168.0.0/16'] | ansible.utils.ipaddr",
    ['10.0.0.1', '::1', '192.168.0.0/16'],
  ],
  ["['10.0.0.1', 'x', '::1'] | ansible.utils.ipv4", ['10.0.0.1']],
  ["['10.0.0.1', 'x', '::1'] | ansible.utils.ipv6", ['::1']],
  ["'fe80::1' | ansible.utils.ipwrap", '[fe80::1]'],
  ["'10.0.0.1' | ansible.utils.ipwrap", '10.0.0.1'],
  ["'2001:db8::/32' | ansible.utils.ipaddr('network')", '2001:db8::'],
  ["'192.168.0.0/16' | ansible.utils.ipsubnet(20)", 16],
  ["'192.168.0.0/16' | ansible.utils.ipsubnet(20, 0)", '192.168.0.0/20'],
  ["'192.168.0.0/16' | ansible.utils.ipsubnet(20, -1)", '192.168.240.0/20'],
  ["'192.168.1.5' | ansible.utils.ipmath(5)", '192.168.1.10'],
  ["'10.0.0.0/8' | ansible.utils.nthhost(305)", '10.0.1.49'],
  ["'192.168.0.0/24' | ansible.utils.network_in_network('192.168.0.0/28')", true],
  ["['192.168.0.0/25', '192.168.0.128/25'] | ansible.utils.cidr_merge", ['192.168.0.0/24']],
  ["'192.168.0.1/255.255.255.0' | ansible.utils.ipaddr('prefix')", 24],
]

describe('ipaddr answers as ansible.utils does', () => {
  test.each(answers)('%s', (source, expected) => {
    expect(render(`{{ ${source} }}`, samples)).toEqual(expected)
  })
})
