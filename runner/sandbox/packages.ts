import { access } from 'node:fs/promises'
import { attempt, hasProgram, run } from './process.ts'
import { asRoot } from './root.ts'
import { SandboxError, type Progress } from './types.ts'

/** What the nspawn engine runs, and the Debian package that has it. A path is a file that is to be there. */
const needed: Record<string, string> = {
  'systemd-nspawn': 'systemd-container',
  mmdebstrap: 'mmdebstrap',
  '/usr/share/keyrings/debian-archive-keyring.gpg': 'debian-archive-keyring',
  ip: 'iproute2',
  nft: 'nftables',
  flock: 'util-linux',
}

/** The names of Debian packages whose programs are not on this machine. */
export async function missingPackages(): Promise<string[]> {
  const missing = await Promise.all(
    Object.entries(needed).map(async ([item, name]) => ((await isPresent(item)) ? [] : [name])),
  )
  return missing.flat()
}

/** Installs packages with apt-get, saying so. A SandboxError where this is no Debian, or apt-get fails. */
export async function installPackages(names: string[], progress: Progress) {
  if (names.length === 0) return
  if (!(await hasProgram('apt-get'))) {
    throw new SandboxError(`The sandbox needs programs of these Debian packages: ${names.join(', ')}.`)
  }
  progress(`installing Debian packages on this machine: ${names.join(' ')}`)
  const install = asRoot([
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    ...['apt-get', '--yes', '--quiet', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', 'install'],
    ...names,
  ])
  const first = await attempt(install)
  if (first.status === 0) return
  await run(asRoot(['apt-get', '--quiet', 'update']))
  await run(install)
}

async function isPresent(item: string) {
  if (!item.startsWith('/')) return hasProgram(item)
  return access(item).then(
    () => true,
    () => false,
  )
}
