import { UnknownRead } from '../../../host/misses.ts'
import { type AptWorld, aptReads, type WorldFile, type WorldPackage } from '../../../packages/apt-world.ts'
import { content } from '../../../resources/content.ts'
import { packageIndex } from '../../../resources/package-index.ts'
import { packageKind, type PackageStatus } from '../../../resources/package.ts'
import { path as pathKind, type PathStatus } from '../../../resources/path.ts'
import { Unknown } from '../../../variables/unknown.ts'
import type { Planning } from '../../module.ts'

/** The world to ask apt about: the host's own in a real run; in a dry run, as the tasks so far would leave it. */
export function worldOf(planning: Planning): AptWorld {
  const { state } = planning
  // After a real change these are read first, and with them everything that was only predicted: nothing is left of it.
  state.read(packageKind, 'dpkg')
  const index = state.read(packageIndex, '')
  const packages: WorldPackage[] = []
  for (const { resource, value } of state.predictions()) {
    if (resource.kind === packageKind)
      packages.push(packageOf(resource.key as string, value as PackageStatus | Unknown))
  }
  return {
    index: index.predicted ? 'fetched' : 'own',
    packages: packages.sort((a, b) => (a.name < b.name ? -1 : 1)),
    files: foretoldFiles(planning),
  }
}

/** Sources, keys and settings of apt that the tasks so far would leave otherwise than they are. @throws {UnknownRead} */
export function foretoldFiles({ state }: Planning): WorldFile[] {
  return state
    .predictions()
    .filter(({ resource }) => resource.kind === pathKind && aptReads(resource.key as string))
    .flatMap(({ resource, value }) =>
      fileOf(
        resource.key as string,
        value as PathStatus | Unknown,
        state.predicted(content, resource.key as string),
      ),
    )
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

function packageOf(key: string, value: PackageStatus | Unknown): WorldPackage {
  if (value instanceof Unknown) throw new UnknownRead(value)
  const { status, version, architecture, automatic, selection } = value
  const [name] = key.split(':')
  const installed = status === 'installed'
  return {
    name: name!,
    architecture: architecture ?? 'all',
    version: installed ? version : null,
    automatic: installed && automatic,
    hold: selection === 'hold',
    ...(value.archive === undefined ? {} : { archive: value.archive }),
  }
}

function fileOf(
  path: string,
  status: PathStatus | Unknown,
  bytes: Buffer | null | Unknown | undefined,
): WorldFile[] {
  if (status instanceof Unknown) throw new UnknownRead(status)
  if (status.type === 'absent') return [{ path, content: null }]
  if (status.type === 'created') throw new UnknownRead(status.because)
  if (bytes instanceof Unknown) throw new UnknownRead(bytes)
  // Without content only its attributes change, or it is a directory.
  return bytes instanceof Buffer ? [{ path, content: bytes }] : []
}
