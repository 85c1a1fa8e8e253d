import { bool, choice, optional, text } from '../../arguments.ts'

export const ruleAction = choice(['allow', 'deny', 'limit', 'reject'], 'What a rule does.')

/** The packets that a rule is about, and what is noted of it: arguments that every module of ufw's rules has. */
export const rulePackets = {
  route: bool('The rule is for forwarded packets.', { default: false }),
  log: bool('Log connections that the rule lets in.', { default: false }),
  from_ip: text('Source address or network.', { default: 'any', aliases: ['from', 'src'] }),
  from_port: optional(text('Source port.')),
  to_ip: text('Destination address or network.', { default: 'any', aliases: ['dest', 'to'] }),
  to_port: optional(text('Destination port, ports or range.', { aliases: ['port'] })),
  proto: optional(
    choice(['any', 'tcp', 'udp', 'ipv6', 'esp', 'ah', 'gre', 'igmp'], 'Protocol.', { aliases: ['protocol'] }),
  ),
  name: optional(text('Application profile.', { aliases: ['app'] })),
  interface: optional(text('Interface, in the `direction`.', { aliases: ['if'] })),
  interface_in: optional(text('Interface that packets come in by.', { aliases: ['if_in'] })),
  interface_out: optional(text('Interface that packets leave by.', { aliases: ['if_out'] })),
  comment: optional(text('What the rule is for.')),
}
