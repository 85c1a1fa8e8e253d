/** A rule of ufw's, of one address family. Addresses, ports and protocol are in ufw's own normal form. */
export interface FirewallRule {
  readonly action: string
  /** '', `log` or `log-all`. */
  readonly log: string
  readonly protocol: string
  readonly toPort: string
  readonly to: string
  readonly fromPort: string
  readonly from: string
  readonly direction: string
  readonly interfaceIn: string
  readonly interfaceOut: string
  /** About forwarded packets (`ufw route`). */
  readonly route: boolean
  /** Application profiles that the ports came from. */
  readonly toApp: string
  readonly fromApp: string
  readonly comment: string
  readonly v6: boolean
}

/** What differs between two rules about the same packets: nothing, the comment only, or more than that. */
export type Likeness = 'same' | 'other comment' | 'other action' | 'none'

export function likeness(one: FirewallRule, other: FirewallRule): Likeness {
  const about = (rule: FirewallRule) =>
    JSON.stringify({ ...rule, action: '', log: '', comment: '' }, Object.keys(rule).sort())
  if (about(one) !== about(other)) return 'none'
  if (one.action !== other.action || one.log !== other.log) return 'other action'
  return one.comment === other.comment ? 'same' : 'other comment'
}

/** Where a rule holds for any address. */
export function anywhere(v6: boolean): string {
  return v6 ? '::/0' : '0.0.0.0/0'
}

/** The text that follows `### tuple ###` in ufw's rules files. */
export function formatTuple(rule: FirewallRule): string {
  const { action, log, protocol, toPort, to, fromPort, from, toApp, fromApp, comment } = rule
  return [
    `${rule.route ? 'route:' : ''}${action}${log && `_${log}`}`,
    protocol,
    toPort,
    to,
    fromPort,
    from,
    ...(toApp || fromApp ? [escapeSpaces(toApp), escapeSpaces(fromApp)] : []),
    interfaces(rule),
    ...(comment ? [`comment=${Buffer.from(comment).toString('hex')}`] : []),
  ].join(' ')
}

/** The rule of a tuple, or undefined for one that ufw would skip as malformed. */
export function parseTuple(tuple: string, v6: boolean): FirewallRule | undefined {
  const [line, comment = ''] = tuple.split(' comment=')
  const fields = line!.trim().split(/\s+/)
  if (fields.length < 6 || fields.length > 9) return undefined
  const [actionField, protocol, toPort, to, fromPort, from] = fields as [
    string,
    string,
    string,
    string,
    string,
    string,
  ]
  const place = fields.length === 7 || fields.length === 9 ? fields.at(-1)! : 'in'
  const both = /^in_(.+)!out_(.+)$/.exec(place)
  const one = /^(in|out)(?:_(.+))?$/.exec(both ? 'in' : place)
  if (!one) return undefined
  const route = actionField.includes(':')
  const [action, log = ''] = (route ? actionField.split(':')[1]! : actionField).split('_')
  const app = (index: number) =>
    fields.length < 8 || fields[index] === '-' ? '' : fields[index]!.replaceAll('%20', ' ')
  const family = (address: string) => (/^(0\.0\.0\.0|::)\/0$/.test(address) ? anywhere(v6) : address)
  return {
    action: action!,
    log,
    protocol,
    toPort,
    to: family(to),
    fromPort,
    from: family(from),
    direction: one[1]!,
    interfaceIn: both?.[1] ?? (one[1] === 'in' ? (one[2] ?? '') : ''),
    interfaceOut: both?.[2] ?? (one[1] === 'out' ? (one[2] ?? '') : ''),
    route,
    toApp: app(6),
    fromApp: app(7),
    comment: Buffer.from(comment.trim(), 'hex').toString('utf8'),
    v6,
  }
}

/** A rule in the words of ufw's command line, `(v6)` behind those of IPv6. */
export function ruleInWords(rule: FirewallRule): string {
  const { action, log, protocol, toPort, to, fromPort, from, direction, interfaceIn, interfaceOut, v6 } = rule
  const everywhere = from === anywhere(v6) && to === anywhere(v6)
  const short =
    everywhere && fromPort === 'any' && !rule.fromApp && !interfaceIn && !interfaceOut && toPort !== 'any'
  const words = [
    rule.route ? 'route' : '',
    action,
    interfaceIn && `in on ${interfaceIn}`,
    interfaceOut ? `out on ${interfaceOut}` : direction === 'out' ? 'out' : '',
    log,
  ]
  if (short)
    words.push(rule.toApp ? quoted(rule.toApp) : `${toPort}${protocol === 'any' ? '' : `/${protocol}`}`)
  else {
    words.push(end('from', from, fromPort, rule.fromApp, v6), end('to', to, toPort, rule.toApp, v6))
    if (words.slice(2).join('') === '') words.push('to any')
    if (protocol !== 'any' && !rule.toApp && !rule.fromApp) words.push(`proto ${protocol}`)
  }
  if (rule.comment) words.push(`comment '${rule.comment}'`)
  if (v6) words.push('(v6)')
  return words.filter(Boolean).join(' ')
}

function end(word: string, address: string, port: string, app: string, v6: boolean): string {
  const any = address === anywhere(v6)
  if (any && port === 'any' && !app) return ''
  const suffix = app ? ` app ${quoted(app)}` : port === 'any' ? '' : ` port ${port}`
  return `${word} ${any ? 'any' : address}${suffix}`
}

function quoted(name: string): string {
  return name.includes(' ') ? `'${name}'` : name
}

function escapeSpaces(app: string): string {
  return app === '' ? '-' : app.replaceAll(' ', '%20')
}

function interfaces({ interfaceIn, interfaceOut, direction }: FirewallRule): string {
  if (interfaceIn && interfaceOut) return `in_${interfaceIn}!out_${interfaceOut}`
  return interfaceIn || interfaceOut ? `${direction}_${interfaceIn || interfaceOut}` : direction
}
