import { alternative } from './alternative.ts'
import { archiveContent, archiveDigest } from './archive-content.ts'
import { archiveFile } from './archive-file.ts'
import { archive } from './archive.ts'
import { certificateRequest } from './certificate-request.ts'
import { checksums } from './checksum.ts'
import { clock } from './clock.ts'
import { content } from './content.ts'
import { crontab } from './crontab.ts'
import { debconf } from './debconf.ts'
import { digest } from './digest.ts'
import { download } from './download.ts'
import { factProgram } from './fact-program.ts'
import { facts } from './facts.ts'
import { fileFlags } from './file-flags.ts'
import { firewall } from './firewall.ts'
import { gitCheckout } from './git-checkout.ts'
import { gitRemote } from './git-remote.ts'
import { gitSetting } from './git-setting.ts'
import { glob } from './glob.ts'
import { group } from './group.ts'
import { identity } from './identity.ts'
import { installedFiles } from './installed-files.ts'
import { iptables } from './iptables.ts'
import { kernelModule } from './kernel-module.ts'
import { listing } from './listing.ts'
import { locales } from './locales.ts'
import { mimeType } from './mime-type.ts'
import { moment } from './moment.ts'
import { mount } from './mount.ts'
import { mysqlAccount, mysqlDatabase } from './mysql.ts'
import { nameService } from './name-service.ts'
import { npmPackages } from './npm-packages.ts'
import { packageCache } from './package-cache.ts'
import { packageIndex } from './package-index.ts'
import { packageNames } from './package-names.ts'
import { packageSolution } from './package-solution.ts'
import { packageKind } from './package.ts'
import { packages } from './packages.ts'
import { path } from './path.ts'
import { pipPackages } from './pip-packages.ts'
import { pendingHandlers } from './pending-handlers.ts'
import { postgresDatabase, postgresExtension, postgresRole } from './postgresql.ts'
import { publicKey } from './public-key.ts'
import { runningHostname } from './running-hostname.ts'
import { services } from './services.ts'
import { sysctl } from './sysctl.ts'
import { tarContent, tarDigests, tarListing } from './tar-archive.ts'
import { unitFiles } from './unit-files.ts'
import { unit } from './unit.ts'
import { user } from './user.ts'
import { writeAccess } from './write-access.ts'
import type { ResourceKind } from './resource.ts'

// Kinds are invariant in their key, so `unknown` would not do.
// oxlint-disable-next-line typescript/no-explicit-any
type AnyKind = ResourceKind<any, any>

/** Every kind of resource, for what names them: a saved plan. */
export const kinds: readonly AnyKind[] = [
  alternative,
  archiveContent,
  archiveDigest,
  archiveFile,
  archive,
  certificateRequest,
  ...Object.values(checksums),
  clock,
  content,
  crontab,
  debconf,
  digest,
  download,
  factProgram,
  facts,
  fileFlags,
  firewall,
  gitCheckout,
  gitRemote,
  gitSetting,
  glob,
  group,
  identity,
  installedFiles,
  iptables,
  kernelModule,
  listing,
  locales,
  mimeType,
  moment,
  mount,
  mysqlAccount,
  mysqlDatabase,
  nameService,
  npmPackages,
  packageCache,
  packageIndex,
  packageNames,
  packageSolution,
  packageKind,
  packages,
  path,
  pendingHandlers,
  pipPackages,
  postgresDatabase,
  postgresExtension,
  postgresRole,
  publicKey,
  runningHostname,
  services,
  sysctl,
  tarListing,
  tarContent,
  tarDigests,
  unitFiles,
  unit,
  user,
  writeAccess,
]

const byName = new Map(kinds.map((kind) => [kind.name, kind]))

/** The kind of that name. */
export function findKind(name: string): AnyKind | undefined {
  return byName.get(name)
}
