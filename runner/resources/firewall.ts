import { sh } from '../transport/shell.ts'
import { atPath, defineResource } from './resource.ts'

/** ufw's rules on a host, each as the text after `### tuple ###` in its rules files, in order. */
export interface FirewallRules {
  /** Its chains are loaded, and it is enabled. */
  readonly active: boolean
  readonly rules: readonly string[]
  readonly rules6: readonly string[]
}

/** What ufw was told; null where there is no ufw. Its settings are files (`/etc/default/ufw`, `/etc/ufw/ufw.conf`). */
export const firewall = defineResource<string, FirewallRules | null>({
  name: 'firewall',
  id: (key) => key,
  read: () => sh`PATH=$PATH:/usr/sbin:/sbin
if command -v ufw >/dev/null 2>&1; then
  echo ufw
  if grep -qs '^ENABLED=.*yes' /etc/ufw/ufw.conf && iptables -n -L ufw-user-input >/dev/null 2>&1; then echo active; fi
  sed -n ${'s/^### tuple ### */4 /p'} /etc/ufw/user.rules 2>/dev/null
  sed -n ${'s/^### tuple ### */6 /p'} /etc/ufw/user6.rules 2>/dev/null
fi`,
  parse: (answer, keys) => {
    const lines = answer.toString('utf8').split('\n')
    const rules = (family: string) =>
      lines.filter((line) => line.startsWith(`${family} `)).map((line) => line.slice(2).trim())
    const value =
      lines[0] === 'ufw' ? { active: lines[1] === 'active', rules: rules('4'), rules6: rules('6') } : null
    return keys.map(() => value)
  },
  outdatedBy: atPath((path) => /^\/etc\/ufw\/user6?\.rules$/.test(path)),
})
