import { describe, expect, test } from 'vitest'
import { effect } from '../../runner/host/state.ts'
import getent from '../../runner/modules/getent.ts'
import { nameService } from '../../runner/resources/name-service.ts'
import { user } from '../../runner/resources/user.ts'
import { Unknown } from '../../runner/variables/unknown.ts'
import { plan } from './harness.ts'

const answers = {
  'name service passwd root': { status: 0, lines: ['root:x:0:0:root:/root:/bin/bash'] },
  'name service passwd nosuch': { status: 2, lines: [] },
  'name service hosts web1': { status: 0, lines: ['10.0.0.1       web1.example web1'] },
  'name service nonsense *': { status: 1, lines: [] },
}

const ask = (args: object, predicted = {}) =>
  plan(getent, { ...args }, { resources: answers, ...predicted }).outcome

describe('getent', () => {
  test.each([
    [
      'an account by its fields',
      { database: 'passwd', key: 'root' },
      { getent_passwd: { root: ['x', '0', '0', 'root', '/root', '/bin/bash'] } },
    ],
    [
      'a host by its words',
      { database: 'hosts', key: 'web1' },
      { getent_hosts: { '10.0.0.1': ['web1.example', 'web1'] } },
    ],
    [
      'nothing, if that is allowed',
      { database: 'passwd', key: 'nosuch', fail_key: false },
      { getent_passwd: { nosuch: null } },
    ],
  ])('finds %s', (_, args, facts) => {
    expect(ask(args)).toMatchObject({
      type: 'unchanged',
      facts,
      variables: facts,
      result: { ansible_facts: facts },
    })
  })

  test.each([
    [{ database: 'passwd', key: 'nosuch' }, 'could not be found'],
    [{ database: 'nonsense' }, 'database unknown'],
  ])('fails for %j', (args, message) => {
    expect(ask(args)).toMatchObject({ type: 'failed', result: { msg: expect.stringContaining(message) } })
  })

  test('finds a user that the run would make, but for what nobody knows yet', () => {
    const later = new Unknown({ what: 'the user' })
    const ada = {
      name: 'ada',
      uid: later,
      gid: 4,
      group: 'adm',
      groups: [],
      comment: '',
      home: '/home/ada',
      shell: '/bin/sh',
    }
    const outcome = ask({ database: 'passwd', key: 'ada' }, { predicted: [effect(user, 'ada', ada)] })
    expect(outcome).toMatchObject({
      facts: { getent_passwd: { ada: ['x', later, '4', '', '/home/ada', '/bin/sh'] } },
    })
  })

  test('counts who is to come, and not who is to go, among all', () => {
    const ada = {
      name: 'ada',
      uid: 1003,
      gid: 1003,
      group: 'ada',
      groups: [],
      comment: '',
      home: '/home/ada',
      shell: '/bin/sh',
    }
    const all = {
      'name service passwd *': {
        status: 0,
        lines: ['root:x:0:0:root:/root:/bin/bash', 'old:x:9:9::/:/bin/sh'],
      },
    }
    const predicted = [effect(user, 'ada', ada), effect(user, 'old', null)]
    const { outcome } = plan(getent, { database: 'passwd' }, { resources: all, predicted })
    expect(outcome).toMatchObject({
      facts: { getent_passwd: { ada: ['x', '1003', '1003', '', '/home/ada', '/bin/sh'] } },
    })
    expect(JSON.stringify(outcome)).not.toContain('"old"')
  })

  test('does not find a user that the run would remove', () => {
    expect(ask({ database: 'passwd', key: 'root' }, { predicted: [effect(user, 'root', null)] }).type).toBe(
      'failed',
    )
  })
})

test('answers are told apart by their status', () => {
  const keys = [{ database: 'passwd', key: 'nosuch' }, { database: 'group' }]
  const answer = ['2', '', '0', 'a:x:1:\nb:x:2:', ''].join('\0')
  expect(nameService.parse(Buffer.from(answer), keys)).toEqual([
    { status: 2, lines: [] },
    { status: 0, lines: ['a:x:1:', 'b:x:2:'] },
  ])
})
