import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { digest, readPackageAccess, sourceFile, sourceLines, type PackageAccess } from './apt.ts'
import { withLock } from './lock.ts'
import { cacheFolder } from './paths.ts'
import { run } from './process.ts'
import { asRoot } from './root.ts'
import type { Progress, Suite } from './types.ts'

/** Beyond Debian's minimum: what makes it a machine one can log in to. No Python, no editor, no cron. */
const packages = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'libpam-systemd',
  'openssh-server',
  'sudo',
  'ca-certificates',
  'iproute2',
  'netbase',
  'procps',
  'tzdata',
]

/** Counted up when build.sh changes. */
const version = 1

/**
 * The root file system of a suite, built when the cache has none that fits this machine's way to the packages.
 * Gives its directory, which is never written to again.
 */
export async function baseRoot(suite: Suite, progress: Progress): Promise<string> {
  const packageAccess = await readPackageAccess()
  const folder = join(cacheFolder(), `${suite}-${digest(version, packages, packageAccess)}`)
  if (await exists(folder)) return folder
  return withLock(suite, async () => {
    if (await exists(folder)) return folder
    progress(`building the ${suite} root file system (once, about 20 s)`)
    await build(suite, packageAccess, folder)
    return folder
  })
}

/** Removes all cached root file systems. No machine may be left that stands on one. */
export async function purgeCache() {
  await run(asRoot(['rm', '-rf', cacheFolder()]))
}

async function build(suite: Suite, packageAccess: PackageAccess, folder: string) {
  const draft = `${folder}.draft`
  const configuration = await mkdtemp(join(tmpdir(), 'rehearsal-'))
  try {
    await writeConfiguration(configuration, packageAccess, suite)
    await run(asRoot(['rm', '-rf', draft]))
    await run(
      asRoot([
        'env',
        `REHEARSAL_BUILD=${join(import.meta.dirname, 'build.sh')}`,
        `REHEARSAL_CONFIGURATION=${configuration}`,
        ...['mmdebstrap', '--quiet', '--mode=root', '--format=directory', '--variant=minbase'],
        `--include=${packages.join(',')}`,
        `--aptopt=${join(configuration, 'apt.conf')}`,
        '--dpkgopt=force-unsafe-io',
        '--customize-hook=sh "$REHEARSAL_BUILD" "$1" "$REHEARSAL_CONFIGURATION"',
        ...[suite, draft],
        ...sourceLines(packageAccess, suite),
      ]),
    )
    await run(asRoot(['mv', draft, folder]))
  } finally {
    await run(asRoot(['rm', '-rf', draft]))
    await rm(configuration, { recursive: true })
  }
}

async function writeConfiguration(folder: string, packageAccess: PackageAccess, suite: Suite) {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'debian.sources'), sourceFile(packageAccess, suite))
  await writeFile(join(folder, 'apt.conf'), packageAccess.options.map((line) => `${line}\n`).join(''))
  for (const [index, text] of packageAccess.authorities.entries()) {
    await writeFile(join(folder, `control-machine-${index + 1}.crt`), `${text}\n`)
  }
}

async function exists(path: string) {
  return access(path).then(
    () => true,
    () => false,
  )
}
