import { effect } from '../host/state.ts'
import { OWN_WORLD } from '../packages/apt-world.ts'
import { packageCache, type CacheSelection } from '../resources/package-cache.ts'
import { packageIndex } from '../resources/package-index.ts'
import { packageKind } from '../resources/package.ts'
import { packageSolution } from '../resources/package-solution.ts'
import { resource } from '../resources/resource.ts'
import type { Answer } from '../transport/session.ts'
import { joinScripts, sh } from '../transport/shell.ts'
import { Unknown } from '../variables/unknown.ts'
import type { Arguments } from './arguments.ts'
import { args, bool, choice, int, item, list, optional, path, text } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { change, failed, type ModuleResult, type Outcome, unchanged } from './outcome.ts'
import { optionWords } from './support/packages/apt-words.ts'
import { installArchive } from './support/packages/install-archive.ts'
import { install, installLatest, outstanding, remove, type Wanted } from './support/packages/install.ts'
import { rootOnly, runApt } from './support/packages/run-apt.ts'
import { isFresh, updateIndex, type UpdateOptions } from './support/packages/update-index.ts'
import { sequence } from './support/sequence.ts'
import { outputLines } from './support/text.ts'

const schema = args({
  name: optional(
    list(item.text, 'Packages: nginx, nginx=1.22*, nginx>=1.22, php*.', { aliases: ['package', 'pkg'] }),
  ),
  state: choice(['absent', 'build-dep', 'fixed', 'latest', 'present'], 'What is wanted of the packages.', {
    default: 'present',
  }),
  update_cache: optional(
    bool('Fetch the package index first, when something is to be installed or nothing else is asked for.', {
      aliases: ['update-cache'],
    }),
  ),
  cache_valid_time: optional(int('Seconds for which a package index counts as fresh; sets `update_cache`.')),
  update_cache_retries: int('How often a failed update of the index is tried again.', { default: 5 }),
  update_cache_retry_max_delay: int('Seconds between two such tries, at most.', { default: 12 }),
  upgrade: choice(
    ['dist', 'full', 'no', 'safe', 'yes'],
    'Upgrade everything: `safe` and `yes` remove nothing, `full` and `dist` may.',
    { default: 'no' },
  ),
  deb: optional(path('A .deb file on the host, or its URL.')),
  purge: bool('Remove configuration files as well.', { default: false }),
  autoremove: bool('Remove packages that were installed for others and are not needed any more.', {
    default: false,
  }),
  autoclean: bool('Delete fetched archives that are in no list any more.', { default: false }),
  clean: bool('Delete all fetched archives.', { default: false }),
  install_recommends: optional(
    bool("Install recommended packages too. Default: as the host's apt is set.", {
      aliases: ['install-recommends'],
    }),
  ),
  default_release: optional(text('The release to take packages from.', { aliases: ['default-release'] })),
  dpkg_options: text('Options for dpkg, without dashes, separated by commas.', {
    default: 'force-confdef,force-confold',
  }),
  only_upgrade: bool('Upgrade only what is installed.', { default: false }),
  allow_unauthenticated: bool('Accept packages without a signature.', {
    default: false,
    aliases: ['allow-unauthenticated'],
  }),
  allow_downgrade: bool('A wanted version may be older than the installed one.', {
    default: false,
    aliases: ['allow-downgrade', 'allow_downgrades', 'allow-downgrades'],
  }),
  allow_change_held_packages: bool('Packages on hold may be changed.', { default: false }),
  force: bool('All of `allow_…`, and essential packages may be removed.', { default: false }),
  fail_on_autoremove: bool('Fail when something would be removed.', { default: false }),
  lock_timeout: int('Seconds to wait for another package manager.', { default: 60 }),
  policy_rc_d: optional(int('What policy-rc.d answers meanwhile; 101 keeps services from being started.')),
  force_apt_get: bool('Accepted; apt-get is always used.', { default: false }),
  auto_install_module_deps: bool('Accepted; nothing is needed on the host.', { default: true }),
})

type Given = Arguments<typeof schema>

export default defineModule({
  name: 'apt',
  summary: 'Installs, upgrades and removes Debian packages.',
  args: schema,
  reads: ({ name = [] }) => [
    resource(packageKind, 'dpkg'),
    resource(packageIndex, ''),
    ...name.filter((each) => /^[a-z0-9][a-z0-9+.-]+$/.test(each)).map((each) => resource(packageKind, each)),
  ],
  readsLater: (given) =>
    given.upgrade === 'no'
      ? []
      : [resource(packageSolution, { world: OWN_WORLD, words: upgradeWords(given) })],
  plan: (given, planning) => {
    const wrong = misused(given)
    if (wrong !== undefined) return failed(wrong)
    const index = planning.state.read(packageIndex, '')
    const outcome = plan(given, planning)
    if (outcome.type !== 'unchanged' && outcome.type !== 'change') return outcome
    const updated =
      outcome.type === 'change' && outcome.after.some((each) => each.resource.kind === packageIndex)
    const times = { cache_updated: updated, cache_update_time: index.updated }
    return outcome.type === 'unchanged' ? unchanged(times) : withOutput(outcome, times, planning)
  },
})

