import type { Authentication } from './authentication.ts'
import { printable } from './printable.ts'
import { Unreachable } from './session.ts'

/** An error on the way to a logged-in connection, in words that say what to do. */
export function connectFailure(error: unknown, name: string, authentication?: Authentication): Unreachable {
  if (error instanceof Unreachable) return error
  const { code, level, message } = firstOf(error)
  if (level === 'client-authentication' && authentication) return authenticationFailure(name, authentication)
  const known = causes.find(({ pattern }) => pattern.test(code) || pattern.test(message))
  if (known) return new Unreachable(`cannot connect to ${name}: ${known.says}`, known.hint, error)
  return new Unreachable(`cannot connect to ${name}: ${printable(message)}`, undefined, error)
}

/** Whether a new attempt may succeed: the server dropped the connection before saying anything (MaxStartups). */
export function worthRetrying(error: unknown): boolean {
  return error instanceof Unreachable && /closed the connection before/.test(error.message)
}

function authenticationFailure(
  name: string,
  { tried, problems, accepted, user }: Authentication,
): Unreachable {
  const offered = tried.filter((label) => label !== 'none')
  const what = offered.length === 0 ? 'there was nothing to offer' : `refused: ${offered.join(', ')}`
  const asks = accepted.length === 0 ? '' : `; it accepts ${accepted.join(', ')}`
  const because = problems.length === 0 ? '' : `; ${problems.join('; ')}`
  return new Unreachable(
    `${name} does not let ${user} log in: ${what}${asks}${because}`,
    'set ansible_user and ansible_ssh_private_key_file or ansible_password (--ask-pass), or load the key into ssh-agent',
  )
}

const causes: { pattern: RegExp; says: string; hint?: string }[] = [
  {
    pattern: /ECONNREFUSED/,
    says: 'connection refused',
    hint: 'is sshd running there, and ansible_port the right one?',
  },
  {
    pattern: /ENOTFOUND|EAI_AGAIN|EAI_NODATA/,
    says: 'the name cannot be resolved',
    hint: 'set ansible_host to its address, or mend the name',
  },
  {
    pattern: /EHOSTUNREACH|ENETUNREACH/,
    says: 'no route to it',
    hint: 'check the address and the network (a VPN, a firewall)',
  },
  {
    pattern: /ETIMEDOUT|Timed out while waiting|Keepalive timeout/,
    says: 'no answer in time',
    hint: 'check the address and firewalls; ansible_ssh_timeout (--timeout) gives it more time',
  },
  {
    pattern:
      /Connection lost before handshake|ECONNRESET|EPIPE|^closed$|MaxStartups|Not allowed at this time/,
    says: 'it closed the connection before login was complete',
    hint: 'is it an SSH server, and not overrun (MaxStartups) or blocking this address (fail2ban)?',
  },
  {
    pattern: /Too many authentication failures/i,
    says: 'it gave up after too many keys that it does not know (MaxAuthTries)',
    hint: 'name the right key with ansible_ssh_private_key_file, or have fewer keys in ssh-agent',
  },
  {
    pattern: /no matching (key exchange|host key|.*cipher|.*MAC)/i,
    says: 'it shares no algorithm with this client',
    hint: 'its sshd is too old, or allows only what this client lacks (SHA-1 is not offered)',
  },
]

/** Connecting to several addresses of a name fails with several errors; the first speaks for them. */
function firstOf(error: unknown): { code: string; level: string; message: string } {
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error
  const { code, level, message } = inner as { code?: unknown; level?: string; message?: string }
  return { code: typeof code === 'string' ? code : '', level: level ?? '', message: message ?? String(inner) }
}
