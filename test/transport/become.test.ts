import { describe, expect, test } from 'vitest'
import { asksForPassword, becomeCommand, becomeFailure } from '../../runner/transport/become.ts'
import { sh } from '../../runner/transport/shell.ts'
import type { Become } from '../../runner/transport/session.ts'

const root: Become = { user: 'root', method: 'sudo' }
const boot = sh`sh -c ${'echo up'}`

describe('the command to become another user', () => {
  test.each<[string, Become, string]>([
    ['without a password never asks', root, `exec sudo '-H' '-n' -u root -- sh -c 'echo up'`],
    [
      'with a password has it asked for with a prompt of our own',
      { ...root, password: 'pw' },
      `exec sudo '-H' '-S' '-p' '[prompt]' -u root -- sh -c 'echo up'`,
    ],
    [
      "does not let the author's flags decide how the password is asked for",
      { ...root, flags: '-HnS --login -n', password: 'pw' },
      `exec sudo '-H' '--login' '-S' '-p' '[prompt]' -u root -- sh -c 'echo up'`,
    ],
    [
      'takes another program',
      { ...root, exe: '/opt/bin/sudo -k' },
      `exec /opt/bin/sudo '-k' '-H' '-n' -u root -- sh -c 'echo up'`,
    ],
    [
      'quotes a hostile name',
      { ...root, user: '$(id)' },
      `exec sudo '-H' '-n' -u '$(id)' -- sh -c 'echo up'`,
    ],
    ['by su', { user: 'app', method: 'su' }, `exec su  -s /bin/sh -c 'sh -c '\\''echo up'\\''' app`],
    ['by doas', { user: 'app', method: 'doas' }, `exec doas  -n -u app -- sh -c 'echo up'`],
  ])('%s', (_name, become, expected) => {
    expect(becomeCommand(become, boot, '[prompt]').text).toBe(expected)
  })

  test('never holds the password', () => {
    for (const method of ['sudo', 'su', 'doas'] as const) {
      expect(becomeCommand({ user: 'root', method, password: 'S3cret' }, boot, '[p]').text).not.toContain(
        'S3cret',
      )
    }
  })
})

test.each<[Become['method'], string, boolean]>([
  ['sudo', 'We trust you have received the usual lecture\n[prompt]', true],
  ['sudo', 'Password: ', false],
  ['su', 'Password: ', true],
  ['su', 'Passwort: ', true],
  ['su', '密码：', true],
  ['su', 'su: warning: cannot change directory\n', false],
  ['doas', 'doas (user@host) password: ', false],
])('%s that says %j asks for a password: %s', (method, said, expected) => {
  expect(asksForPassword(method, said, '[prompt]')).toBe(expected)
})

// What the programs of Debian 12 and 13 say, word for word.
describe('a failure is explained', () => {
  test.each<[string, Become, string]>([
    ['sudo: a password is required', root, 'it wants a password; give it with --ask-become-pass (-K)'],
    [
      'Sorry, try again.\nsudo: no password was provided\nsudo: 1 incorrect password attempt',
      root,
      'password',
    ],
    ['eve is not in the sudoers file.', root, 'permit eve to run commands as root (sudo)'],
    ['Sorry, user eve is not allowed to execute', root, 'permit eve to run commands as root (sudo)'],
    ['sudo: sorry, you must have a tty to run sudo', root, 'requiretty'],
    ['sudo: unknown user nobodyhere', { ...root, user: 'nobodyhere' }, 'there is no user nobodyhere'],
    [
      'su: user nobodyhere does not exist or the user entry',
      { user: 'nobodyhere', method: 'su' },
      'there is no user',
    ],
    ['su: Authentication failure', { user: 'root', method: 'su' }, 'the password is wrong'],
    [
      'bash: line 1: exec: doas: not found',
      { user: 'root', method: 'doas' },
      'doas is not installed on the host',
    ],
    [
      'doas: Operation not permitted',
      { user: 'root', method: 'doas' },
      'permit eve to run commands as root (doas)',
    ],
    ['doas: Authorization required', { user: 'root', method: 'doas' }, 'permit nopass'],
    ['sudo: \u001b[31mnew kind of trouble\n', root, 'sudo:  [31mnew kind of trouble'],
    ['', root, 'it ended without a word'],
  ])('%j', (said, become, expected) => {
    const message = becomeFailure(become, 'eve', said)
    expect(message).toContain(`eve cannot become ${become.user} with ${become.method}: `)
    expect(message).toContain(expected)
  })
})
