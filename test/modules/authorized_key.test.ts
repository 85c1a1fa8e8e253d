import { describe, expect, test } from 'vitest'
import { effect } from '../../runner/host/state.ts'
import authorized_key from '../../runner/modules/authorized_key.ts'
import { user as userKind } from '../../runner/resources/user.ts'
import { Unknown } from '../../runner/variables/unknown.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { type Host, plan, textAfter } from './harness.ts'

const later = new Unknown({ what: 'the user' })
const ada = {
  name: 'ada',
  uid: later,
  gid: later,
  group: 'staff',
  groups: [],
  comment: '',
  home: '/home/ada',
  shell: '/bin/sh',
}
const FILE = '/home/ada/.ssh/authorized_keys'
const ONE = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl one@laptop'
const TWO = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOTkLC1aieAimodcl6RFFO2Sr+8n78qySPQnjXPN8/E6 two@desk'

const host = (text?: string): Host => ({
  files: {
    '/home/ada/.profile': '',
    ...(text === undefined ? {} : { [FILE]: { content: text, mode: 0o600, owner: 'ada', group: 'staff' } }),
    '/home/ada/.ssh': { type: 'directory', mode: 0o700, owner: 'ada', group: 'staff' },
  },
  resources: { 'user ada': ada, 'user nobody': null },
})

describe('authorized keys', () => {
  test.each<[string, string, Dict, string]>([
    ['are added behind those that are there', `# mine\n${ONE}\n`, { key: TWO }, `# mine\n${ONE}\n${TWO}\n`],
    [
      'are added several at once, each once',
      '',
      { key: `${ONE}\n# c\n${TWO}\n${ONE}\n` },
      `${ONE}\n${TWO}\n`,
    ],
    [
      'get other options in their place',
      `${ONE}\n${TWO}\n`,
      { key: ONE, key_options: 'no-pty' },
      `no-pty ${ONE}\n${TWO}\n`,
    ],
    [
      'get another comment',
      `${ONE}\n`,
      { key: ONE, comment: 'Ada' },
      `${ONE.replace('one@laptop', 'Ada')}\n`,
    ],
    ['are the only ones', `# mine\n${ONE}\n`, { key: TWO, exclusive: true }, `${TWO}\n`],
    ['are removed', `${ONE}\n${TWO}\n`, { key: ONE, state: 'absent' }, `${TWO}\n`],
  ])('%s', (_, before, args, after) => {
    const planned = plan(authorized_key, { user: 'ada', ...args }, host(before))
    expect(textAfter(planned, FILE)).toBe(after)
    expect(planned.again().type).toBe('unchanged')
  })

  test('that are there are left alone', () => {
    expect(plan(authorized_key, { user: 'ada', key: ONE }, host(`${ONE}\n`)).outcome.type).toBe('unchanged')
  })

  test('of a user that the run would make stand in its home, and belong to it', () => {
    const { files } = plan(
      authorized_key,
      { user: 'ada', key: ONE },
      { files: { '/home/ada/.profile': '' }, predicted: [effect(userKind, 'ada', ada)] },
    )
    expect(files.stat('/home/ada/.ssh').status).toMatchObject({ mode: 0o700, owner: 'ada', group: 'staff' })
    expect(files.stat(FILE).status).toMatchObject({ mode: 0o600, owner: 'ada', group: 'staff' })
  })

  test('stand elsewhere if that is said', () => {
    const { files } = plan(
      authorized_key,
      { user: 'ada', key: ONE, path: '/etc/keys', manage_dir: false },
      { ...host(), files: { '/etc/x': '' } },
    )
    expect(files.read('/etc/keys')?.toString()).toBe(`${ONE}\n`)
  })

  test.each<[string, Dict, string]>([
    ['of nobody', { user: 'nobody', key: ONE }, 'no such user'],
    ['that are none', { user: 'ada', key: 'ssh-rsa nonsense' }, 'invalid key'],
  ])('%s are refused', (_, args, message) => {
    expect(plan(authorized_key, args, host()).outcome).toMatchObject({
      type: 'failed',
      result: { msg: expect.stringContaining(message) },
    })
  })
})
