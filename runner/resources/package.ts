import { type Script, sh } from '../transport/shell.ts'
import { defineResource } from './resource.ts'

/** What dpkg knows of a package. */
export interface PackageStatus {
  /** `partial`: unpacked or configured half way. */
  readonly status: 'installed' | 'absent' | 'config-files' | 'partial'
  readonly version: string | null
  readonly architecture: string | null
  /** What dpkg is to do with it: `install`, `hold` (leave it as it is), `deinstall`, `purge`; `unknown`. */
  readonly selection: string
  /** Installed because another package needs it. */
  readonly automatic: boolean
  /** Installed packages that provide this name. */
  readonly providers: readonly string[]
  /** In a prediction: the archive on the host that it comes from, when no list of packages names it. */
  readonly archive?: string
}

/** A script that prints what `parsePackages` reads, of the packages whose names are the words. */
export function readPackages(words: Script): Script {
  return sh`{ dpkg-query -W -f ${FORMAT}; printf '\\n'; cat /var/lib/apt/extended_states; } 2>/dev/null |
  awk -F '\\t' ${FILTER} ${words}`
}

/** Nothing of that name is, or was, installed. */
export const absentPackage: PackageStatus = {
  status: 'absent',
  version: null,
  architecture: null,
  selection: 'unknown',
  automatic: false,
  providers: [],
}

/** One package by its name, `name:architecture` for one that is not of the host's own architecture. */
export const packageKind = defineResource<string, PackageStatus>({
  name: 'package',
  early: true,
  id: (key) => key,
  // dpkg's whole database is read anyway; awk lets through what was asked for.
  read: (keys) => readPackages(sh`${keys}`),
  parse: (answer, keys) => parsePackages(answer.toString('utf8'), keys),
  matches: (predicted, observed) =>
    predicted.status === observed.status &&
    predicted.version === observed.version &&
    (predicted.status !== 'installed' || predicted.selection === observed.selection) &&
    (predicted.status !== 'installed' || predicted.automatic === observed.automatic),
  describe: ({ status, version, automatic, selection }) =>
    [status, version, automatic ? 'automatic' : '', selection === 'hold' ? 'held' : '']
      .filter(Boolean)
      .join(' '),
})

const FORMAT =
  '${Package}\\t${Architecture}\\t${db:Status-Want}\\t${db:Status-Status}\\t${Version}\\t${Provides}\\n'

const FILTER = `BEGIN { for (i = 1; i < ARGC; i++) wanted[ARGV[i]]; ARGC = 1 }
$0 == "" { states = 1 }
states && /^Package: / { name = substr($0, 10) }
states && /^Architecture: / { arch = substr($0, 15) }
states && /^Auto-Installed: 1/ && ((name in wanted) || ((name ":" arch) in wanted)) { print "auto\\t" name "\\t" arch }
states { next }
$1 == "dpkg" { print "native\\t" $2 }
{
  hit = ($1 in wanted) || (($1 ":" $2) in wanted)
  n = split($6, provided, /, */)
  for (i = 1; i <= n && !hit; i++) { sub(/ .*/, "", provided[i]); hit = provided[i] in wanted }
  if (hit) print
}`

interface Row {
  readonly name: string
  readonly architecture: string
  readonly want: string
  readonly state: string
  readonly version: string
  readonly provides: readonly string[]
}

/** The packages of these keys. */
export function parsePackages(answer: string, keys: readonly string[]): PackageStatus[] {
  const rows: Row[] = []
  const automatic = new Set<string>()
  let native = ''
  for (const line of answer.split('\n')) {
    const [name, architecture, want, state, version, provides] = line.split('\t')
    if (name === 'native' && want === undefined) native = architecture!
    else if (name === 'auto' && state === undefined) automatic.add(`${architecture}:${want}`)
    else if (state !== undefined) {
      rows.push({
        name: name!,
        architecture: architecture!,
        want: want!,
        state,
        version: version ?? '',
        provides: (provides ?? '').split(/, */).map((each) => each.replace(/ .*/, '')),
      })
    }
  }
  return keys.map((key) => statusOf(key, rows, automatic, native))
}

function statusOf(
  key: string,
  rows: readonly Row[],
  automatic: ReadonlySet<string>,
  native: string,
): PackageStatus {
  const [name, architecture] = key.split(':')
  const named = rows.filter((row) => row.name === name)
  const row = architecture
    ? named.find(
        (each) =>
          each.architecture === architecture || (architecture === native && each.architecture === 'all'),
      )
    : (named.find((each) => each.architecture === native || each.architecture === 'all') ?? named[0])
  const providers = rows
    .filter((each) => each.state === 'installed' && each.provides.includes(name!))
    .map((each) => each.name)
  if (!row || row.state === 'not-installed') return { ...absentPackage, providers }
  return {
    status: row.state === 'installed' || row.state === 'config-files' ? row.state : settling(row.state),
    version: row.version,
    architecture: row.architecture,
    selection: row.want,
    // Packages for all architectures stand among the automatic ones under the host's own.
    automatic:
      automatic.has(`${name}:${row.architecture}`) ||
      (row.architecture === 'all' && automatic.has(`${name}:${native}`)),
    providers,
  }
}

// Triggers that are still owed do not make a package less installed.
function settling(state: string): 'installed' | 'partial' {
  return state.startsWith('triggers-') ? 'installed' : 'partial'
}
