import type { Diff } from '../../../engine/events.ts'
import { type AnyEffect, effect } from '../../../host/state.ts'
import { foreseePackages } from '../../../packages/foresee.ts'
import { type FormerPackage, leavesConfiguration } from '../../../packages/former-files.ts'
import type { AptWorld } from '../../../packages/apt-world.ts'
import { archive as archiveKind } from '../../../resources/archive.ts'
import { packageIndex } from '../../../resources/package-index.ts'
import { packageKind, type PackageStatus } from '../../../resources/package.ts'
import { packageSolution, type PackageChange } from '../../../resources/package-solution.ts'
import { joinScripts, type Script, sh } from '../../../transport/shell.ts'
import { Unknown } from '../../../variables/unknown.ts'
import type { Planning } from '../../module.ts'
import { change, failed, type Outcome, unchanged } from '../../outcome.ts'
import { worldOf } from './world-of.ts'

export interface AptRun {
  /** The words after `apt-get`, for the simulation and the real run. */
  readonly words: readonly string[]
  /** Packages that were asked for by name, and so do not count as installed automatically. */
  readonly named?: readonly string[]
  /** Archives on the host that are installed, by package. */
  readonly archives?: Readonly<Record<string, string>>
  readonly settings: RunSettings
}

export interface RunSettings {
  /** Comma-separated options for dpkg, without their dashes. */
  readonly dpkg_options: string
  /** Seconds. */
  readonly lock_timeout: number
  readonly policy_rc_d?: number
}

/** Asks apt what a command would do, and plans just that. */
export function runApt({ words, named = [], archives, settings }: AptRun, planning: Planning): Outcome {
  const { state } = planning
  const world = worldOf(planning)
  // Those that coming tasks want were looked at by now.
  const beside = state.observedKeys(packageKind).filter((name) => /^[a-z0-9][a-z0-9+.-]+$/.test(name))
  const solution = state.read(packageSolution, { world, words, beside })
  if (!solution.possible) return failed(explain(solution.message, planning))
  if (solution.changes.length === 0) return unchanged()
  const native = state.read(packageKind, 'dpkg').architecture
  const keys = solution.changes.map((each) => keyOf(each, native))
  const before = solution.changes.map(({ status }, index) => previously(keys[index]!, status, planning))
  const former = solution.changes.map((each, index) => formerPackage(each, keys[index]!, world, planning))
  const changes = solution.changes.map((each, index) => ({
    ...each,
    leavesConfiguration: leaves(each, former[index]!, planning),
  }))
  return rootOnly(planning, () =>
    change({
      diff: changes.map((each) => packageDiff(each)),
      script: aptScript(words, settings),
      after: changes.map((each, index) => effectOf(each, keys[index]!, before[index]!, named)),
      foresee: (later) =>
        foreseePackages(
          {
            changes,
            former,
            configured: solution.configured,
            world,
            archives,
            versions: versionsOf(keys, before),
            policy: settings.policy_rc_d,
            location: planning.location,
          },
          later,
        ),
      sideEffects: true,
      result: {},
    }),
  )
}

/** The change, or the failure that it will be when the task is not root's. */
export function rootOnly(planning: Planning, outcome: () => Outcome): Outcome {
  const { uid, user } = planning.identity()
  return uid === 0 ? outcome() : failed(`only root can change packages, not ${user}: add \`become: true\``)
}

// What the tasks before have made of it, else what the host says.
function previously(key: string, status: PackageStatus, { state }: Planning): PackageStatus {
  const predicted = state.predicted(packageKind, key)
  return predicted === undefined || predicted instanceof Unknown ? status : predicted
}

// One that is only foretold to be there is known by its archive.
function formerPackage(
  { name, before, architecture }: PackageChange,
  key: string,
  world: AptWorld,
  { state }: Planning,
): FormerPackage {
  const predicted = state.predicted(packageKind, key)
  if (
    before === null ||
    predicted === undefined ||
    predicted instanceof Unknown ||
    predicted.version !== before
  )
    return { name }
  const observed = state.observed(packageKind, key)
  if (observed?.version === before) return { name }
  return {
    name,
    foretold: {
      world,
      name,
      version: before,
      architecture: predicted.architecture ?? architecture,
      file: predicted.archive,
    },
  }
}

