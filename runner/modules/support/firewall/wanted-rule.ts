import { type FirewallAddress, firewallAddress } from './address.ts'
import type { Profile } from './profiles.ts'
import { firewallPorts, type Services } from './ports.ts'
import { anywhere, type FirewallRule } from './rule.ts'
import type { Family } from './rule-list.ts'

/** A rule as the module's arguments describe it. */
export interface WantedRule {
  readonly rule: string
  readonly direction?: string
  readonly route: boolean
  readonly log: boolean
  readonly from_ip: string
  readonly from_port?: string
  readonly to_ip: string
  readonly to_port?: string
  readonly proto?: string
  readonly interface?: string
  readonly interface_in?: string
  readonly interface_out?: string
  readonly name?: string
  readonly comment?: string
}

/** What of the host decides how a rule is written. */
export interface RuleSources {
  /** `/etc/services`; asked for only where a port is a name. */
  readonly services: () => Services
  /** The application profile of a name, or undefined. */
  readonly profile: (name: string) => Profile | undefined
}

/**
 * The rules, written for IPv4, that ufw makes of a command: one, or one for each port of an application.
 *
 * @throws {RangeError} with what ufw would complain of
 */
export function wantedRules(
  wanted: WantedRule,
  sources: RuleSources,
): { readonly rules: readonly FirewallRule[]; readonly family: Family } {
  const from = address(wanted.from_ip, 'source')
  const to = address(wanted.to_ip, 'destination')
  if (from && to && from.v6 !== to.v6) throw wrong("Mixed IP versions for 'from' and 'to'")
  const place = placeOf(wanted)
  if (wanted.comment?.includes("'")) throw wrong(`Comment may not contain "'"`)
  const port = (text: string | undefined) =>
    text === undefined || text === 'any' || text === '' ? undefined : text
  const [fromPort, toPort] = [port(wanted.from_port), port(wanted.to_port)]
  const protocol = protocolOf(wanted.proto ?? 'any', [toPort, fromPort], sources)
  const sides = {
    ...place,
    action: wanted.rule,
    log: wanted.log ? 'log' : '',
    to: to?.text ?? anywhere(false),
    from: from?.text ?? anywhere(false),
    route: wanted.route,
    comment: wanted.comment ?? '',
    fromApp: '',
    v6: false,
  }
  const source = firewallPortsOf(fromPort, sources)
  const family: Family =
    from || to ? ((from ?? to)!.v6 ? 'v6' : 'v4') : IPV4_ONLY.has(protocol) ? 'v4' : 'both'
  if (IPV4_ONLY.has(protocol) && family === 'v6')
    throw wrong(`Invalid IPv6 address with protocol '${protocol}'`)
  if (wanted.name !== undefined) {
    const profile = sources.profile(wanted.name)
    if (!profile) throw wrong(`Could not find a profile matching '${wanted.name}'`)
    return {
      family,
      rules: profile.ports.map((each) => {
        const ports = firewallPortsOf(each.port, sources)
        return {
          ...sides,
          protocol: checked(each.protocol, ports, source),
          toPort: ports.text,
          fromPort: source.text,
          toApp: profile.name,
        }
      }),
    }
  }
  const destination = firewallPortsOf(toPort, sources)
  if (PORTLESS.has(protocol) && (destination.text !== 'any' || source.text !== 'any'))
    throw wrong(`Invalid port with protocol '${protocol}'`)
  return {
    family,
    rules: [
      {
        ...sides,
        protocol: checked(protocol, destination, source),
        toPort: destination.text,
        fromPort: source.text,
        toApp: '',
      },
    ],
  }
}

const PORTLESS = new Set(['ipv6', 'esp', 'ah', 'igmp', 'gre'])
const IPV4_ONLY = new Set(['ipv6', 'igmp'])

function address(written: string, side: string): FirewallAddress | undefined {
  if (written.toLowerCase() === 'any') return undefined
  const found = firewallAddress(written)
  if (!found) throw wrong(`Bad ${side} address '${written}'`)
  return found
}

function firewallPortsOf(port: string | undefined, { services }: RuleSources) {
  if (port === undefined) return { text: 'any', several: false }
  return firewallPorts(port, (name) => services().port(name))
}

function checked(protocol: string, ...ports: readonly { several: boolean }[]): string {
  if (ports.some(({ several }) => several) && protocol !== 'tcp' && protocol !== 'udp')
    throw wrong("Must specify 'tcp' or 'udp' with multiple ports")
  return protocol
}

/** A service's name brings its protocol along. */
function protocolOf(
  named: string,
  ports: readonly (string | undefined)[],
  { services }: RuleSources,
): string {
  let protocol = named
  for (const port of ports) {
    if (port === undefined || /^\d/.test(port)) continue
    const of = services().protocol(port)
    if (of === '' || of === 'any' || of === protocol) continue
    if (protocol !== 'any')
      throw wrong(`Protocol mismatch with specified protocol ${protocol}: ${port} is ${of}`)
    protocol = of
  }
  return protocol
}

function placeOf({ direction, route, ...wanted }: WantedRule) {
  const into = wanted.interface !== undefined && direction === 'in' ? wanted.interface : wanted.interface_in
  const outOf =
    wanted.interface !== undefined && direction === 'out' ? wanted.interface : wanted.interface_out
  if (route && direction !== undefined && wanted.interface === undefined)
    throw wrong('Invalid interface clause for route rule')
  for (const name of [into, outOf]) {
    if (name === undefined) continue
    if (name.includes(':')) throw wrong("Bad interface name: can't use interface aliases")
    if (name.length > 15 || name === '.' || name === '..' || !/^[\w.+,=%@-]+$/.test(name))
      throw wrong(`Bad interface name '${name}'`)
  }
  return {
    interfaceIn: into ?? '',
    interfaceOut: outOf ?? '',
    direction: into === undefined && outOf !== undefined ? 'out' : (direction ?? 'in'),
  }
}

function wrong(message: string): RangeError {
  return new RangeError(`ERROR: ${message}`)
}
