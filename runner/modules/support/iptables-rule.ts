/** What the arguments of `iptables` say of a rule. */
export interface RuleArguments {
  readonly protocol?: string
  readonly source?: string
  readonly destination?: string
  readonly match: readonly string[]
  readonly tcp_flags?: Readonly<Record<string, unknown>>
  readonly jump?: string
  readonly gateway?: string
  readonly log_prefix?: string
  readonly log_level?: string
  readonly goto?: string
  readonly in_interface?: string
  readonly out_interface?: string
  readonly fragment?: string
  readonly set_counters?: string
  readonly source_port?: string
  readonly destination_port?: string
  readonly destination_ports: readonly string[]
  readonly to_ports?: string
  readonly to_destination?: string
  readonly to_source?: string
  readonly syn: string
  readonly set_dscp_mark?: string
  readonly set_dscp_mark_class?: string
  readonly comment?: string
  readonly ctstate: readonly string[]
  readonly src_range?: string
  readonly dst_range?: string
  readonly match_set?: string
  readonly match_set_flags?: string
  readonly limit?: string
  readonly limit_burst?: string
  readonly uid_owner?: string
  readonly gid_owner?: string
  readonly reject_with?: string
  readonly icmp_type?: string
}

/**
 * The words of a rule, in the order in which Ansible gives them to iptables.
 *
 * @source https://docs.ansible.com/ansible/latest/collections/ansible/builtin/iptables_module.html
 */
export function ruleWords(given: RuleArguments, ipv6: boolean): string[] {
  const words: string[] = []
  const loaded = new Set(given.match)
  const extension = (name: string) => {
    if (!loaded.has(name)) words.push('-m', name)
    loaded.add(name)
  }
  const add = (flag: string, value: string | undefined, needs?: string) => {
    if (value === undefined) return
    if (needs !== undefined) extension(needs)
    if (value.startsWith('!')) words.push('!', flag, value.slice(1).trim())
    else words.push(flag, value)
  }
  add('-p', given.protocol)
  add('-s', given.source)
  add('-d', given.destination)
  for (const match of given.match) words.push('-m', match)
  if (given.tcp_flags)
    words.push('--tcp-flags', listed(given.tcp_flags['flags']), listed(given.tcp_flags['flags_set']))
  add('-j', given.jump)
  if (given.jump?.toLowerCase() === 'log') {
    add('--log-prefix', given.log_prefix)
    add('--log-level', given.log_level)
  }
  if (given.jump?.toLowerCase() === 'tee') add('--gateway', given.gateway)
  add('--to-destination', given.to_destination)
  add('--to-source', given.to_source)
  add('-g', given.goto)
  add('-i', given.in_interface)
  add('-o', given.out_interface)
  add('-f', given.fragment)
  add('-c', given.set_counters)
  add('--source-port', given.source_port)
  add('--destination-port', given.destination_port)
  if (given.destination_ports.length > 0) add('--dports', given.destination_ports.join(','), 'multiport')
  add('--to-ports', given.to_ports)
  add('--set-dscp', given.set_dscp_mark)
  add('--set-dscp-class', given.set_dscp_mark_class)
  if (given.syn === 'match') words.push('--syn')
  if (given.syn === 'negate') words.push('!', '--syn')
  if (given.ctstate.length > 0)
    add(
      given.match.includes('state') ? '--state' : '--ctstate',
      given.ctstate.join(','),
      given.match.includes('state') ? 'state' : 'conntrack',
    )
  add('--src-range', given.src_range, 'iprange')
  add('--dst-range', given.dst_range, 'iprange')
  if (given.match_set !== undefined) {
    extension('set')
    words.push('--match-set', given.match_set, given.match_set_flags ?? 'src')
  }
  add('--limit', given.limit, 'limit')
  add('--limit-burst', given.limit_burst, 'limit')
  add('--uid-owner', given.uid_owner, 'owner')
  add('--gid-owner', given.gid_owner, 'owner')
  if (given.reject_with !== undefined && given.jump === undefined) add('-j', 'REJECT')
  add('--reject-with', given.reject_with)
  add(ipv6 ? '--icmpv6-type' : '--icmp-type', given.icmp_type)
  add('--comment', given.comment, 'comment')
  return words
}

function listed(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : String(value)
}
