import { Secret } from '../variables/secret.ts'
import { splitWords } from './split-words.ts'
import type { HostKeyChecking, SshTarget } from './target.ts'

/**
 * The target that Ansible's connection variables describe (`ansible-doc -t connection ssh`). Where two names mean the
 * same, the one with `ssh` in it wins, as with Ansible. `variables` gives a variable's value, or undefined.
 * Throws when a value cannot be used, naming the variable.
 */
export function sshTarget(variables: (name: string) => unknown, hostName: string): SshTarget {
  const text = (...names: string[]): string | undefined => read(variables, names, asText)
  const number = (...names: string[]): number | undefined => read(variables, names, asNumber)
  const words = (name: string): string[] => read(variables, [name], asWords) ?? []
  return {
    host: text('ansible_ssh_host', 'ansible_host') ?? hostName,
    port: number('ansible_ssh_port', 'ansible_port'),
    user: text('ansible_ssh_user', 'ansible_user'),
    password: text('ansible_ssh_password', 'ansible_ssh_pass', 'ansible_password'),
    privateKeyFile: text('ansible_ssh_private_key_file', 'ansible_private_key_file'),
    privateKeyPassphrase: text('ansible_ssh_private_key_passphrase', 'ansible_private_key_passphrase'),
    hostKeyChecking: read(
      variables,
      ['ansible_ssh_host_key_checking', 'ansible_host_key_checking'],
      asChecking,
    ),
    timeout: number('ansible_ssh_timeout', 'ansible_timeout'),
    sshArguments: ['ansible_ssh_args', 'ansible_ssh_common_args', 'ansible_ssh_extra_args'].flatMap((name) =>
      words(name),
    ),
  }
}

function read<T>(
  variables: (name: string) => unknown,
  names: string[],
  convert: (value: unknown) => T | undefined,
): T | undefined {
  for (const name of names) {
    const value = variables(name)
    if (value === undefined || value === null || value === '') continue
    const plain = value instanceof Secret ? value.reveal() : value
    const converted = convert(plain)
    if (converted === undefined) {
      const shown = value instanceof Secret ? String(value) : JSON.stringify(value)
      throw new Error(`${name} cannot be ${shown}; expected ${expected.get(convert)}`)
    }
    return converted
  }
  return undefined
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

function asNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  return typeof number === 'number' && number > 0 && number < 65536 ? number : undefined
}

function asWords(value: unknown): string[] | undefined {
  if (typeof value !== 'string') return undefined
  try {
    return splitWords(value)
  } catch {
    return undefined
  }
}

/** Booleans are Ansible's; `accept-new` is ssh's. */
function asChecking(value: unknown): HostKeyChecking | undefined {
  const text = String(value).toLowerCase()
  if (text === 'accept-new') return text
  if (['yes', 'true', 'on', '1'].includes(text)) return 'yes'
  return ['no', 'false', 'off', '0'].includes(text) ? 'no' : undefined
}

const expected = new Map<unknown, string>([
  [asText, 'text'],
  [asNumber, 'a number from 1 to 65535'],
  [asWords, 'ssh arguments in one line, with quotes closed'],
  [asChecking, 'true, false or accept-new'],
])
