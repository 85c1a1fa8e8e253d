export interface RuleInput {
  project: string
  /** `10.213.7` */
  network: string
  bridge: string
  /** A name server of this machine that only it can reach. */
  loopback?: string
}

/** The project's table in nftables. */
export function tableName(project: string) {
  return `rehearsal_${project}`
}

/** The rules for `nft -f`: what machines send elsewhere goes out under this machine's address. */
export function ruleSet({ project, network, bridge, loopback }: RuleInput): string {
  const table = tableName(project)
  const names = loopback
    ? [`iifname ${bridge} meta l4proto { tcp, udp } th dport 53 dnat to ${loopback}`]
    : []
  return [
    // named first, so that deleting it never fails
    `table ip ${table}`,
    `delete table ip ${table}`,
    `table ip ${table} {`,
    '  chain prerouting {',
    '    type nat hook prerouting priority dstnat',
    ...names.map((rule) => `    ${rule}`),
    '  }',
    '  chain postrouting {',
    '    type nat hook postrouting priority srcnat',
    `    ip saddr ${network}.0/24 ip daddr != ${network}.0/24 masquerade`,
    '  }',
    '}',
    '',
  ].join('\n')
}
