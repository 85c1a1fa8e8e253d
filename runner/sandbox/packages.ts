import { access } from 'node:fs/promises'
import { withLock } from './lock.ts'
import { attempt, hasProgram, run } from './process.ts'
import { asRoot } from './root.ts'
import type { Progress } from './types.ts'

/** What the nspawn engine runs, and the Debian package that has it. A path is a file that is to be there. */
const needed: Record<string, string> = {
  'systemd-nspawn': 'systemd-container',
  mmdebstrap: 'mmdebstrap',
  '/usr/share/keyrings/debian-archive-keyring.gpg': 'debian-archive-keyring',
  ip: 'iproute2',
  nft: 'nftables',
}

/** The names of the Debian packages with programs that this machine lacks for systemd-nspawn. */
export async function missingPackages(): Promise<string[]> {
  const missing = await Promise.all(
    Object.entries(needed).map(async ([item, name]) => ((await isPresent(item)) ? [] : [name])),
  )
  return missing.flat()
}

/** Installs with apt-get what `missingPackages` names, saying so. */
export async function installMissing(progress: Progress) {
  if ((await missingPackages()).length === 0) return
  await withLock('packages', async () => {
    const names = await missingPackages()
    if (names.length === 0) return
    progress(`installing Debian packages on this machine: ${names.join(' ')}`)
    const options = ['--yes', '--quiet', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120']
    const install = asRoot([
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'apt-get',
      ...options,
      'install',
      ...names,
    ])
    if ((await attempt(install)).status === 0) return
    // a fresh machine has no package lists, or old ones
    await run(asRoot(['apt-get', '--quiet', 'update']))
    await run(install)
  })
}

async function isPresent(item: string) {
  if (!item.startsWith('/')) return hasProgram(item)
  return access(item).then(
    () => true,
    () => false,
  )
}
