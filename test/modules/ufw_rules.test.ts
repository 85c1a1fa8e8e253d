import { describe, expect, test } from 'vitest'
import ufwRules from '../../runner/modules/ufw_rules.ts'
import { firewall, type FirewallRules } from '../../runner/resources/firewall.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { type Host, plan } from './harness.ts'

function host(rules: Partial<FirewallRules> = {}, ipv6 = 'yes'): Host {
  return {
    files: {
      '/etc/default/ufw': `IPV6=${ipv6}\nDEFAULT_INPUT_POLICY="DROP"\n`,
      '/etc/ufw/ufw.conf': 'ENABLED=no\nLOGLEVEL=low\n',
      '/etc/ufw/user.rules': '*filter\n',
      '/etc/ufw/applications.d/files': '[CIFS]\ntitle=x\nports=137,138/udp|139,445/tcp\n',
    },
    resources: { 'firewall ufw': { active: false, rules: [], rules6: [], ...rules } },
  }
}

const SSH = 'limit tcp 22 0.0.0.0/0 any 0.0.0.0/0 in'
const SSH6 = 'limit tcp 22 ::/0 any ::/0 in'
const WEB = 'allow tcp 80 0.0.0.0/0 any 0.0.0.0/0 in'
const WEB6 = 'allow tcp 80 ::/0 any ::/0 in'
const TRUSTED = 'allow tcp 22 0.0.0.0/0 any 10.0.0.9 in'
const OLD = 'allow tcp 9100 0.0.0.0/0 any 10.0.0.1 in'
const CIFS = [
  'allow udp 137,138 0.0.0.0/0 any 0.0.0.0/0 CIFS - in',
  'allow tcp 139,445 0.0.0.0/0 any 0.0.0.0/0 CIFS - in',
]

const ssh: Dict = { rule: 'limit', port: 22, proto: 'tcp' }
const web: Dict = { rule: 'allow', port: 80, proto: 'tcp' }
const trusted: Dict = { rule: 'allow', port: 22, proto: 'tcp', from: '10.0.0.9' }

function after(args: Dict, on: Host) {
  const planned = plan(ufwRules, args, on)
  expect(planned.again(), 'a second run changes nothing').toMatchObject({ type: 'unchanged' })
  const { outcome, state } = planned
  const { rules, rules6 } = state.read(firewall, 'ufw')!
  const commands = 'result' in outcome ? (outcome.result!['commands'] as string[]) : []
  return { rules: [...rules, ...rules6], commands: commands.map((each) => each.replace('ufw --force ', '')) }
}

describe('the rules become those of the list', () => {
  test.each<[string, Dict[], Partial<FirewallRules>, string[], string[]]>([
    [
      'of a new firewall',
      [ssh, web],
      {},
      [SSH, WEB, SSH6, WEB6],
      ['ufw limit from any to any port 22 proto tcp', 'ufw allow from any to any port 80 proto tcp'],
    ],
    [
      'what is missing is added',
      [ssh, web],
      { rules: [SSH], rules6: [SSH6] },
      [SSH, WEB, SSH6, WEB6],
      ['ufw allow from any to any port 80 proto tcp'],
    ],
    [
      'what nobody wants is removed, last numbers first',
      [ssh],
      { rules: [SSH, OLD, WEB], rules6: [SSH6, WEB6] },
      [SSH, SSH6],
      ['delete 5', 'delete 3', 'delete 2'],
    ],
    [
      'one about the same packets is changed where it stands',
      [ssh, web],
      { rules: [SSH.replace('limit', 'allow'), WEB], rules6: [SSH6.replace('limit', 'allow'), WEB6] },
      [SSH, WEB, SSH6, WEB6],
      ['ufw limit from any to any port 22 proto tcp'],
    ],
    [
      'one that comes before others takes their place',
      [trusted, ssh],
      { rules: [SSH], rules6: [SSH6] },
      [TRUSTED, SSH, SSH6],
      [
        'delete 1',
        'ufw allow from 10.0.0.9 to any port 22 proto tcp',
        'ufw limit from any to any port 22 proto tcp',
      ],
    ],
    [
      'the rules of an application have one number',
      [web],
      { rules: [...CIFS, WEB], rules6: [WEB6] },
      [WEB, WEB6],
      ['delete 1'],
    ],
    ['an empty list removes all', [], { rules: [SSH], rules6: [SSH6] }, [], ['delete 2', 'delete 1']],
  ])('%s', (_, rules, present, expected, commands) => {
    expect(after({ rules }, host(present))).toEqual({ rules: expected, commands })
  })
})

test('others stay where they are without exclusive', () => {
  expect(
    after({ rules: [ssh, web], exclusive: false }, host({ rules: [OLD, WEB], rules6: [WEB6] })).rules,
  ).toEqual([OLD, WEB, SSH, WEB6, SSH6])
})

test('without IPv6 its rules are not looked at', () => {
  expect(after({ rules: [ssh] }, host({ rules: [OLD], rules6: [WEB6] }, 'no'))).toEqual({
    rules: [SSH, WEB6],
    commands: ['delete 1', 'ufw limit from any to any port 22 proto tcp'],
  })
})

test.each<[Dict, string]>([
  [{ port: 22 }, 'rules[0]'],
  [{ rule: 'allow', prot: 'tcp' }, 'prot'],
  [{ rule: 'allow', interface: 'eth0' }, "rules[0]: 'interface' needs 'direction' too"],
  [{ rule: 'allow', from: 'example.org' }, 'Bad source address'],
])('a rule that is none is named: %o', (rule, msg) => {
  expect(plan(ufwRules, { rules: [rule] }, host()).outcome).toMatchObject({
    type: 'failed',
    result: { msg: expect.stringContaining(msg) },
  })
})
