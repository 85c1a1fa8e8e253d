import { createHash, createHmac } from 'node:crypto'

/** One usable line of a known_hosts file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
export interface KnownHost {
  readonly marker?: 'cert-authority' | 'revoked'
  /** Comma-separated patterns, or one hashed name `|1|salt|hash`. */
  readonly names: string
  readonly keyType: string
  /** Base64 as written. */
  readonly key: string
  readonly file: string
  /** Counts from 1. */
  readonly line: number
}

/** What the known entries say of a key that a host showed. `entry` is the line that decided. */
export type HostKeyVerdict =
  | { readonly kind: 'known'; readonly entry: KnownHost }
  | { readonly kind: 'unknown'; readonly authority?: KnownHost }
  | { readonly kind: 'changed' | 'revoked'; readonly entry: KnownHost }

/** Reads a known_hosts file; lines that are no entries are passed over, as ssh does. */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
  return text.split('\n').flatMap((content, index) => {
    const words = content.trim().split(/[ \t]+/)
    if (words[0] === '' || words[0]!.startsWith('#')) return []
    const marker = words[0]!.startsWith('@') ? words.shift()!.slice(1) : undefined
    if (marker !== undefined && marker !== 'cert-authority' && marker !== 'revoked') return []
    const [names, keyType, key] = words
    if (names === undefined || keyType === undefined || !isKey(keyType, key)) return []
    return [{ marker, names, keyType, key, file, line: index + 1 }]
  })
}

/** The entries that speak of a host, by the name ssh would look up: `host`, or `[host]:port` for other ports than 22. */
export function entriesFor(entries: readonly KnownHost[], host: string, port: number): KnownHost[] {
  const found = entries.filter(({ names }) => matches(names, lookupName(host, port)))
  if (port === 22 || found.some(({ marker }) => marker === undefined)) return found
  // ssh falls back to the name without port; a key known by it is known.
  return [...found, ...entries.filter(({ names }) => matches(names, host.toLowerCase()))]
}

/**
 * Judges the key that a host showed, `key` in its wire format. An entry of another key type for the same host counts
 * as changed: types known are asked for first (see `hostKeyAlgorithms`), so the host has lost the key that was known.
 */
export function judgeHostKey(
  entries: readonly KnownHost[],
  host: string,
  port: number,
  key: Buffer,
): HostKeyVerdict {
  const relevant = entriesFor(entries, host, port)
  const same = relevant.filter((entry) => Buffer.from(entry.key, 'base64').equals(key))
  const revoked = same.find(({ marker }) => marker === 'revoked')
  if (revoked) return { kind: 'revoked', entry: revoked }
  const known = same.find(({ marker }) => marker === undefined)
  if (known) return { kind: 'known', entry: known }
  const plain = relevant.filter(({ marker }) => marker === undefined)
  const changed = plain.find(({ keyType }) => keyType === wireKeyType(key)) ?? plain[0]
  if (changed) return { kind: 'changed', entry: changed }
  return { kind: 'unknown', authority: relevant.find(({ marker }) => marker === 'cert-authority') }
}

/** Host-key algorithms in order of preference: those of types known for the host first. SHA-1 signatures never. */
export function hostKeyAlgorithms(entries: readonly KnownHost[], host: string, port: number): string[] {
  const types = new Set(
    entriesFor(entries, host, port)
      .filter(({ marker }) => marker === undefined)
      .map(({ keyType }) => keyType),
  )
  const known = algorithms.filter(({ keyType }) => types.has(keyType))
  const others = algorithms.filter(({ keyType }) => !types.has(keyType))
  return [...known, ...others].map(({ algorithm }) => algorithm)
}

/** `SHA256:…` as ssh prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}

/** A line for a known_hosts file, with the name hashed if wanted (`salt`: 20 random bytes). */
export function knownHostLine(host: string, port: number, key: Buffer, salt?: Buffer): string {
  const name = lookupName(host, port)
  const shown = salt ? `|1|${salt.toString('base64')}|${hashName(name, salt).toString('base64')}` : name
  return `${shown} ${wireKeyType(key)} ${key.toString('base64')}`
}

export function lookupName(host: string, port: number): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`
}

/** The key type that stands in front of a key in its wire format (RFC 4253, 6.6). */
export function wireKeyType(key: Buffer): string {
  return key.length < 4 ? '' : key.toString('latin1', 4, 4 + key.readUInt32BE(0))
}

const algorithms = [
  { algorithm: 'ssh-ed25519', keyType: 'ssh-ed25519' },
  { algorithm: 'ecdsa-sha2-nistp256', keyType: 'ecdsa-sha2-nistp256' },
  { algorithm: 'ecdsa-sha2-nistp384', keyType: 'ecdsa-sha2-nistp384' },
  { algorithm: 'ecdsa-sha2-nistp521', keyType: 'ecdsa-sha2-nistp521' },
  { algorithm: 'rsa-sha2-512', keyType: 'ssh-rsa' },
  { algorithm: 'rsa-sha2-256', keyType: 'ssh-rsa' },
]

function isKey(keyType: string, key: string | undefined): key is string {
  return key !== undefined && wireKeyType(Buffer.from(key, 'base64')) === keyType
}

function matches(names: string, name: string): boolean {
  if (names.startsWith('|')) {
    const [, version, salt, hash] = names.split('|')
    if (version !== '1' || !salt || !hash) return false
    return hashName(name, Buffer.from(salt, 'base64')).equals(Buffer.from(hash, 'base64'))
  }
  const patterns = names.toLowerCase().split(',')
  const hit = (pattern: string): boolean => wildcard(pattern).test(name)
  if (patterns.some((pattern) => pattern.startsWith('!') && hit(pattern.slice(1)))) return false
  return patterns.some((pattern) => !pattern.startsWith('!') && hit(pattern))
}

function hashName(name: string, salt: Buffer): Buffer {
  return createHmac('sha1', salt).update(name).digest()
}

function wildcard(pattern: string): RegExp {
  const text = pattern.replaceAll(/[\\^$.|+()[\]{}]/g, String.raw`\$&`)
  return new RegExp(`^${text.replaceAll(/\*+/g, '.*').replaceAll('?', '.')}$`, 's')
}
