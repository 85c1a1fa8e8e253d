import { sh } from '../../transport/shell.ts'
import type { Dict, Value } from '../../variables/value.ts'
import type { Collector } from './collector.ts'

/** The kernel's command line: `cmdline` keeps the last of a name, `proc_cmdline` all. */
export const commandLine: Collector = {
  name: 'cmdline',
  minimal: true,
  files: ['/proc/cmdline'],
  facts: (evidence) => {
    const last = new Map<string, Value>()
    const all = new Map<string, Value[]>()
    for (const word of evidence.first('/proc/cmdline').match(/(?:[^\s"]|"[^"]*")+/g) ?? []) {
      const at = word.indexOf('=')
      const name = at < 0 ? word : word.slice(0, at)
      const value = at < 0 ? true : word.slice(at + 1).replaceAll('"', '')
      last.set(name, value)
      all.set(name, [...(all.get(name) ?? []), value])
    }
    return {
      cmdline: Object.fromEntries(last),
      proc_cmdline: Object.fromEntries(
        [...all].map(([name, values]) => [name, values.length === 1 ? values[0]! : values]),
      ),
    }
  },
}

/** What `/etc/resolv.conf` says. */
export const nameServers: Collector = {
  name: 'dns',
  minimal: true,
  files: ['/etc/resolv.conf'],
  facts: (evidence) => {
    const dns: Dict = {}
    const nameservers: string[] = []
    for (const line of evidence.lines('/etc/resolv.conf')) {
      if (/^\s*[#;]/.test(line)) continue
      const [keyword = '', ...rest] = line.trim().split(/\s+/)
      if (keyword === 'nameserver') nameservers.push(...rest.slice(0, 1))
      else if (keyword === 'domain') dns['domain'] = rest[0] ?? ''
      else if (keyword === 'search' || keyword === 'sortlist') dns[keyword] = rest
      else if (keyword === 'options')
        dns['options'] = Object.fromEntries(
          rest.map((option) => {
            const [name, value] = option.split(':')
            return [name, value ?? true]
          }),
        )
    }
    return { dns: { ...(nameservers.length > 0 ? { nameservers } : {}), ...dns } }
  },
}

/** Variables of the environment that scripts run in. */
export const environment: Collector = {
  name: 'env',
  minimal: true,
  // One line each would not do: values may hold newlines. `\1` is in none.
  commands: { env: sh`env -0 | tr '\\0' '\\1'` },
  facts: (evidence) => ({
    env: Object.fromEntries(
      evidence
        .output('env')
        .split('\u0001')
        .flatMap((entry) => {
          const at = entry.indexOf('=')
          return at > 0 ? [[entry.slice(0, at), entry.slice(at + 1)]] : []
        }),
    ),
  }),
}

/** The public host keys of sshd. */
export const hostKeys: Collector = {
  name: 'ssh_pub_keys',
  minimal: true,
  files: ['/etc/ssh/ssh_host_*_key.pub'],
  facts: (evidence) =>
    Object.fromEntries(
      [...evidence.matching(/^\/etc\/ssh\/ssh_host_(rsa|dsa|ecdsa|ed25519)_key\.pub$/)].flatMap(
        ({ match, first }) => {
          const [type = '', key = ''] = first.split(/\s+/)
          return [
            [`ssh_host_key_${match[1]}_public`, key],
            [`ssh_host_key_${match[1]}_public_keytype`, type],
          ]
        },
      ),
    ),
}
