import type { State } from '../host/state.ts'
import { archive as archiveKind, type Archive, type ArchiveKey } from '../resources/archive.ts'
import { installedFiles, type InstalledFiles } from '../resources/installed-files.ts'
import { type AnyResource, resource } from '../resources/resource.ts'

/** A package as it was before a change. */
export interface FormerPackage {
  readonly name: string
  /** Its archive, where it is only foretold to be installed. */
  readonly foretold?: ArchiveKey
}

/** What has to be read for `formerFiles`. */
export function formerResource({ name, foretold }: FormerPackage): AnyResource {
  return foretold ? resource(archiveKind, foretold) : resource(installedFiles, name)
}

/** What a package had brought before the change: as the host's dpkg remembers it, or as its archive has it. */
export function formerFiles({ name, foretold }: FormerPackage, state: State): InstalledFiles | null {
  if (!foretold) return state.read(installedFiles, name)
  const archive = state.read(archiveKind, foretold)
  return archive && filesOf(archive)
}

/** Whether a removed package leaves configuration, or a script that would remove more. */
export function leavesConfiguration({ conffiles, control }: Archive): boolean {
  return conffiles.size > 0 || control.has('postrm')
}

function filesOf({ entries, conffiles, control }: Archive): InstalledFiles {
  return {
    paths: entries.map(({ path }) => path).filter((path) => path !== '/'),
    shared: new Set(),
    conffiles: new Map([...conffiles].map((path) => [path, ''])),
    scripts: control,
  }
}
