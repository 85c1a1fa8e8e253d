import { describe, expect, test } from 'vitest'
import { md5Crypt } from '../../runner/expressions/crypt/md5.ts'
import htpasswd from '../../runner/modules/htpasswd.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { diffLines, plan, textAfter } from './harness.ts'

const path = '/etc/nginx/users'
// As `openssl passwd -apr1 -salt abcdefgh secret` prints it.
const APR = '$apr1$abcdefgh$h9FWgUz3n9YxylKLlR5SQ/'
const on = (text: string) => ({ files: { [path]: text } })

test('Apache’s hash is that of openssl', () => expect(md5Crypt('secret', 'abcdefgh', '$apr1$')).toBe(APR))

describe('a password', () => {
  test.each([
    'apr_md5_crypt',
    'md5_crypt',
    'sha256_crypt',
    'sha512_crypt',
    'bcrypt',
    'ldap_sha1',
    'plaintext',
  ])('as %s is written once', (hash_scheme) => {
    const planned = plan(htpasswd, { path, name: 'ann', password: 'secret', hash_scheme }, on('bob:x'))
    expect(textAfter(planned, path)).toMatch(/^bob:x\nann:\S+\n$/)
    expect(planned.again()).toMatchObject({ type: 'unchanged' })
  })

  test('that is another one takes its place, and nobody is shown a hash', () => {
    const args = { path, name: 'ann', password: 'other' }
    const planned = plan(htpasswd, args, on(`ann:${APR}\nbob:x\n`))
    expect(textAfter(planned, path)).toMatch(/^ann:\$apr1\$(?!abcdefgh)\S+\nbob:x\n$/)
    expect(diffLines(planned.outcome).join('\n')).not.toContain('$apr1$')
    expect(diffLines(planned.outcome)).toContain('users: - → Update ann')
  })

  test('in a file that is not there makes it, unless that is not wanted', () => {
    const args = { path, name: 'ann', password: 'secret' }
    expect(textAfter(plan(htpasswd, args, { files: { '/etc/nginx/x': '' } }), path)).toMatch(/^ann:/)
    expect(plan(htpasswd, { ...args, create: false }).outcome).toMatchObject({ type: 'failed' })
  })
})

test.each(['$2y$31$', '$2y$03$', '$5$rounds=10$', '$6$rounds=999999999$'])(
  'a hash that takes too many rounds to look at gives way to a new one: %s',
  (start) => {
    const there = `ann:${start}abcdefghijklmnopqrstuv$x\n`
    const planned = plan(htpasswd, { path, name: 'ann', password: 'secret' }, on(there))
    expect(textAfter(planned, path)).toMatch(/^ann:\$apr1\$/)
  },
)

test('a user is removed', () => {
  const planned = plan(htpasswd, { path, name: 'ann', state: 'absent' }, on(`ann:${APR}\nbob:x\n`))
  expect(textAfter(planned, path)).toBe('bob:x\n')
  expect(planned.again().type).toBe('unchanged')
})

test.each<[Dict, string]>([
  [{ name: 'a:b', password: 'x' }, 'no name of a user'],
  [{ name: 'a' }, 'password is required'],
  [{ name: 'a', password: 'x', hash_scheme: 'rot13' }, 'not known'],
])('%o fails', (args, message) => {
  expect(plan(htpasswd, { path, ...args }).outcome).toMatchObject({
    type: 'failed',
    result: { msg: expect.stringContaining(message) },
  })
})
