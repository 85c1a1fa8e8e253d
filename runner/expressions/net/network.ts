import { createRequire } from 'node:module'
import type { IPv4, IPv6 } from 'ipaddr.js'
import { Failure } from '../items.ts'

let library: typeof import('ipaddr.js') | undefined

function ipaddr(): typeof import('ipaddr.js') {
  return (library ??= createRequire(import.meta.url)('ipaddr.js') as typeof import('ipaddr.js'))
}

/** An address with the network that it is in: `192.0.2.7/24`. */
export class Network {
  readonly version: 4 | 6
  readonly value: bigint
  readonly prefix: number
  /** Whether a prefix was written. */
  readonly hasPrefix: boolean

  constructor(version: 4 | 6, value: bigint, prefix: number, hasPrefix = true) {
    this.version = version
    this.value = value
    this.prefix = prefix
    this.hasPrefix = hasPrefix
  }

  /** An address, `address/prefix` or `address/netmask`; undefined for any other text. */
  static parse(text: string): Network | undefined {
    const [bare = '', mask, ...rest] = text.trim().split('/')
    if (rest.length > 0) return undefined
    const address = parseAddress(bare)
    if (address === undefined) return undefined
    const bits = address.version === 4 ? 32 : 128
    const prefix = mask === undefined ? bits : prefixOf(mask, bits)
    return prefix === undefined
      ? undefined
      : new Network(address.version, address.value, prefix, mask !== undefined)
  }

  get bits(): number {
    return this.version === 4 ? 32 : 128
  }

  /** How many addresses the network has. */
  get size(): bigint {
    return 1n << BigInt(this.bits - this.prefix)
  }

  get first(): bigint {
    return this.value - (this.value % this.size)
  }

  get last(): bigint {
    return this.first + this.size - 1n
  }

  /** The first and the last address that a host can have. */
  get usable(): [bigint, bigint] {
    if (this.size <= 2n) return [this.first, this.last]
    return this.version === 4 ? [this.first + 1n, this.last - 1n] : [this.first + 1n, this.last]
  }

  format(value: bigint): string {
    return formatAddress(this.version, value)
  }

  host(): string {
    return this.format(this.value)
  }

  cidr(): string {
    return `${this.format(this.first)}/${this.prefix}`
  }

  netmask(): bigint {
    return (1n << BigInt(this.bits)) - this.size
  }

  contains(other: Network): boolean {
    return this.version === other.version && this.first <= other.first && other.last <= this.last
  }

  isUsable(other: Network): boolean {
    const [low, high] = this.usable
    return this.version === other.version && low <= other.value && other.value <= high
  }

  subnet(prefix: number, index: bigint): Network {
    const size = 1n << BigInt(this.bits - prefix)
    const value = this.first + index * size
    if (index < 0n || value > this.last) throw new Failure('there is no such subnet')
    return new Network(this.version, value, prefix)
  }

  plus(amount: bigint): Network {
    return new Network(this.version, this.value + amount, this.prefix)
  }

  /** The address at a place in the network, counted from its end when negative. */
  nth(index: number): string {
    const value = index < 0 ? this.last + 1n + BigInt(index) : this.first + BigInt(index)
    if (value < this.first || value > this.last)
      throw new Failure(`the network has no address number ${index}`)
    return this.format(value)
  }

  /** The fewest networks that cover the same addresses. */
  static merge(networks: readonly Network[]): Network[] {
    let sorted = networks
      .map(({ version, first, prefix }) => new Network(version, first, prefix))
      .sort(
        (a, b) =>
          a.version - b.version || (a.value < b.value ? -1 : a.value > b.value ? 1 : a.prefix - b.prefix),
      )
    for (;;) {
      const merged: Network[] = []
      for (const network of sorted) {
        const last = merged.at(-1)
        if (last?.contains(network)) continue
        const parent =
          last && last.prefix > 0 ? new Network(last.version, last.value, last.prefix - 1) : undefined
        const pairs =
          last?.prefix === network.prefix && last.version === network.version && parent?.first === last.value
        if (pairs && network.value === last.value + last.size) merged[merged.length - 1] = parent!
        else merged.push(network)
      }
      if (merged.length === sorted.length) return merged
      sorted = merged
    }
  }

  /** The kind of range that the address is in, by ipaddr.js: `private`, `multicast`, `loopback`, `linkLocal` … */
  range(): string {
    return toLibrary(this.version, this.value).range()
  }
}

function parseAddress(text: string): { version: 4 | 6; value: bigint } | undefined {
  const library = ipaddr()
  if (/^\d+\.\d+\.\d+\.\d+$/.test(text)) {
    return library.IPv4.isValidFourPartDecimal(text) ? fromLibrary(library.IPv4.parse(text)) : undefined
  }
  if (!text.includes(':') || text.includes('%')) return undefined
  return library.IPv6.isValid(text) ? fromLibrary(library.IPv6.parse(text)) : undefined
}

function fromLibrary(address: IPv4 | IPv6): { version: 4 | 6; value: bigint } {
  const bytes = address.toByteArray()
  return { version: bytes.length === 4 ? 4 : 6, value: BigInt(`0x${Buffer.from(bytes).toString('hex')}`) }
}

function toLibrary(version: 4 | 6, value: bigint): IPv4 | IPv6 {
  const hex = value.toString(16).padStart(version === 4 ? 8 : 32, '0')
  return ipaddr().fromByteArray(Array.from(Buffer.from(hex, 'hex')))
}

function formatAddress(version: 4 | 6, value: bigint): string {
  return version === 4 ? toLibrary(4, value).toString() : (toLibrary(6, value) as IPv6).toRFC5952String()
}

function prefixOf(mask: string, bits: number): number | undefined {
  if (/^\d{1,3}$/.test(mask)) return Number(mask) <= bits ? Number(mask) : undefined
  const address = parseAddress(mask)
  if (address === undefined || bits !== 32 || address.version !== 4) return undefined
  const inverted = 0xffffffffn - address.value
  // A netmask is ones and then zeros; a host mask the other way round.
  if ((inverted & (inverted + 1n)) === 0n) return 32 - inverted.toString(2).replace(/^0$/, '').length
  return (address.value & (address.value + 1n)) === 0n ? 32 - address.value.toString(2).length : undefined
}
