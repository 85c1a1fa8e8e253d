import { printable } from './printable.ts'
import { splitWords } from './split-words.ts'
import type { Become } from './session.ts'
import { type Script, sh } from './shell.ts'

/**
 * The command that runs `boot` as another user. `prompt` is what it prints on standard error when it wants a
 * password, where that can be chosen. Neither this command nor its environment ever holds the password.
 */
export function becomeCommand(become: Become, boot: Script, prompt: string): Script {
  const { method, user, password } = become
  const exe = splitWords(become.exe ?? method)
  if (method === 'sudo') {
    const ask = password === undefined ? ['-n'] : ['-S', '-p', prompt]
    return sh`exec ${exe} ${sudoFlags(become.flags ?? '-H')} ${ask} -u ${user} -- ${boot}`
  }
  const flags = splitWords(become.flags ?? '')
  if (method === 'su') return sh`exec ${exe} ${flags} -s /bin/sh -c ${boot.text} ${user}`
  return sh`exec ${exe} ${flags} -n -u ${user} -- ${boot}`
}

/** Whether what stands on standard error so far is a question for the password that waits for an answer. */
export function asksForPassword(method: Become['method'], stderr: string, prompt: string): boolean {
  if (method === 'sudo') return stderr.includes(prompt)
  return method === 'su' && /[:：]\s?$/.test(stderr)
}

/** Why becoming failed, from what was printed, and what to do about it. */
export function becomeFailure(become: Become, login: string, said: string): string {
  const { method, user } = become
  const known = reasons.find(({ pattern }) => pattern.test(said))
  const what = `${login} cannot become ${user} with ${method}`
  if (known) return `${what}: ${known.reason(become, login)}`
  return `${what}: ${printable(said) || 'it ended without a word'}`
}

export function wrongPassword(become: Become, login: string): string {
  return `${login} cannot become ${become.user} with ${become.method}: the password is wrong`
}

export function missingPassword(become: Become, login: string): string {
  return `${login} cannot become ${become.user} with ${become.method}: it wants a password; ${askPass}`
}

const askPass = 'give it with --ask-become-pass (-K) or ansible_become_password'

/** Whether the host may ask for a password, so that nothing may be sent before it has. */
export function mayBeAsked(become: Become | undefined): boolean {
  return become !== undefined && (become.method === 'su' || become.password !== undefined)
}

const reasons: { pattern: RegExp; reason: (become: Become, login: string) => string }[] = [
  {
    pattern: /a password is required|no password was provided|Authorization required/i,
    reason: ({ method }) =>
      method === 'doas'
        ? 'it wants a password, and doas takes one only from a terminal; permit nopass for this user, or use sudo'
        : `it wants a password; ${askPass}`,
  },
  { pattern: /incorrect password|try again|Authentication failure/i, reason: () => 'the password is wrong' },
  {
    pattern: /not in the sudoers|not allowed to|may not run|Operation not permitted|Permission denied/i,
    reason: ({ method, user }, login) =>
      `the host does not allow it; permit ${login} to run commands as ${user} (${method})`,
  },
  {
    pattern: /must have a tty|a tty is required|a terminal is required/i,
    reason: ({ method }) =>
      method === 'sudo'
        ? `sudo wants a terminal; remove "requiretty" from its sudoers file, or if it wanted a password: ${askPass}`
        : 'it wants a terminal',
  },
  {
    pattern: /unknown user|user .* does not exist|no passwd entry/i,
    reason: ({ user }) => `there is no user ${user} on the host`,
  },
  {
    pattern: /(sudo|su|doas): (command not found|not found|No such file)|not found.*(sudo|su|doas)/i,
    reason: ({ method }) => `${method} is not installed on the host`,
  },
  {
    pattern: /account (has )?expired|account is locked|account validation failure/i,
    reason: () => 'the account on the host is expired or locked',
  },
]

/** Without those that decide whether sudo asks for a password and where: that is not the author's to say here. */
function sudoFlags(flags: string): string[] {
  return splitWords(flags)
    .filter((word) => !['--non-interactive', '--stdin'].includes(word))
    .map((word) => (/^-[AbEHikKnPsS]+$/.test(word) ? word.replaceAll(/[nS]/g, '') : word))
    .filter((word) => word !== '-')
}
