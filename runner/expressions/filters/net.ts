import type { Value } from '../../variables/value.ts'
import { asText, integer, text } from '../convert.ts'
import { Failure, type Item } from '../items.ts'
import { plain, type Run, type Routines } from '../routine.ts'
import { Network } from '../net/network.ts'
import { query } from '../net/query.ts'

const address =
  (version?: 4 | 6): Run =>
  (_, value, wanted = '', given?: Item) =>
    query(value, wanted === null ? '' : wanted, version ?? (given === 4 || given === 6 ? given : undefined))

/** `ansible.utils`: addresses and networks. */
export const netFilters: Routines = {
  ipaddr: plain('value query? version? alias?', address()),
  ipv4: plain('value query?', address(4)),
  ipv6: plain('value query?', address(6)),
  ipwrap: plain('value query?', (_, value, wanted = '') => {
    const wrap = (item: Value): Value => {
      const one = asText(item)
      const network = Network.parse(one)
      if (network?.version !== 6) return item
      const [bare, prefix] = one.split('/')
      return `[${bare}]${prefix === undefined ? '' : `/${prefix}`}`
    }
    if (Array.isArray(value)) return value.map(wrap)
    return wanted === '' ? wrap(value as Value) : wrap(query(value, wanted) as Value)
  }),
  ipsubnet: plain('value query? index?', (_, value, size = '', index = 'x') => {
    const network = required(value)
    if (size === '') return network.cidr()
    const inside = Network.parse(asText(size))
    if (inside !== undefined && !/^\d+$/.test(asText(size))) return inside.contains(network)
    const bits = integer(size)
    if (bits < network.prefix) throw new Failure(`a /${network.prefix} has no /${bits} in it`)
    const count = 1n << BigInt(bits - network.prefix)
    if (index === 'x') return Number(count)
    const at = BigInt(integer(index))
    return network.subnet(bits, at < 0n ? count + at : at).cidr()
  }),
  ipmath: plain('value amount', (_, value, amount) =>
    required(value)
      .plus(BigInt(integer(amount)))
      .host(),
  ),
  nthhost: plain('value query?', (_, value, nth = '') =>
    nth === '' ? false : required(value).nth(integer(nth)),
  ),
  network_in_network: plain('value test', (_, value, test) => required(value).contains(required(test))),
  network_in_usable: plain('value test', (_, value, test) => required(value).isUsable(required(test))),
  cidr_merge: plain('value action?', (_, value) =>
    Network.merge((value as Item[]).map(required)).map((one) => one.cidr()),
  ),
  hwaddr: plain('value query? alias?', (_, value) => {
    const digits = text(value).replace(/[.:-]/g, '').toLowerCase()
    if (!/^[\da-f]{12}$/.test(digits)) return false
    return digits.match(/../g)!.join(':')
  }),
}

function required(value: Item): Network {
  const network = Network.parse(asText(value))
  if (network === undefined) throw new Failure(`'${asText(value)}' is no address and no network`)
  return network
}
