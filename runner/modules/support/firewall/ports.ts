/** Ports as ufw writes them into its rules. */
export interface FirewallPorts {
  readonly text: string
  /** Several, or a range: iptables' multiport. */
  readonly several: boolean
}

/** iptables takes this many ports in one rule; a range counts as two. */
const MOST_PORTS = 15

/**
 * A port, a list or ranges of them (`80,443`, `60000:61000`), in ufw's order; or the name of a service.
 *
 * @param services the port of a name in `/etc/services`
 * @throws {RangeError} for what is no port
 */
export function firewallPorts(
  written: string,
  services: (name: string) => number | undefined = () => undefined,
): FirewallPorts {
  const bad = (why = '') => new RangeError(`ERROR: Bad port '${written}'${why}`)
  if (!/^\d([0-9,:]*\d+)*$/.test(written)) {
    if (/[,:]/.test(written)) throw new RangeError(`ERROR: Port ranges must be numeric: '${written}'`)
    const port = /^\w[\w-]+$/.test(written) ? services(written) : undefined
    if (port === undefined) throw bad(': neither a number nor a name in /etc/services')
    return { text: String(port), several: false }
  }
  const parts = written.split(',')
  if (written.split(/[,:]/).length > MOST_PORTS) throw bad(`: ${MOST_PORTS} ports at most`)
  for (const part of parts) {
    const numbers = part.split(':').map(Number)
    const [low = 0, high] = numbers
    if (numbers.length > 2 || numbers.some((number) => number < 1 || number > 65535)) throw bad()
    if (high !== undefined && low >= high) throw bad(': a range goes from the lower to the higher port')
  }
  const sorted = parts.sort((one, other) => {
    const [a = 0, b = -1] = one.split(':').map(Number)
    const [c = 0, d = -1] = other.split(':').map(Number)
    return a - c || b - d
  })
  return { text: sorted.join(','), several: parts.length > 1 || written.includes(':') }
}

/** `/etc/services` as ufw uses it. */
export function parseServices(text: string) {
  const entries = text.split('\n').flatMap((line) => {
    const [name, port, ...aliases] = line.replace(/#.*/, '').trim().split(/\s+/)
    const match = /^(\d+)\/(\w+)$/.exec(port ?? '')
    return match ? [{ names: [name!, ...aliases], port: Number(match[1]), protocol: match[2]! }] : []
  })
  const named = (name: string) => entries.filter(({ names }) => names.includes(name))
  return {
    port: (name: string): number | undefined => named(name)[0]?.port,
    /** `any` when it is known for both. */
    protocol: (name: string): string => {
      const protocols = named(name).map(({ protocol }) => protocol)
      if (protocols.includes('tcp')) return protocols.includes('udp') ? 'any' : 'tcp'
      return protocols.includes('udp') ? 'udp' : ''
    },
  }
}

export type Services = ReturnType<typeof parseServices>