function misused(given: Given): string | undefined {
  const main = [
    given.name !== undefined && 'name',
    given.upgrade !== 'no' && 'upgrade',
    given.deb !== undefined && 'deb',
  ]
  const several = main.filter(Boolean)
  if (several.length > 1) return `parameters are mutually exclusive: ${several.join('|')}`
  const others = [given.autoremove, given.autoclean, given.clean, wantsUpdate(given), given.state === 'fixed']
  if (several.length === 0 && !others.includes(true))
    return 'nothing to do: give name, deb, upgrade, update_cache, autoremove, autoclean or clean'
  return undefined
}

function wantsUpdate({ update_cache, cache_valid_time }: Given): boolean {
  return update_cache ?? cache_valid_time !== undefined
}

// The index is means, not end, where something is installed with it: a host that has all that is asked for is
// not changed by a younger one.
function plan(given: Given, planning: Planning): Outcome {
  const wanted: Wanted = { names: names(given), options: given, settings: given }
  const work = workOf(given, wanted)
  const steps: ((inside: Planning) => Outcome)[] = []
  if (given.autoclean) steps.push((inside) => clean('obsolete', inside))
  if (given.clean) steps.push((inside) => clean('all', inside))
  if (!wantsUpdate(given)) return sequence(planning, [...steps, ...(work ? [work] : [])])
  const options: UpdateOptions = { ...given, cache_valid_time: given.cache_valid_time ?? 0 }
  if (!work) return sequence(planning, [...steps, (inside) => updateIndex(options, inside)])
  if (isFresh(planning.state.read(packageIndex, ''), options) || needsNoIndex(given, wanted, planning))
    return sequence(planning, [...steps, work])
  const both = sequence(planning, [...steps, (inside) => updateIndex(options, inside), work])
  if (both.type !== 'change' || both.after.some(({ resource }) => resource.kind === packageKind)) return both
  return sequence(planning, steps)
}

function names({ name = [] }: Given): string[] {
  return name
    .flatMap((each) => each.split(','))
    .map((each) => each.trim())
    .filter(Boolean)
}

function workOf(given: Given, wanted: Wanted): ((planning: Planning) => Outcome) | undefined {
  const options = optionWords(given)
  const run = (words: readonly string[]) => (planning: Planning) =>
    runApt({ words, settings: given }, planning)
  if (given.upgrade !== 'no') return run(upgradeWords(given))
  if (given.deb !== undefined) return (planning) => installArchive(given.deb!, wanted, planning)
  if (given.state === 'fixed') return run(['install', '--fix-broken', ...options, ...wanted.names])
  if (wanted.names.length === 0) return given.autoremove ? run(['autoremove', ...options]) : undefined
  switch (given.state) {
    case 'absent':
      return (planning) => remove(wanted, planning)
    case 'latest':
      return (planning) => installLatest(wanted, planning)
    case 'build-dep':
      return run(['build-dep', ...options, ...wanted.names])
    default:
      return (planning) => install(wanted, planning)
  }
}

function upgradeWords(given: Given): string[] {
  const command = ['safe', 'yes'].includes(given.upgrade) ? ['upgrade', '--with-new-pkgs'] : ['dist-upgrade']
  return [...command, ...optionWords(given)]
}

function needsNoIndex(given: Given, wanted: Wanted, planning: Planning): boolean {
  if (given.state === 'absent') return true
  if (given.state !== 'present' || wanted.names.length === 0 || given.upgrade !== 'no') return false
  const todo = outstanding(wanted, planning)
  return typeof todo !== 'string' && todo.install.length === 0
}

function clean(selection: CacheSelection, planning: Planning): Outcome {
  const archives = planning.state.read(packageCache, selection)
  if (archives.length === 0) return unchanged()
  return rootOnly(planning, () =>
    change({
      diff: [
        {
          path: '/var/cache/apt/archives',
          attributes: [
            {
              name: 'archives',
              before: `${archives.length}`,
              after: selection === 'all' ? '0' : 'those in a list',
            },
          ],
        },
      ],
      script: sh`apt-get -q -y ${selection === 'all' ? 'clean' : 'autoclean'}`,
      after: [effect(packageCache, selection, [])],
      result: {},
    }),
  )
}

type Changing = Extract<Outcome, { type: 'change' }>

/** What apt prints is known only afterwards; so is the time of the index. */
function withOutput(outcome: Changing, times: ModuleResult, planning: Planning): Outcome {
  const later = new Unknown({ what: 'apt-get', location: planning.location })
  const output = { stdout: later, stdout_lines: later, stderr: later, stderr_lines: later }
  const updated = times['cache_updated'] === true
  return {
    ...outcome,
    script: joinScripts([
      sh`( ${outcome.script}
) || exit
printf '\\0'; stat -c %Y /var/lib/apt/lists 2>/dev/null`,
    ]),
    result: { ...times, ...(updated ? { cache_update_time: later } : {}), ...output },
    finish: (answer) => finish(answer, times),
  }
}

function finish({ stdout, stderr }: Answer, times: ModuleResult): ModuleResult {
  const [out, time] = stdout.toString('utf8').split('\0')
  const complaint = stderr.toString('utf8')
  return {
    ...times,
    ...(times['cache_updated'] === true ? { cache_update_time: Number(time) } : {}),
    stdout: out!,
    stdout_lines: outputLines(out!),
    stderr: complaint,
    stderr_lines: outputLines(complaint),
  }
}
