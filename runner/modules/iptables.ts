import { effect } from '../host/state.ts'
import { iptables, type IptablesRule } from '../resources/iptables.ts'
import { sh } from '../transport/shell.ts'
import { args, bool, choice, dict, item, list, optional, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { change, failed, unchanged } from './outcome.ts'
import { ruleWords } from './support/iptables-rule.ts'

const PATH = sh`PATH=$PATH:/usr/sbin:/sbin`

export default defineModule({
  name: 'iptables',
  summary: 'Adds and removes rules of the running firewall; they are not kept over a reboot.',
  args: args({
    table: choice(['filter', 'nat', 'mangle', 'raw', 'security'], 'The table.', { default: 'filter' }),
    state: choice(['absent', 'present'], 'Whether the rule is to be there.', { default: 'present' }),
    action: choice(['append', 'insert'], 'Where a new rule goes.', { default: 'append' }),
    rule_num: optional(text('The place of a rule that is inserted.')),
    ip_version: choice(['ipv4', 'ipv6'], 'Which firewall.', { default: 'ipv4' }),
    chain: optional(text('The chain.')),
    chain_management: bool('Make and remove chains of one’s own.', { default: false }),
    flush: bool('Remove every rule of the chain, or of the table.', { default: false }),
    policy: optional(choice(['ACCEPT', 'DROP', 'QUEUE', 'RETURN'], 'What happens at the end of the chain.')),
    protocol: optional(text('tcp, udp, icmp …')),
    source: optional(text('Address or network it comes from.')),
    destination: optional(text('Address or network it goes to.')),
    match: list(item.text, 'Extensions.', { default: [] }),
    tcp_flags: optional(dict('`flags` that are looked at, and `flags_set` among them.')),
    jump: optional(text('What is done.')),
    gateway: optional(text('For jump: TEE.')),
    log_prefix: optional(text('For jump: LOG.')),
    log_level: optional(text('For jump: LOG.')),
    goto: optional(text('The chain to go on with.')),
    in_interface: optional(text('The interface it comes in by.')),
    out_interface: optional(text('The interface it goes out by.')),
    fragment: optional(text('Second and further fragments.')),
    set_counters: optional(text('Counters to begin with.')),
    source_port: optional(text('Port or range.')),
    destination_port: optional(text('Port or range.')),
    destination_ports: list(item.text, 'Several ports.', { default: [] }),
    to_ports: optional(text('Ports to redirect to.')),
    to_destination: optional(text('Address to translate to.')),
    to_source: optional(text('Address to translate to.')),
    syn: choice(['ignore', 'match', 'negate'], 'Whether it opens a connection.', { default: 'ignore' }),
    set_dscp_mark: optional(text('For jump: DSCP.')),
    set_dscp_mark_class: optional(text('For jump: DSCP.')),
    comment: optional(text('A comment.')),
    ctstate: list(item.text, 'States of connections.', { default: [] }),
    src_range: optional(text('First and last address it comes from.')),
    dst_range: optional(text('First and last address it goes to.')),
    match_set: optional(text('An ipset.')),
    match_set_flags: optional(text('What of it is looked at. @default src')),
    limit: optional(text('How often: 3/minute.')),
    limit_burst: optional(text('How many at once.')),
    uid_owner: optional(text('The user who sends it.')),
    gid_owner: optional(text('The group that sends it.')),
    reject_with: optional(text('What is answered.')),
    icmp_type: optional(text('The type of ICMP.')),
    wait: optional(text('Accepted; the lock is always waited for.')),
    numeric: bool('Accepted.', { default: false }),
  }),
  plan: (given, planning) => {
    const ipv6 = given.ip_version === 'ipv6'
    const program = ipv6 ? 'ip6tables' : 'iptables'
    const { table, chain } = given
    const installed = ['/usr/sbin', '/sbin', '/usr/local/sbin'].some((directory) =>
      planning.files.exists(`${directory}/${program}`),
    )
    if (!installed) return failed(`Failed to find required executable "${program}"`)
    const base = sh`${program} -w -t ${table}`
    if (given.flush) {
      return change({
        diff: [
          {
            path: `${program} ${table} ${chain ?? ''}`.trim(),
            attributes: [{ name: 'rules', before: null, after: 'flushed' }],
          },
        ],
        script: sh`${PATH} ${base} -F ${chain === undefined ? [] : [chain]}`,
        after: [],
        sideEffects: true,
        result: { chain: chain ?? null, flush: true, ip_version: given.ip_version, table },
      })
    }
    if (chain === undefined) return failed('Either chain or flush parameter must be specified.')
    const key = (rule: readonly string[]): IptablesRule => ({ program, table, chain, rule })
    const words = ruleWords(given, ipv6)
    const result = {
      chain,
      ip_version: given.ip_version,
      table,
      rule: words.join(' '),
      state: given.state,
      flush: false,
    }
    const diff = (name: string, before: string | null, after: string | null) => [
      { path: `${program} ${table} ${chain}`, attributes: [{ name, before, after }] },
    ]
    if (given.policy !== undefined) {
      const now = planning.state.read(iptables, key([]))
      if (now === given.policy) return unchanged(result)
      return change({
        diff: diff('policy', now, given.policy),
        script: sh`${PATH} ${base} -P ${chain} ${given.policy}`,
        after: [effect(iptables, key([]), given.policy)],
        result,
      })
    }
    if (words.length === 0) {
      if (!given.chain_management)
        return failed('a rule needs at least one criterion; or give chain_management: true')
      const exists = planning.state.read(iptables, key([])) !== 'missing'
      if (exists === (given.state === 'present')) return unchanged(result)
      return change({
        diff: diff('chain', exists ? 'there' : null, exists ? null : 'there'),
        script: sh`${PATH} ${base} ${exists ? '-X' : '-N'} ${chain}`,
        after: [effect(iptables, key([]), exists ? 'missing' : '-')],
        result,
      })
    }
    const there = planning.state.read(iptables, key(words)) === 'there'
    const wanted = given.state === 'present'
    if (there === wanted) return unchanged(result)
    const verb = !wanted ? ['-D'] : given.action === 'insert' ? ['-I'] : ['-A']
    const place = wanted && given.action === 'insert' && given.rule_num !== undefined ? [given.rule_num] : []
    return change({
      diff: diff('rule', there ? words.join(' ') : null, wanted ? words.join(' ') : null),
      script: sh`${PATH} ${base} ${verb} ${chain} ${place} ${words}`,
      after: [effect(iptables, key(words), wanted ? 'there' : 'missing')],
      result,
    })
  },
})
