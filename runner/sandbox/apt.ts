import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { attempt } from './process.ts'
import type { Suite } from './types.ts'

/** How this machine reaches Debian's packages, to be used by the sandboxes in the same way. */
export interface PackageAccess {
  /** Where the archive is, such as `http://deb.debian.org/debian`. */
  archive: string
  /** Where its security updates are. */
  security: string
  /** Lines of apt.conf: proxies and what else fetching needs. */
  options: string[]
  /** Certificate authorities this machine trusts beyond Debian's, as PEM texts. */
  authorities: string[]
}

const defaultArchive = 'http://deb.debian.org/debian'
const defaultSecurity = 'http://deb.debian.org/debian-security'
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'
const authorityFolders = ['/usr/local/share/ca-certificates', '/etc/pki/ca-trust/source/anchors']

/** Reads this machine's own apt sources, apt configuration, proxy variables and certificate authorities. */
export async function readPackageAccess(): Promise<PackageAccess> {
  const addresses = sourceAddresses(await readSources())
  const dump = await attempt(['apt-config', 'dump'])
  const configuration = dump.status === 0 ? dump.stdout.split('\n') : []
  return {
    archive: addresses.find((address) => /\/debian$/.test(address)) ?? defaultArchive,
    security: addresses.find((address) => /\/debian-security$/.test(address)) ?? defaultSecurity,
    options: [...fetchOptions(configuration), ...proxyOptions(configuration, process.env)],
    authorities: await readAuthorities(configuration),
  }
}

/** The addresses named in sources.list and deb822 files, without a slash at the end. */
export function sourceAddresses(text: string): string[] {
  const addresses = text
    .split('\n')
    .filter((line) => /^\s*(deb\s|URIs:)/i.test(line))
    .flatMap((line) => line.match(/https?:\/\/[^\s\]]+/g) ?? [])
  return addresses.map((address) => address.replace(/\/+$/, ''))
}

/** What of `apt-config dump` decides how packages are fetched; nothing that names a file of this machine. */
export function fetchOptions(dump: string[]): string[] {
  const wanted =
    /^Acquire::(Check-Valid-Until|Check-Date|Retries|ForceIPv4|ForceIPv6|(http|https|ftp)::(?!CaInfo|CaPath|SslCert|SslKey|IssuerCert|CrlFile|Proxy-?Auto-?Detect)[^"]*) "[^"]+";$/i
  return dump.filter((line) => wanted.test(line))
}

/** apt obeys these variables too, where its configuration names no proxy. */
export function proxyOptions(dump: string[], environment: NodeJS.ProcessEnv): string[] {
  return ['http', 'https'].flatMap((scheme) => {
    const proxy = environment[`${scheme}_proxy`]
    const configured = dump.some((line) => line.startsWith(`Acquire::${scheme}::Proxy "`))
    return proxy && !configured && !proxy.includes('"') ? [`Acquire::${scheme}::Proxy "${proxy}";`] : []
  })
}

/** One-line entries, as mmdebstrap wants them. */
export function sourceLines(access: PackageAccess, suite: Suite): string[] {
  return origins(access, suite).flatMap(({ address, suites }) =>
    suites.map((name) => `deb [signed-by=${keyring}] ${address} ${name} main`),
  )
}

/** The contents of `/etc/apt/sources.list.d/debian.sources`, as Debian's cloud images have it. */
export function sourceFile(access: PackageAccess, suite: Suite): string {
  const stanzas = origins(access, suite).map(({ address, suites }) => [
    'Types: deb',
    `URIs: ${address}`,
    `Suites: ${suites.join(' ')}`,
    'Components: main',
    `Signed-By: ${keyring}`,
  ])
  return stanzas.map((lines) => `${lines.join('\n')}\n`).join('\n')
}

/** Changes when anything changes that a root file system is built from. */
export function digest(...parts: unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12)
}

function origins(access: PackageAccess, suite: Suite) {
  return [
    { address: access.archive, suites: [suite, `${suite}-updates`] },
    { address: access.security, suites: [`${suite}-security`] },
  ]
}

async function readSources() {
  const folder = '/etc/apt/sources.list.d'
  const names = await readdir(folder).catch(() => [])
  const files = names.filter((name) => /\.(list|sources)$/.test(name)).sort()
  const texts = ['/etc/apt/sources.list', ...files.map((name) => join(folder, name))].map(readText)
  return (await Promise.all(texts)).join('\n')
}

async function readAuthorities(dump: string[]) {
  const named = dump.flatMap((line) => line.match(/^Acquire::https::CaInfo "([^"]+)";$/i)?.[1] ?? [])
  const folders = await Promise.all(
    authorityFolders.map(async (folder) => {
      const names = await readdir(folder, { recursive: true }).catch(() => [])
      return names.filter((name) => /\.(crt|pem)$/.test(name)).map((name) => join(folder, name))
    }),
  )
  const texts = await Promise.all([...folders.flat().sort(), ...named].map(readText))
  const certificates = texts.flatMap(
    (text) => text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [],
  )
  return [...new Set(certificates)]
}

async function readText(file: string) {
  return readFile(file, 'utf8').catch(() => '')
}
