import { SocketAddress, isIPv4, isIPv6 } from 'node:net'

/** An address or network as ufw writes it into its rules, and its family. */
export interface FirewallAddress {
  readonly text: string
  readonly v6: boolean
}

/**
 * Brings an address into ufw's form: no mask that spans one address, the shortest spelling, IPv4 networks by their first
 * address.
 *
 * @returns undefined for what is no address
 */
export function firewallAddress(written: string): FirewallAddress | undefined {
  const [address, mask, ...rest] = written.toLowerCase().split('/')
  if (rest.length > 0 || address === undefined) return undefined
  if (isIPv4(address)) {
    const bits = mask === undefined ? 32 : maskBits(mask)
    if (bits === undefined) return undefined
    if (typeof bits === 'string') return { text: `${network4(address, toNumber(bits))}/${bits}`, v6: false }
    return { text: bits === 32 ? address : `${network4(address, prefix(bits))}/${bits}`, v6: false }
  }
  if (!isIPv6(address) || address.includes('%')) return undefined
  if (mask !== undefined && (!/^\d{1,3}$/.test(mask) || Number(mask) > 128)) return undefined
  const text = new SocketAddress({ address, family: 'ipv6' }).address
  return { text: mask === undefined || mask === '128' ? text : `${text}/${mask}`, v6: true }
}

// A dotted mask that is no row of ones stays dotted.
function maskBits(mask: string): number | string | undefined {
  if (/^\d{1,2}$/.test(mask)) return Number(mask) <= 32 ? Number(mask) : undefined
  if (!isIPv4(mask)) return undefined
  const ones = toNumber(mask).toString(2).padStart(32, '0')
  return /^1*0*$/.test(ones) ? ones.replaceAll('0', '').length : mask
}

function prefix(bits: number): number {
  return bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0
}

function network4(address: string, mask: number): string {
  const number = (toNumber(address) & mask) >>> 0
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.')
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}
