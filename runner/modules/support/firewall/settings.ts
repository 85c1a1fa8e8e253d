/** ufw's settings, as they stand in its two files. */
export interface FirewallSettings {
  readonly enabled: boolean
  readonly logging: string
  readonly ipv6: boolean
  readonly incoming: string
  readonly outgoing: string
  readonly routed: string
}

export const DEFAULTS = '/etc/default/ufw'
export const CONFIGURATION = '/etc/ufw/ufw.conf'

/** The names of the default policies in `/etc/default/ufw`. */
export const POLICY_NAMES = {
  incoming: 'DEFAULT_INPUT_POLICY',
  outgoing: 'DEFAULT_OUTPUT_POLICY',
  routed: 'DEFAULT_FORWARD_POLICY',
} as const

export const POLICY_VALUES: Readonly<Record<string, string>> = {
  allow: '"ACCEPT"',
  deny: '"DROP"',
  reject: '"REJECT"',
}

/** Settings from the texts of the two files; what is missing is as in a fresh installation. */
export function parseSettings(defaults: string, configuration: string): FirewallSettings {
  const policy = (name: string, usual: string) => WORDS[value(defaults, name) ?? ''] ?? usual
  return {
    enabled: value(configuration, 'ENABLED') === 'yes',
    logging: value(configuration, 'LOGLEVEL') ?? 'low',
    ipv6: (value(defaults, 'IPV6') ?? 'yes') === 'yes',
    incoming: policy(POLICY_NAMES.incoming, 'deny'),
    outgoing: policy(POLICY_NAMES.outgoing, 'allow'),
    routed: policy(POLICY_NAMES.routed, 'deny'),
  }
}

/** A file's text with one setting changed in its place, or added at the end. */
export function withSetting(text: string, name: string, value: string): string {
  const line = new RegExp(`^${name}=.*$`, 'gm')
  return line.test(text) ? text.replace(line, () => `${name}=${value}`) : `${text}${name}=${value}\n`
}

const WORDS: Readonly<Record<string, string>> = { accept: 'allow', drop: 'deny', reject: 'reject' }

function value(text: string, name: string): string | undefined {
  const last = [...text.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].at(-1)?.[1]
  return last === undefined
    ? undefined
    : last
        .trim()
        .replace(/^["']|["']$/g, '')
        .toLowerCase()
}
