import { BlockList, isIP } from 'node:net'

/** Whether whoever connects from an address is a proxy, whose word on clients and request ids counts. */
export type IsProxy = (address: string | undefined) => boolean

/** This host's own addresses are trusted in any case, and those given: addresses and networks such as `10.0.0.0/8`. */
export function trustProxies(given: readonly string[]): IsProxy {
  const list = new BlockList()
  for (const each of given) {
    const [address = '', bits] = each.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return (address) => {
    if (address === undefined) return false
    // A listener on all addresses of both families sees IPv4 so.
    const plain = address.startsWith('::ffff:') ? address.slice(7) : address
    if (plain.startsWith('127.') || plain === '::1') return true
    if (given.length === 0) return false
    const family = isIP(plain)
    return family !== 0 && list.check(plain, family === 6 ? 'ipv6' : 'ipv4')
  }
}
