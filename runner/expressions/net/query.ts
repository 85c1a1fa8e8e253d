import type { Value } from '../../variables/value.ts'
import { asText, integer } from '../convert.ts'
import { Failure, type Item } from '../items.ts'
import { Network } from './network.ts'

/**
 * `ansible.utils.ipaddr`: whether a value is an address, or what of it is asked for. A list gives the elements that
 * have an answer.
 * @source https://docs.ansible.com/ansible/latest/collections/ansible/utils/docsite/filters_ipaddr.html
 */
export function query(value: Item, wanted: Item, version?: 4 | 6): Item {
  if (Array.isArray(value)) {
    return value
      .map((item) => query(item, wanted, version) as Value)
      .filter((answer) => answer !== false && answer !== null)
  }
  if (value === null || value === '' || typeof value === 'boolean') return false
  const network = typeof value === 'number' ? fromNumber(value) : Network.parse(asText(value))
  if (network === undefined || (version !== undefined && network.version !== version)) return false
  return answer(network, typeof wanted === 'number' ? wanted : asText(wanted), asText(value))
}

function fromNumber(value: number): Network {
  return value <= 0xffffffff
    ? new Network(4, BigInt(value), 32, false)
    : new Network(6, BigInt(value), 128, false)
}

function answer(network: Network, wanted: string | number, written: string): Item {
  if (typeof wanted === 'number' || /^-?\d+$/.test(wanted)) return nth(network, integer(wanted))
  const { bits, prefix, size } = network
  const isSingle = prefix === bits
  const isNetwork = network.value === network.first && !isSingle
  const whole = (text: string | false) => (text === false ? false : text)
  switch (wanted) {
    case '':
      return network.hasPrefix || isSingle ? written : network.host()
    case 'bool':
      return true
    case 'address':
    case 'ip':
      return isNetwork && size > 2n ? false : network.host()
    case 'host':
      return isNetwork && size > 2n ? false : `${network.host()}/${prefix}`
    case 'hostnet':
    case 'host/prefix':
    case 'address/prefix':
    case 'ip/prefix':
    case 'ip_prefix':
    case 'gateway':
    case 'gw':
      return isSingle || (isNetwork && size > 2n) ? false : `${network.host()}/${prefix}`
    case 'network_id':
    case 'network':
      return network.format(network.first)
    case 'net':
      return isNetwork ? network.cidr() : false
    case 'subnet':
      return network.cidr()
    case 'network/prefix':
    case 'subnet/prefix':
      return isSingle ? false : network.cidr()
    case 'prefix':
      return prefix
    case 'netmask':
      return network.format(network.netmask())
    case 'hostmask':
    case 'wildcard':
      return network.format(size - 1n)
    case 'ip_netmask':
    case 'network_netmask': {
      const host = wanted === 'ip_netmask' ? network.value : network.first
      return isSingle ? false : `${network.format(host)} ${network.format(network.netmask())}`
    }
    case 'network_wildcard':
      return isSingle ? false : `${network.format(network.first)} ${network.format(size - 1n)}`
    case 'broadcast':
      return size > 2n ? network.format(network.last) : null
    case 'first_usable':
      return size > 1n ? network.format(network.usable[0]) : null
    case 'last_usable':
      return size > 1n ? network.format(network.usable[1]) : null
    case 'next_usable':
      return neighbour(network, 1n)
    case 'previous_usable':
      return neighbour(network, -1n)
    case 'range_usable':
      return size > 1n ? `${network.format(network.usable[0])}-${network.format(network.usable[1])}` : null
    case 'peer':
      return peer(network)
    case 'size':
      return Number(size)
    case 'size_usable':
      return Number(size === 1n ? 1n : network.usable[1] - network.usable[0] + 1n)
    case 'int':
      return isSingle ? Number(network.value) : `${network.value}/${prefix}`
    case 'version':
      return network.version
    case 'type':
      return isNetwork ? 'network' : 'address'
    case 'revdns':
      return reverseName(network)
    case 'ipv4':
      return whole(network.version === 4 ? written : false)
    case 'ipv6':
      return whole(network.version === 6 ? written : false)
    case 'private':
    case 'multicast':
    case 'loopback':
    case 'lo':
    case 'link-local':
    case 'unicast':
    case 'public':
      return isOfRange(network, wanted) ? written : false
    case 'wrap':
      return network.version === 6 ? `[${network.host()}]` : network.host()
    default: {
      const inside = Network.parse(wanted)
      if (inside === undefined) throw new Failure(`'${wanted}' is no query of ipaddr`)
      return inside.contains(network) ? written : null
    }
  }
}

function nth(network: Network, index: number): Item {
  const value = index < 0 ? network.last + 1n + BigInt(index) : network.first + BigInt(index)
  if (value < network.first || value > network.last) return false
  return `${network.format(value)}/${network.prefix}`
}

function neighbour(network: Network, step: bigint): Item {
  if (network.size <= 1n) return null
  const [low, high] = network.usable
  const value = network.value + step
  return value >= low && value <= high ? network.format(value) : null
}

function peer(network: Network): Item {
  if (network.size === 2n) return network.format(network.value ^ 1n)
  if (network.size === 4n) {
    const place = network.value & 3n
    if (place === 0n || place === 3n) throw new Failure('a network or broadcast address has no peer')
    return network.format(network.value ^ 3n)
  }
  throw new Failure('only a point-to-point network (/30 or /31) has a peer')
}

function reverseName(network: Network): string {
  if (network.version === 4) return `${network.host().split('.').reverse().join('.')}.in-addr.arpa.`
  const digits = network.value.toString(16).padStart(32, '0')
  return `${Array.from(digits).reverse().join('.')}.ip6.arpa.`
}

function isOfRange(network: Network, wanted: string): boolean {
  const range = network.range()
  switch (wanted) {
    case 'private':
      return range === 'private' || range === 'uniqueLocal'
    case 'loopback':
    case 'lo':
      return range === 'loopback'
    case 'link-local':
      return range === 'linkLocal'
    case 'multicast':
      return range === 'multicast'
    case 'public':
      return range === 'unicast'
    default:
      return range !== 'multicast'
  }
}
