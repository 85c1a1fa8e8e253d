import { sh } from '../transport/shell.ts'
import { defineResource } from './resource.ts'

export interface IptablesRule {
  readonly program: 'iptables' | 'ip6tables'
  readonly table: string
  readonly chain: string
  /** The words of the rule; empty for the chain itself. */
  readonly rule: readonly string[]
}

/** `there` or `missing` of a rule; of a chain its policy, `-` where it has none, or `missing`. */
export const iptables = defineResource<IptablesRule, string>({
  name: 'iptables',
  id: ({ program, table, chain, rule }) => [program, '-t', table, chain, ...rule].join(' '),
  read: (keys) => sh`PATH=$PATH:/usr/sbin:/sbin
${keys.map(({ program, table, chain, rule }) =>
  rule.length > 0
    ? sh`if ${program} -w -t ${table} -C ${chain} ${rule}; then echo there; else echo missing; fi
`
    : sh`if line=$(${program} -w -t ${table} -S ${chain} | head -n 1) && [ -n "$line" ]; then
  case $line in -P*) echo "\${line##* }";; *) echo -;; esac
else echo missing; fi
`,
)}`,
  parse: (answer, keys) => {
    const lines = answer.toString('latin1').split('\n')
    return keys.map((_, index) => lines[index] || 'missing')
  },
})
