import { isIPv4 } from 'node:net'

/** One connection of a host, from `/proc/net/tcp` or `/proc/net/tcp6`. */
export interface TcpConnection {
  readonly localAddress: string
  readonly localPort: number
  readonly remoteAddress: string
  readonly state: string
}

/** The connections in the text of `/proc/net/tcp` and `/proc/net/tcp6`; IPv4 in IPv6 as IPv4. @source proc(5) */
export function parseTcpConnections(text: string): TcpConnection[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) ([0-9A-F]+):[0-9A-F]{4} ([0-9A-F]{2}) /.exec(line)
    if (!match) return []
    return [
      {
        localAddress: addressOf(match[1]!),
        localPort: Number.parseInt(match[2]!, 16),
        remoteAddress: addressOf(match[3]!),
        state: STATES[Number.parseInt(match[4]!, 16)] ?? 'UNKNOWN',
      },
    ]
  })
}

const STATES = [
  '',
  'ESTABLISHED',
  'SYN_SENT',
  'SYN_RECV',
  'FIN_WAIT1',
  'FIN_WAIT2',
  'TIME_WAIT',
  'CLOSE',
  'CLOSE_WAIT',
  'LAST_ACK',
  'LISTEN',
  'CLOSING',
]

// Words of four bytes, each in the order of the machine, which is little-endian wherever Debian runs but on s390x.
function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => [...Buffer.from(word, 'hex')].reverse())
  if (bytes.length === 4) return bytes.join('.')
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255
  if (mapped) return bytes.slice(12).join('.')
  const groups = Array.from({ length: 8 }, (_, at) =>
    ((bytes[at * 2]! << 8) | bytes[at * 2 + 1]!).toString(16),
  )
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}

/** Whether an address means every one of the host's. */
export function isEveryAddress(address: string): boolean {
  return isIPv4(address) ? address === '0.0.0.0' : address === '::'
}
