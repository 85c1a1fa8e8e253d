import { type Foresight, type Layer } from '../host/layer.ts'
import { Miss } from '../host/misses.ts'
import { type AnyEffect, effect, type State } from '../host/state.ts'
import { Files } from '../host/files.ts'
import { archive as archiveKind, type ArchiveKey, fileName } from '../resources/archive.ts'
import { packageCache } from '../resources/package-cache.ts'
import type { PackageChange } from '../resources/package-solution.ts'
import { path as pathKind } from '../resources/path.ts'
import { type AnyResource, resource } from '../resources/resource.ts'
import type { Location } from '../source/location.ts'
import { Unknown } from '../variables/unknown.ts'
import type { AptWorld } from './apt-world.ts'
import { ArchiveLayer, type Unpacked } from './archive-layer.ts'
import { formerFiles, type FormerPackage, formerResource } from './former-files.ts'
import { type HostRules, hostRules } from './host-rules.ts'
import { Machine } from './machine.ts'
import { MysteryLayer, type MysteriousPlace } from './mystery-layer.ts'
import { debconfPrograms, parseTemplates } from './programs/debconf.ts'
import { noteUnit } from './programs/services.ts'
import { programs } from './programs/table.ts'
import { RemovalLayer } from './removal-layer.ts'
import { Shell } from './sh/shell.ts'

/** Package changes as apt would make them. */
export interface Transaction {
  readonly world: AptWorld
  readonly changes: readonly PackageChange[]
  /** The same packages as they were, in the same order. */
  readonly former: readonly FormerPackage[]
  /** Names in the order in which they are configured. */
  readonly configured: readonly string[]
  /** Versions whose configuration is there, though perhaps no more of them, by package. */
  readonly versions: Readonly<Record<string, string | null>>
  /** Archives on the host, by package, for those that no list names. */
  readonly archives?: Readonly<Record<string, string>>
  /** What policy-rc.d answers, where the task sets it. */
  readonly policy?: number
  readonly location: Location
}

/**
 * What package changes do to a host beyond dpkg's own records: the files that archives bring and that go, and what the
 * maintainer scripts do with files, accounts and services, as far as they are understood.
 *
 * @throws {Miss} for what must be read to tell
 */
export function foreseePackages(transaction: Transaction, state: State): Foresight {
  const { world, changes, location } = transaction
  const removed = changes.filter(({ after }) => after === null)
  const brought = changes.filter(({ after }) => after !== null)
  const keys = brought.map(({ name, after, architecture }): ArchiveKey => ({
    world,
    name,
    version: after!,
    architecture,
    file: transaction.archives?.[name],
  }))
  const known = transaction.former.filter(({ name }) => transaction.versions[name])
  const filesBefore = ({ name }: PackageChange) => {
    const one = known.find((each) => each.name === name)
    return one ? formerFiles(one, state) : null
  }
  wantTogether(state, [
    ...keys.map((key) => resource(archiveKind, key)),
    ...known.map((each) => formerResource(each)),
    resource(packageCache, 'all'),
    () => hostRules(state, new Files(state)),
    () => new Files(state).exists('/etc/apt/apt.conf.d/docker-clean'),
  ])
  const rules = hostRules(state, new Files(state))
  const steps: (readonly AnyEffect[] | Layer)[] = []
  const machine = new Machine(state)
  machine.policy = transaction.policy
  const lay = (layer: Layer) => {
    steps.push(machine.effects.splice(0), layer)
    machine.state.cover(layer)
  }

  const gone = removed.map((change) => ({
    change,
    files: filesBefore(change),
    purge: change.action === 'purge',
  }))
  for (const { change, files } of gone)
    runScript(files?.scripts.get('prerm'), { ...change, words: ['remove'] }, machine)
  const leaving = gone.flatMap(({ files, purge }) => (files ? [{ files, purge }] : []))
  if (leaving.length > 0) lay(new RemovalLayer(leaving, rules))
  for (const { change, files, purge } of gone) {
    runScript(files?.scripts.get('postrm'), { ...change, words: ['remove'] }, machine)
    if (purge) runScript(files?.scripts.get('postrm'), { ...change, words: ['purge'] }, machine)
  }

  const unpacked: Unpacked[] = []
  const missing: PackageChange[] = []
  for (const [index, change] of brought.entries()) {
    const archive = state.read(archiveKind, keys[index]!)
    if (archive === null) missing.push(change)
    else
      unpacked.push({
        key: keys[index]!,
        archive,
        before: filesBefore(change),
      })
  }
  prefetch(unpacked, machine, rules)
  for (const { key, archive } of unpacked) {
    const change = changeOf(key, brought)
    const known = transaction.versions[change.name]
    const words = !known
      ? ['install']
      : change.before === null
        ? ['install', known, key.version]
        : ['upgrade', known, key.version]
    runScript(archive.control.get('preinst'), { ...change, words }, machine)
  }
  const layer = new ArchiveLayer(unpacked, rules)
  if (brought.length > 0) lay(layer)
  machine.archives = layer
  for (const { key, archive } of inOrder(unpacked, transaction.configured)) {
    const change = changeOf(key, brought)
    const words = ['configure', transaction.versions[change.name] ?? '']
    const templates = archive.control.get('templates')
    const debconf = debconfPrograms(parseTemplates(templates ?? ''))
    if (templates !== undefined)
      runScript(archive.control.get('config'), { ...change, words }, machine, debconf)
    runScript(archive.control.get('postinst'), { ...change, words }, machine, debconf)
  }
  for (const each of unpacked) noteServices(each, machine)
  machine.settle()
  steps.push(machine.effects)
  steps.push(keptArchives(keys, state))
  const places = [
    ...mysteriousPlaces(machine, location),
    ...missing.flatMap((change) => unfetched(change, location)),
  ]
  if (places.length > 0) steps.push(new MysteryLayer(places, layer))
  return steps.filter((step) => !Array.isArray(step) || step.length > 0)
}

