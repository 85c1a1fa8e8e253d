import { createHash } from 'node:crypto'
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readPackageAccess, sourceFile, type PackageAccess } from './package-access.ts'
import type { Suite } from './types.ts'

/** Beyond Debian's minimum: what makes it a machine one can log in to. No Python, no editor, no cron. */
export const packages = [
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

/** Counted up when what is built from the same input changes. */
const version = 2

/** The last step of building, run as `sh build.sh ROOT CONFIGURATION`. */
export const buildScript = join(import.meta.dirname, 'build.sh')

/** What a bare Debian of a suite is made from on this machine. */
export interface Recipe {
  suite: Suite
  access: PackageAccess
  /** `trixie-0123456789ab`: another one when anything differs that goes in. */
  name: string
}

export async function readRecipe(suite: Suite): Promise<Recipe> {
  const access = await readPackageAccess()
  const input = JSON.stringify([version, packages, access])
  return { suite, access, name: `${suite}-${createHash('sha256').update(input).digest('hex').slice(0, 12)}` }
}

/** Lends `work` a folder with what build.sh puts into the root file system. */
export async function withConfiguration<T>(recipe: Recipe, work: (folder: string) => Promise<T>): Promise<T> {
  const { access, suite } = recipe
  const folder = await mkdtemp(join(tmpdir(), 'rehearsal-'))
  try {
    await copyFile(buildScript, join(folder, 'build.sh'))
    await writeFile(join(folder, 'debian.sources'), sourceFile(access.mirrors, suite))
    await writeFile(join(folder, 'apt.conf'), access.options.map((line) => `${line}\n`).join(''))
    for (const [index, text] of access.authorities.entries()) {
      await writeFile(join(folder, `control-machine-${index + 1}.crt`), `${text}\n`)
    }
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}
