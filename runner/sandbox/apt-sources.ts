/** An entry of apt's sources: what is fetched from where. */
export interface AptSource {
  addresses: string[]
  suites: string[]
}

/** Where Debian's archive and its security updates are. */
export interface Mirrors {
  archive: string
  security?: string
}

/**
 * The mirrors of Debian among a machine's sources; undefined where it has none, and mmdebstrap picks Debian's own.
 * Others also publish under `…/debian bookworm main`, but only Debian has suites `…-updates` and `…-security`.
 */
export function debianMirrors(sources: AptSource[]): Mirrors | undefined {
  const archive = addressOf(sources, /^[a-z]+-updates$/, /\/debian$/)
  return archive === undefined
    ? undefined
    : { archive, security: addressOf(sources, /^[a-z]+-security$/, /\/debian-security$/) }
}

/** Reads a `.list` file: `deb [option=value …] address suite component…`. */
export function parseList(text: string): AptSource[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)/.exec(line)
    return match ? [{ addresses: [withoutSlash(match[1]!)], suites: [match[2]!] }] : []
  })
}

/** Reads a `.sources` file: stanzas of `Field: words`, of which comments and continued lines may be part. */
export function parseSources(text: string): AptSource[] {
  const stanzas = text.replaceAll(/^#.*\n/gm, '').split(/\n\s*\n/)
  return stanzas.flatMap((stanza) => {
    const field = (name: string) =>
      new RegExp(`^${name}:((?:.*\\n?)(?:[ \\t]+.*\\n?)*)`, 'im').exec(stanza)?.[1]?.trim().split(/\s+/) ?? []
    if (!field('Types').includes('deb') || /^(no|false|off|0)$/i.test(field('Enabled')[0] ?? '')) return []
    return [{ addresses: field('URIs').map(withoutSlash), suites: field('Suites') }]
  })
}

function addressOf(sources: AptSource[], suite: RegExp, path: RegExp) {
  return sources
    .filter(({ suites }) => suites.some((name) => suite.test(name)))
    .flatMap(({ addresses }) => addresses)
    .find((address) => /^https?:/.test(address) && path.test(address))
}

function withoutSlash(address: string) {
  return address.replace(/\/+$/, '')
}
