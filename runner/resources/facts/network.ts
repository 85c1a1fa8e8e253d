import { sh } from '../../transport/shell.ts'
import { type Dict, isDict, type Value } from '../../variables/value.ts'
import type { Collector } from './collector.ts'
import type { Evidence } from './evidence.ts'

/** Interfaces, their addresses, and those that the default routes use. */
export const network: Collector = {
  name: 'network',
  provides: ['interfaces', 'default_ipv4', 'default_ipv6', 'all_ipv4_addresses', 'all_ipv6_addresses'],
  minimal: false,
  files: [
    '/sys/class/net/*/type',
    '/sys/class/net/*/speed',
    '/sys/class/net/*/flags',
    '/sys/class/net/*/bridge/stp_state',
    '/sys/class/net/*/bridge/bridge_id',
    '/sys/class/net/*/bonding/mode',
  ],
  // The addresses are Ansible's: far away, so that the default route leads there. Nothing is sent.
  commands: {
    ip: sh`printf 'address show\nroute get 8.8.8.8\nroute get 2404:6800:400a:800::1012\n' | ip -force -json -batch -`,
    drivers: sh`for link in /sys/class/net/*/device/driver/module; do
  [ ! -e "$link" ] || { interface=\${link#/sys/class/net/}; echo "\${interface%%/*} $(readlink -- "$link")"; }
done`,
  },
  facts: (evidence) => {
    const { links, routes } = answers(evidence.output('ip'))
    const drivers = new Map(
      evidence
        .output('drivers')
        .split('\n')
        .filter(Boolean)
        .map((line) => [line.split(' ')[0]!, line.split('/').at(-1)!]),
    )
    const interfaces = links.map((link) => describe(link, links, drivers, evidence))
    const every = links.flatMap((link) => link.addr_info ?? [])
    return {
      interfaces: links.map((link) => link.ifname),
      ...Object.fromEntries(
        interfaces.map((each, index) => [links[index]!.ifname.replaceAll(/[-:]/g, '_'), each]),
      ),
      all_ipv4_addresses: every
        .filter(({ family, local }) => family === 'inet' && !local.startsWith('127.'))
        .map(({ local }) => local),
      all_ipv6_addresses: every
        .filter(({ family, local }) => family === 'inet6' && local !== '::1')
        .map(({ local }) => local),
      default_ipv4: defaultIpv4(
        routes.find(({ dst }) => dst === '8.8.8.8'),
        links,
        interfaces,
      ),
      default_ipv6: defaultIpv6(
        routes.find(({ dst }) => dst?.includes(':')),
        links,
        interfaces,
      ),
    }
  },
}

interface Address {
  readonly family: string
  readonly local: string
  readonly prefixlen: number
  readonly broadcast?: string
  readonly scope: string
  readonly label?: string
}

interface Link {
  readonly ifname: string
  readonly flags: readonly string[]
  readonly mtu: number
  readonly link_type: string
  readonly address?: string
  readonly master?: string
  readonly addr_info?: readonly Address[]
}

interface Route {
  readonly dst?: string
  readonly gateway?: string
  readonly dev?: string
  readonly prefsrc?: string
}

// Each command answers with a JSON list on lines of its own; one that fails with nothing.
function answers(output: string): { links: Link[]; routes: Route[] } {
  const links: Link[] = []
  const routes: Route[] = []
  for (const line of output.split('\n')) {
    if (!line.startsWith('[')) continue
    for (const entry of parsed(line)) {
      if (!isDict(entry)) continue
      if (typeof entry['ifname'] === 'string') links.push(entry as unknown as Link)
      else if (typeof entry['dst'] === 'string') routes.push(entry)
    }
  }
  return { links, routes }
}

function parsed(line: string): Value[] {
  try {
    return JSON.parse(line) as Value[]
  } catch {
    return []
  }
}