// apt-get keeps what it has fetched, where nobody has told it to clean up.
function keptArchives(keys: readonly ArchiveKey[], state: State): AnyEffect[] {
  const names = keys.filter(({ file }) => file === undefined).map((key) => fileName(key))
  if (names.length === 0 || new Files(state).exists('/etc/apt/apt.conf.d/docker-clean')) return []
  return [
    effect(packageCache, 'all', [...new Set([...state.read(packageCache, 'all'), ...names])].toSorted()),
  ]
}

// Those that no script has touched too: systemd will know them.
function noteServices({ key, archive }: Unpacked, machine: Machine): void {
  const lost = new Unknown({ what: `the scripts of package ${key.name}` })
  for (const { path, type } of archive.entries) {
    const match = /^(?:\/usr)?\/lib\/systemd\/system\/([^/]+[^@/]\.service)$/.exec(path)
    if (match && type !== 'directory')
      noteUnit(match[1]!, machine, machine.abandoned.has(key.name) ? lost : undefined)
  }
}

// All that these miss, in one go.
function wantTogether(state: State, wanted: readonly (AnyResource | (() => unknown))[]): void {
  const missing: AnyResource[] = []
  for (const each of wanted) {
    if (typeof each !== 'function') {
      if (state.peek(each.kind, each.key) === undefined) missing.push(each)
      continue
    }
    try {
      each()
    } catch (error) {
      if (!(error instanceof Miss)) throw error
      missing.push(...error.resources)
    }
  }
  if (missing.length > 0) throw new Miss(missing)
}

function changeOf({ name, architecture }: ArchiveKey, changes: readonly PackageChange[]): PackageChange {
  return changes.find((change) => change.name === name && change.architecture === architecture)!
}

function inOrder(unpacked: readonly Unpacked[], names: readonly string[]): Unpacked[] {
  const place = (name: string) => (names.includes(name) ? names.indexOf(name) : names.length)
  return unpacked.toSorted((a, b) => place(a.key.name) - place(b.key.name))
}

interface ScriptRun extends PackageChange {
  readonly words: readonly string[]
}

function runScript(
  text: string | undefined,
  { name, architecture, words }: ScriptRun,
  machine: Machine,
  more: Readonly<Record<string, (typeof programs)[string]>> = {},
): void {
  if (text === undefined) return
  const reason = { what: `the scripts of package ${name}` }
  machine.script = name
  if (!/^#! ?(\/usr)?\/bin\/(ba|da)?sh\b/.test(text)) {
    machine.untold(reason)
    machine.abandoned.add(name)
    return
  }
  const table = new Map(Object.entries({ ...programs, ...more }))
  const variables = {
    DPKG_MAINTSCRIPT_PACKAGE: name,
    DPKG_MAINTSCRIPT_ARCH: architecture,
    DPKG_ROOT: '',
    DEBIAN_FRONTEND: 'noninteractive',
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/root',
  }
  machine.maybe = undefined
  machine.umask = 0o022
  const status = new Shell(machine, table, variables, words).script(text)
  machine.maybe = undefined
  // It would not be packaged if it failed: some step of it was misunderstood.
  if (status instanceof Unknown || status !== 0) {
    machine.untold(reason)
    machine.abandoned.add(name)
  }
}

/** Scripts mostly look at the paths they mention: asking for all at once saves going to and fro. */
function prefetch(unpacked: readonly Unpacked[], machine: Machine, rules: HostRules): void {
  // What of an archive depends on what stands there before.
  const places = unpacked.flatMap(({ archive }) =>
    archive.entries
      .filter(({ type, path }) => type === 'directory' || type === 'link' || archive.conffiles.has(path))
      .map(({ path }) => resource(pathKind, rules.real(path))),
  )
  machine.look(() => machine.state.want(places))

  for (const { archive } of unpacked) {
    for (const part of ['preinst', 'config', 'postinst']) {
      for (const [path] of archive.control
        .get(part)
        ?.matchAll(/(?<![\w$})"'.-])\/(?:etc|run|usr|var)\/[\w@.+/-]*\w/g) ?? [])
        machine.lstat(path)
    }
  }
}

// Where the unknown steps of a package's scripts may have had an effect: the paths they named, and what is the
// package's own by its name.
function mysteriousPlaces(machine: Machine, location: Location): MysteriousPlace[] {
  return machine.mysteries.flatMap(({ reason, paths, anywhere, script }) => {
    const because = new Unknown({ what: `${reason.what} in package ${script}`, location })
    const own = anywhere ? ownDirectories(script) : []
    return [...paths, ...own].map((path) => ({ path, because }))
  })
}

function unfetched({ name }: PackageChange, location: Location): MysteriousPlace[] {
  const because = new Unknown({
    what: `the archive of package ${name}, which could not be fetched`,
    location,
  })
  return ownDirectories(name).map((path) => ({ path, because }))
}

function ownDirectories(name: string): string[] {
  const short = name.split('-')[0]!
  return [...new Set([name, short])].flatMap((each) =>
    ['/etc', '/var/lib', '/var/log', '/var/cache'].map((top) => `${top}/${each}`),
  )
}
