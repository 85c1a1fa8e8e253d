import { describe, expect, test } from 'vitest'
import { combine, parseJumps } from '../../runner/transport/route.ts'
import { parseSshConfig } from '../../runner/transport/ssh-config.ts'
import type { SshTarget } from '../../runner/transport/target.ts'

const here = { user: 'me', home: '/home/me', agent: '/run/agent' }

function route(target: SshTarget, config?: string): ReturnType<typeof combine> {
  return combine(target, config === undefined ? undefined : parseSshConfig(config), here)
}

describe('without ssh_config', () => {
  test("ssh's defaults hold", () => {
    expect(route({ host: 'web1' })).toMatchObject({
      name: 'me@web1',
      host: 'web1',
      port: 22,
      user: 'me',
      timeout: 10,
      agent: '/run/agent',
      identityFiles: ['/home/me/.ssh/id_ed25519', '/home/me/.ssh/id_ecdsa', '/home/me/.ssh/id_rsa'],
      jumps: [],
      hostKeyPolicy: { host: 'web1', port: 22, checking: 'yes', hash: false },
    })
  })

  test('the target decides', () => {
    const target = {
      host: 'web1',
      port: 2222,
      user: 'debian',
      privateKeyFile: '~/key',
      agent: false,
    } as const
    const found = route({ ...target, hostKeyChecking: 'accept-new', timeout: 3, proxyJump: 'bastion' })
    expect(found).toMatchObject({ name: 'debian@web1:2222', privateKeyFile: '/home/me/key', timeout: 3 })
    expect(found.agent).toBeUndefined()
    expect(found.hostKeyPolicy.checking).toBe('accept-new')
    expect(found.jumps).toEqual([{ host: 'bastion', sshArguments: [] }])
  })
})

describe('ssh_config', () => {
  test('gives what the target leaves open', () => {
    const config = `hostname 192.0.2.9
user admin
port 2200
identityfile ~/.ssh/web
identityfile %d/.ssh/spare
userknownhostsfile ~/.ssh/hosts /srv/hosts
globalknownhostsfile /etc/hosts.known
stricthostkeychecking accept-new
hostkeyalias web
hashknownhosts yes
connecttimeout 7
serveraliveinterval 20
proxyjump admin@bastion:2022`
    expect(route({ host: 'alias' }, config)).toMatchObject({
      name: 'admin@192.0.2.9:2200',
      timeout: 7,
      identityFiles: ['/home/me/.ssh/web', '/home/me/.ssh/spare'],
      keepalive: { interval: 20, count: 3 },
      jumps: [{ host: 'bastion', user: 'admin', port: 2022 }],
      hostKeyPolicy: {
        host: 'web',
        port: 22,
        checking: 'accept-new',
        hash: true,
        files: ['/home/me/.ssh/hosts', '/srv/hosts', '/etc/hosts.known'],
      },
    })
    expect(route({ host: 'alias', user: 'x', port: 1 }, config).name).toBe('x@192.0.2.9:1')
  })

  test.each([
    ['identitiesonly yes', undefined],
    ['identityagent none', undefined],
    ['identityagent ~/agent', '/home/me/agent'],
    ['identityagent SSH_AUTH_SOCK', '/run/agent'],
  ])('with `%s` the agent is %s', (config, agent) => {
    expect(route({ host: 'a' }, config).agent).toBe(agent)
  })

  test('has the tokens of ProxyCommand filled in', () => {
    const config = 'hostname real\nproxycommand nc -x proxy %h %p # %n %r %%'
    expect(route({ host: 'alias', user: 'u' }, config).proxyCommand).toBe('nc -x proxy real 22 # alias u %')
    expect(route({ host: 'alias' }, 'proxycommand none').proxyCommand).toBeUndefined()
  })
})

test.each<[string, SshTarget[]]>([
  ['bastion', [{ host: 'bastion' }]],
  ['u@bastion:2222', [{ host: 'bastion', user: 'u', port: 2222 }]],
  ['a,b:1', [{ host: 'a' }, { host: 'b', port: 1 }]],
  ['u@[2001:db8::1]:22', [{ host: '2001:db8::1', user: 'u', port: 22 }]],
  ['ssh://u@bastion:22', [{ host: 'bastion', user: 'u', port: 22 }]],
])('jump hosts %s', (text, expected) => {
  expect(parseJumps(text)).toEqual(expected.map((hop) => ({ user: undefined, port: undefined, ...hop })))
})