function describe(
  link: Link,
  links: readonly Link[],
  drivers: ReadonlyMap<string, string>,
  evidence: Evidence,
): Dict {
  const name = link.ifname
  const at = (file: string) => evidence.first(`/sys/class/net/${name}/${file}`)
  const v4 = (link.addr_info ?? []).filter(({ family }) => family === 'inet').map((address) => ipv4(address))
  const v6 = (link.addr_info ?? [])
    .filter(({ family }) => family === 'inet6')
    .map(({ local, prefixlen, scope }) => ({ address: local, prefix: String(prefixlen), scope }))
  const type = typeOf(link, evidence)
  const driver = drivers.get(name)
  const speed = at('speed')
  return {
    device: name,
    type,
    active: link.flags.includes('UP'),
    mtu: link.mtu,
    promisc: (Number(at('flags')) & 0x100) !== 0,
    ...(link.address !== undefined && type !== 'loopback' ? { macaddress: link.address } : {}),
    ...(driver === undefined ? {} : { module: driver }),
    ...(speed === '' ? {} : { speed: Number(speed) }),
    ...(v4.length > 0 ? { ipv4: v4[0]! } : {}),
    ...(v4.length > 1 ? { ipv4_secondaries: v4.slice(1) } : {}),
    ...(v6.length > 0 ? { ipv6: v6 } : {}),
    ...(type === 'bridge'
      ? { id: at('bridge/bridge_id'), stp: at('bridge/stp_state') === '1', interfaces: members(name, links) }
      : {}),
    ...(type === 'bonding' ? { mode: at('bonding/mode').split(' ')[0]!, slaves: members(name, links) } : {}),
  }
}

function members(master: string, links: readonly Link[]): string[] {
  return links.filter((link) => link.master === master).map((link) => link.ifname)
}

function typeOf(link: Link, evidence: Evidence): string {
  const at = (file: string) => evidence.first(`/sys/class/net/${link.ifname}/${file}`)
  if (at('bridge/bridge_id')) return 'bridge'
  if (at('bonding/mode')) return 'bonding'
  return TYPES[at('type')] ?? (link.link_type === 'loopback' ? 'loopback' : link.link_type || 'unknown')
}

/** By ARPHRD number, as Ansible names them. */
const TYPES: Readonly<Record<string, string>> = {
  '1': 'ether',
  '32': 'infiniband',
  '512': 'ppp',
  '772': 'loopback',
  '65534': 'tunnel',
}

function ipv4({ local, prefixlen, broadcast }: Address): Dict {
  const mask = prefixlen === 0 ? 0 : (0xff_ff_ff_ff << (32 - prefixlen)) >>> 0
  return {
    address: local,
    broadcast: broadcast ?? '',
    netmask: dotted(mask),
    network: dotted((numeric(local) & mask) >>> 0),
    prefix: String(prefixlen),
  }
}

function numeric(address: string): number {
  return address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.')
}

function defaultIpv4(route: Route | undefined, links: readonly Link[], interfaces: readonly Dict[]): Dict {
  const index = links.findIndex((link) => link.ifname === route?.dev)
  const address = links[index]?.addr_info?.find(({ local }) => local === route?.prefsrc)
  if (!route?.gateway || !address) return {}
  return {
    gateway: route.gateway,
    interface: route.dev!,
    ...ipv4(address),
    alias: address.label ?? route.dev!,
    ...common(interfaces[index]!),
  }
}

function defaultIpv6(route: Route | undefined, links: readonly Link[], interfaces: readonly Dict[]): Dict {
  const index = links.findIndex((link) => link.ifname === route?.dev)
  const address = links[index]?.addr_info?.find(({ local }) => local === route?.prefsrc)
  if (!route?.gateway || !address) return {}
  return {
    address: address.local,
    gateway: route.gateway,
    interface: route.dev!,
    prefix: String(address.prefixlen),
    scope: address.scope,
    ...common(interfaces[index]!),
  }
}

function common(description: Dict): Dict {
  const { macaddress, mtu, type } = description
  return { ...(macaddress === undefined ? {} : { macaddress }), mtu: mtu!, type: type! }
}
