import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fetchOptions, proxyOptions } from './apt-options.ts'
import { debianMirrors, parseList, parseSources, type Mirrors } from './apt-sources.ts'
import { localAuthorities } from './authorities.ts'
import { attempt } from './process.ts'
import type { Suite } from './types.ts'

/** How this machine reaches Debian's packages, to be used by the sandboxes in the same way. */
export interface PackageAccess {
  /** Undefined where this machine has none of Debian's. */
  mirrors: Mirrors | undefined
  /** Lines of apt.conf: proxies and what else fetching needs. */
  options: string[]
  /** Certificate authorities beyond Debian's, as PEM texts. */
  authorities: string[]
}

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'
const sourceFolder = '/etc/apt/sources.list.d'

/** Reads this machine's own apt sources, apt configuration, proxy variables and certificate authorities. */
export async function readPackageAccess(): Promise<PackageAccess> {
  const { stdout } = await attempt(['apt-config', 'dump'])
  const dump = stdout.split('\n')
  const authorityFiles = dump.flatMap((line) => line.match(/^Acquire::https::CaInfo "([^"]+)";$/i)?.[1] ?? [])
  return {
    mirrors: debianMirrors(await readSources()),
    options: [...fetchOptions(dump), ...proxyOptions(dump, process.env)],
    authorities: await localAuthorities(authorityFiles),
  }
}

/** One-line entries, as mmdebstrap wants them. */
export function sourceLines(mirrors: Mirrors | undefined, suite: Suite): string[] {
  return origins(mirrors, suite).flatMap(({ address, suites }) =>
    suites.map((name) => `deb [signed-by=${keyring}] ${address} ${name} main`),
  )
}

/** The contents of `/etc/apt/sources.list.d/debian.sources`, as Debian's cloud images have it. */
export function sourceFile(mirrors: Mirrors | undefined, suite: Suite): string {
  const stanzas = origins(mirrors, suite).map(({ address, suites }) => [
    'Types: deb',
    `URIs: ${address}`,
    `Suites: ${suites.join(' ')}`,
    'Components: main',
    `Signed-By: ${keyring}`,
  ])
  return stanzas.map((lines) => `${lines.join('\n')}\n`).join('\n')
}

function origins(mirrors: Mirrors | undefined, suite: Suite) {
  if (!mirrors) return []
  const archive = { address: mirrors.archive, suites: [suite, `${suite}-updates`] }
  return mirrors.security === undefined
    ? [archive]
    : [archive, { address: mirrors.security, suites: [`${suite}-security`] }]
}

async function readSources() {
  const names: string[] = await readdir(sourceFolder).catch(() => [])
  const files = ['/etc/apt/sources.list', ...names.toSorted().map((name) => join(sourceFolder, name))]
  const sources = files.map(async (file) => {
    const text = await readFile(file, 'utf8').catch(() => '')
    if (file.endsWith('.list')) return parseList(text)
    return file.endsWith('.sources') ? parseSources(text) : []
  })
  return (await Promise.all(sources)).flat()
}
