import { describe, expect, test } from 'vitest'
import known_hosts from '../../runner/modules/known_hosts.ts'
import { judgeHostKey, parseKnownHosts } from '../../runner/transport/known-hosts.ts'
import { plan, textAfter } from './harness.ts'

const key = (fill: string) => {
  const type = Buffer.from('ssh-ed25519')
  const length = Buffer.from([0, 0, 0, type.length])
  return Buffer.concat([length, type, Buffer.from([0, 0, 0, 32]), Buffer.alloc(32, fill)]).toString('base64')
}
const [ONE, TWO] = [key('1'), key('2')]
const file = '/etc/ssh/ssh_known_hosts'
const args = { path: file, name: 'git.example' }

describe('known_hosts', () => {
  test.each<[string, string, object, string]>([
    [
      'adds a key',
      '# mine\nother ssh-ed25519 x\n',
      { key: `git.example ssh-ed25519 ${ONE}` },
      `# mine\nother ssh-ed25519 x\ngit.example ssh-ed25519 ${ONE}\n`,
    ],
    [
      'replaces a key of the same type',
      `git.example ssh-ed25519 ${ONE}\n`,
      { key: `git.example ssh-ed25519 ${TWO}` },
      `git.example ssh-ed25519 ${TWO}\n`,
    ],
    [
      'adds a second authority',
      `@cert-authority *.example ssh-ed25519 ${ONE}\n`,
      { name: '*.example', key: `@cert-authority *.example ssh-ed25519 ${TWO}` },
      `@cert-authority *.example ssh-ed25519 ${ONE}\n@cert-authority *.example ssh-ed25519 ${TWO}\n`,
    ],
    [
      'writes the port',
      '',
      { name: '[git.example]:2222', key: `[git.example]:2222 ssh-ed25519 ${ONE}` },
      `[git.example]:2222 ssh-ed25519 ${ONE}\n`,
    ],
    [
      'removes every key of a host',
      `git.example ssh-ed25519 ${ONE}\nother ssh-ed25519 ${ONE}\n`,
      { state: 'absent' },
      `other ssh-ed25519 ${ONE}\n`,
    ],
    [
      'removes one key',
      `git.example ssh-ed25519 ${ONE}\ngit.example ssh-ed25519 ${TWO}\n`,
      { state: 'absent', key: `git.example ssh-ed25519 ${TWO}` },
      `git.example ssh-ed25519 ${ONE}\n`,
    ],
  ])('%s', (_, before, given, after) => {
    const planned = plan(known_hosts, { ...args, ...given }, { files: { [file]: before } })
    expect(textAfter(planned, file)).toBe(after)
    expect(planned.again().type).toBe('unchanged')
  })

  test.each([
    ['another host’s key', { key: `other.example ssh-ed25519 ${ONE}` }, 'does not match'],
    ['several names', { name: 'a,b', key: `a,b ssh-ed25519 ${ONE}` }, 'Comma separated'],
  ])('refuses %s', (_, given, msg) => {
    const { outcome } = plan(known_hosts, { ...args, ...given }, { files: { [file]: '' } })
    expect(outcome).toMatchObject({ type: 'failed', result: { msg: expect.stringContaining(msg) } })
  })

  test('hashes the name in a way that ssh understands, and finds it again', () => {
    const planned = plan(
      known_hosts,
      { ...args, key: `git.example ssh-ed25519 ${ONE}`, hash_host: true },
      { files: { '/etc/ssh/sshd_config': '' } },
    )
    const text = textAfter(planned, file)!
    expect(text).toMatch(/^\|1\|/)
    expect(
      judgeHostKey(parseKnownHosts(text, file), 'git.example', 22, Buffer.from(ONE, 'base64')).kind,
    ).toBe('known')
    expect(planned.again().type).toBe('unchanged')
  })

  test('makes the directory of the user’s own file', () => {
    const { files } = plan(
      known_hosts,
      { name: 'git.example', key: `git.example ssh-ed25519 ${ONE}` },
      { files: { '/root/x': '' } },
    )
    expect(files.stat('/root/.ssh').status).toMatchObject({ type: 'directory', mode: 0o700 })
  })

  test.each([
    ['no key', {}],
    ['what is no key', { key: 'git.example ssh-ed25519 nonsense' }],
  ])('refuses %s', (_, given) => {
    expect(plan(known_hosts, { ...args, ...given }).outcome.type).toBe('failed')
  })
})
