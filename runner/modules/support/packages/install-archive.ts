import { archiveFile } from '../../../resources/archive-file.ts'
import { effect } from '../../../host/state.ts'
import { packageKind, type PackageStatus } from '../../../resources/package.ts'
import { compareVersions } from '../../../packages/version.ts'
import type { Planning } from '../../module.ts'
import { failed, type Outcome, undecided, unchanged } from '../../outcome.ts'
import { hostPath } from '../host-path.ts'
import { optionWords } from './apt-words.ts'
import type { Wanted } from './install.ts'
import { runApt } from './run-apt.ts'
import { content } from '../../../resources/content.ts'

/** Plans that a package is installed from a .deb file on the host, or from a URL. */
export function installArchive(source: string, { options, settings }: Wanted, planning: Planning): Outcome {
  const { state } = planning
  const remote = /^[a-z]+:\/\//.test(source)
  const path = remote ? source : hostPath(source, planning)
  if (!remote) {
    const found = planning.files.stat(path)
    if (found.status.type !== 'file')
      return failed(`Unable to install package: ${source} is no file on the host`)
    // What an earlier task will put there cannot be looked into before it is there.
    if (state.predicted(content, found.path) !== undefined)
      return undecided([
        { what: `the archive ${source}, which an earlier task puts there`, location: planning.location },
      ])
  }
  const archive = state.read(archiveFile, path)
  if (archive === null)
    return failed(`Unable to install package: ${source} is no Debian package that can be read`)
  const status = state.read(packageKind, archive.name)
  if (status.status === 'installed') {
    const order = compareVersions(status.version!, archive.version)
    if (order === 0) return unchanged()
    if (order > 0 && !options.allow_downgrade && !options.force)
      return failed(`a later version of ${archive.name} is installed already: ${status.version}`)
  }
  const words = ['install', ...optionWords(options), archive.path]
  const outcome = runApt(
    { words, settings, named: [archive.name], archives: { [archive.name]: archive.path } },
    planning,
  )
  if (outcome.type !== 'change') return outcome
  return {
    ...outcome,
    after: outcome.after.map((each) =>
      each.resource.kind === packageKind && each.resource.key === archive.name
        ? effect(packageKind, archive.name, { ...(each.value as PackageStatus), archive: archive.path })
        : each,
    ),
  }
}
