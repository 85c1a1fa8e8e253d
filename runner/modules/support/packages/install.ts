import { effect } from '../../../host/state.ts'
import { packageKind, type PackageStatus } from '../../../resources/package.ts'
import { packageNames } from '../../../resources/package-names.ts'
import { sh } from '../../../transport/shell.ts'
import type { Planning } from '../../module.ts'
import { change, failed, type Outcome, unchanged } from '../../outcome.ts'
import { sequence } from '../sequence.ts'
import { type AptOptions, optionWords } from './apt-words.ts'
import { fits, isPattern, type PackageSpec, parseSpec, wordOf } from './package-spec.ts'
import { rootOnly, runApt, type RunSettings } from './run-apt.ts'
import { worldOf } from './world-of.ts'

export interface Wanted {
  readonly names: readonly string[]
  readonly options: AptOptions
  readonly settings: RunSettings
}

/** A package that was asked for, and what dpkg knows of it. */
interface Found {
  readonly spec: PackageSpec
  readonly status: PackageStatus
}

/** What of `state: present` is still to be done: packages to install, and installed ones to be marked as wanted. */
export interface Outstanding {
  readonly install: readonly PackageSpec[]
  readonly mark: readonly string[]
}

/** Compares what is asked for with what is installed. @returns a message when a name is none */
export function outstanding({ names, options }: Wanted, planning: Planning): Outstanding | string {
  const found = look(names, planning)
  if (typeof found === 'string') return found
  const lacking = found.filter((each) => !satisfied(each) && !(options.only_upgrade && !isInstalled(each)))
  return {
    install: lacking.map(({ spec }) => spec),
    mark: found
      .filter((each) => isInstalled(each) && each.status.automatic && satisfied(each))
      .map(({ spec }) => spec.name),
  }
}

/** Plans that packages are installed. */
export function install(wanted: Wanted, planning: Planning): Outcome {
  const todo = outstanding(wanted, planning)
  if (typeof todo === 'string') return failed(todo)
  return sequence(planning, [
    (inside) => (todo.install.length === 0 ? unchanged() : installing(todo.install, wanted, inside)),
    (inside) => markManual(todo.mark, inside),
  ])
}

/** Plans that packages are installed in the newest version there is. */
export function installLatest(wanted: Wanted, planning: Planning): Outcome {
  const found = look(wanted.names, planning)
  if (typeof found === 'string') return failed(found)
  const present = wanted.options.only_upgrade ? found.filter((each) => isInstalled(each)) : found
  if (present.length === 0) return unchanged()
  return sequence(planning, [
    (inside) =>
      installing(
        present.map(({ spec }) => spec),
        wanted,
        inside,
      ),
    (inside) =>
      markManual(
        present.filter((each) => isInstalled(each) && each.status.automatic).map(({ spec }) => spec.name),
        inside,
      ),
  ])
}

/** Plans that packages are not installed. */
export function remove({ names, options, settings }: Wanted, planning: Planning): Outcome {
  const found = look(names, planning)
  if (typeof found === 'string') return failed(found)
  const there = found.filter(
    ({ spec, status }) =>
      (isInstalled({ status }) && fits(spec, status.version!)) ||
      status.status === 'partial' ||
      (options.purge && status.status === 'config-files'),
  )
  if (there.length === 0) return unchanged()
  const { purge, autoremove } = options
  const words = [
    'remove',
    ...optionWords({ ...options, purge, autoremove }),
    ...there.map(({ spec }) => spec.name),
  ]
  return runApt({ words, settings }, planning)
}

function installing(
  specs: readonly PackageSpec[],
  { options, settings }: Wanted,
  planning: Planning,
): Outcome {
  const words = ['install', ...optionWords(options), ...specs.map((each) => wordOf(each))]
  const outcome = runApt({ words, settings, named: specs.map(({ name }) => name) }, planning)
  if (outcome.type !== 'change') return outcome
  for (const spec of specs) {
    const after = outcome.after.find(
      ({ resource }) => resource.kind === packageKind && resource.key === spec.name,
    )
    const version = (after?.value as PackageStatus | undefined)?.version
    if (version && !fits(spec, version))
      return failed(
        `no version of ${spec.name} that can be installed is ${spec.relation} ${spec.version}: there is ${version}`,
      )
  }
  return outcome
}

// What is asked for by name is wanted for itself: it stays when what once needed it goes.
function markManual(names: readonly string[], planning: Planning): Outcome {
  const { state } = planning
  const automatic = names.filter((name) => state.read(packageKind, name).automatic)
  if (automatic.length === 0) return unchanged()
  return rootOnly(planning, () =>
    change({
      diff: automatic.map((name) => ({
        path: `package ${name}`,
        attributes: [{ name: 'installed', before: 'automatically', after: 'because it is asked for' }],
      })),
      script: sh`apt-mark -qq manual ${automatic}`,
      after: automatic.map((name) =>
        effect(packageKind, name, { ...state.read(packageKind, name), automatic: false }),
      ),
      result: {},
    }),
  )
}

function look(names: readonly string[], planning: Planning): Found[] | string {
  const { state } = planning
  const specs: PackageSpec[] = []
  const patterns: PackageSpec[] = []
  for (const text of names) {
    const spec = parseSpec(text)
    if (!spec) return `'${text}' is no package: write a name, like nginx, nginx=1.22* or nginx>=1.22`
    ;(isPattern(spec.name) ? patterns : specs).push(spec)
  }
  const native = state.read(packageKind, 'dpkg').architecture
  if (native === null) return 'the host has no dpkg: it is no Debian'
  for (const spec of patterns) {
    const world = worldOf(planning)
    for (const name of state.read(packageNames, { world, pattern: spec.name })) specs.push({ ...spec, name })
  }
  const keys = specs.map(({ name }) => name.replace(new RegExp(`:${native}$`), ''))
  const statuses = state.readAll(packageKind, keys)
  return specs.map((spec, index) => ({ spec: { ...spec, name: keys[index]! }, status: statuses[index]! }))
}

function isInstalled({ status }: Pick<Found, 'status'>): boolean {
  return status.status === 'installed'
}

function satisfied({ spec, status }: Found): boolean {
  if (status.status === 'installed') return fits(spec, status.version!)
  return status.status === 'absent' && status.providers.length > 0 && spec.version === undefined
}
