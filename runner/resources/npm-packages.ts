import { sh } from '../transport/shell.ts'
import { type Environment, environmentId, exported } from './environment.ts'
import { atPath, defineResource } from './resource.ts'

export interface NpmPlace {
  /** The program: npm, or a path. */
  readonly npm: string
  /** The project's directory; without it, what is installed for all. */
  readonly path?: string
  readonly environment?: Environment
}

/** Packages by name; `missing` are those that package.json names and that are not there. */
export interface NpmPackages {
  readonly installed: Readonly<Record<string, string>>
  readonly missing: readonly string[]
}

/** What npm has installed in a place; null where there is no npm. */
export const npmPackages = defineResource<NpmPlace, NpmPackages | null>({
  name: 'npm packages',
  id: ({ npm, path = 'global', environment }) => `${path} ${npm}${environmentId(environment)}`,
  outdatedBy: atPath(
    (changed, { path }) => path !== undefined && IN_PROJECT.some((file) => changed === `${path}/${file}`),
  ),
  // Node takes its time to start.
  dear: true,
  read: (places) =>
    sh`${places.map(
      ({ npm, path, environment }) => sh`( ${exported(environment)}
if command -v ${npm} >/dev/null; then echo +
${path === undefined ? sh`` : sh`cd -- ${path} || exit`}
${npm} list --json --long=false --depth 0 ${path === undefined ? ['--global'] : []} </dev/null; fi ) 2>/dev/null; printf '\\0'
`,
    )}`,
  parse: (answer, places) => {
    const sections = answer.toString('utf8').split('\0')
    return places.map((_, index) => packagesOf(sections[index] ?? ''))
  },
  matches: (predicted, observed) =>
    predicted === null || observed === null
      ? predicted === observed
      : Object.entries(predicted.installed).every(([name, version]) =>
          version === '' ? Object.hasOwn(observed.installed, name) : observed.installed[name] === version,
        ),
})

/** What a project wants to be installed. */
const IN_PROJECT = ['package.json', 'package-lock.json']

function packagesOf(section: string): NpmPackages | null {
  if (!section.startsWith('+')) return null
  let told: { dependencies?: Record<string, { version?: string; missing?: boolean; invalid?: unknown }> }
  try {
    told = JSON.parse(section.slice(1)) as typeof told
  } catch {
    told = {}
  }
  const all = Object.entries(told.dependencies ?? {})
  const isThere = ([, { version, missing }]: (typeof all)[number]) =>
    version !== undefined && missing !== true
  return {
    installed: Object.fromEntries(all.filter(isThere).map(([name, { version }]) => [name, version!])),
    missing: all
      .filter((each) => !isThere(each) || Boolean(each[1].invalid))
      .map(([name]) => name)
      .toSorted(),
  }
}