function leaves(change: PackageChange, { foretold }: FormerPackage, { state }: Planning): boolean {
  if (change.action !== 'remove' || !foretold) return change.leavesConfiguration
  const archive = state.peek(archiveKind, foretold)
  return archive instanceof Object && !(archive instanceof Unknown) && leavesConfiguration(archive)
}

function versionsOf(
  names: readonly string[],
  statuses: readonly PackageStatus[],
): Record<string, string | null> {
  return Object.fromEntries(names.map((name, index) => [name, statuses[index]!.version]))
}

/** The key of a package: its name, with the architecture where that is not the host's own. */
export function keyOf(
  { name, architecture }: Pick<PackageChange, 'name' | 'architecture'>,
  native: string | null,
): string {
  return architecture === native || architecture === 'all' || architecture === ''
    ? name
    : `${name}:${architecture}`
}

function explain(message: string, { state }: Planning): string {
  const missing = /Unable to locate package|has no installation candidate|was not found/.test(message)
  return missing && state.read(packageIndex, '').empty
    ? `${message}\nThe package index of the host is empty: add \`update_cache: true\`.`
    : message
}

function packageDiff({ name, before, after, action, leavesConfiguration }: PackageChange): Diff {
  const attributes = [{ name: 'version', before, after }]
  if (action === 'remove' && leavesConfiguration)
    attributes.push({ name: 'configuration files', before: null, after: 'kept' })
  return { path: `package ${name}`, attributes }
}

function effectOf(
  done: PackageChange,
  key: string,
  before: PackageStatus,
  named: readonly string[],
): AnyEffect {
  if (done.after === null) {
    return effect(packageKind, key, {
      ...before,
      status: done.leavesConfiguration ? 'config-files' : 'absent',
      version: done.leavesConfiguration ? done.before : null,
      architecture: done.architecture || before.architecture,
      automatic: false,
      selection: done.leavesConfiguration ? 'deinstall' : 'unknown',
    })
  }
  return effect(packageKind, key, {
    ...before,
    status: 'installed',
    version: done.after,
    selection: before.selection === 'hold' ? 'hold' : 'install',
    architecture: done.architecture,
    automatic: !named.includes(key) && (before.status === 'installed' ? before.automatic : true),
  })
}

/** The command itself. stdout is apt's; what it complains of goes to stderr, errors alone when it fails. */
export function aptScript(
  words: readonly string[],
  { dpkg_options, lock_timeout, policy_rc_d }: RunSettings,
): Script {
  const dpkgOptions = dpkg_options
    .split(',')
    .map((option) => option.trim())
    .filter(Boolean)
    .flatMap((option) => ['-o', `Dpkg::Options::=--${option}`])
  return joinScripts([
    sh`export DEBIAN_FRONTEND=noninteractive DEBIAN_PRIORITY=critical LC_ALL=C.UTF-8`,
    ...(policy_rc_d === undefined ? [] : [withPolicy(policy_rc_d)]),
    sh`exec 3>&1
complaint=$(apt-get -q -y -o Dpkg::Use-Pty=0 ${dpkgOptions} -o DPkg::Lock::Timeout=${lock_timeout} ${words} 2>&1 >&3 3>&-); status=$?
if [ "$status" != 0 ]; then
  printf '%s\\n' "$complaint" | grep -e '^E: ' -e '^dpkg: error' -e '^ ' >&2 || printf '%s\\n' "$complaint" >&2
  exit "$status"
fi
[ -z "$complaint" ] || printf '%s\\n' "$complaint" >&2`,
  ])
}

// What stood there before is put back, however the command ends.
function withPolicy(status: number): Script {
  return sh`policy=/usr/sbin/policy-rc.d
[ ! -e "$policy" ] || mv -- "$policy" "$policy.rehearsal"
trap 'rm -f -- "$policy"; [ ! -e "$policy.rehearsal" ] || mv -- "$policy.rehearsal" "$policy"' EXIT
trap 'exit 143' HUP INT TERM
printf '#!/bin/sh\\nexit %s\\n' ${status} >"$policy"
chmod 0755 "$policy"`
}
