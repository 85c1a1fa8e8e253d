import type { Collector } from './collector.ts'
import { dateTime } from './date-time.ts'
import { distribution } from './distribution.ts'
import { hardware, load } from './hardware.ts'
import { chroot, packageManager, security, serviceManager } from './managers.ts'
import { network } from './network.ts'
import { lsb, platform } from './platform.ts'
import { python } from './python.ts'
import { commandLine, environment, hostKeys, nameServers } from './settings.ts'
import { capabilities, user } from './user.ts'
import { virtualization } from './virtualization.ts'

/** Every collector. `local` is not among them: those facts stand in files that a play may write. */
export const collectors: readonly Collector[] = [
  distribution,
  platform,
  lsb,
  packageManager,
  serviceManager,
  security,
  commandLine,
  dateTime,
  nameServers,
  environment,
  hostKeys,
  load,
  user,
  capabilities,
  chroot,
  hardware,
  network,
  virtualization,
  python,
]

/** Names of `gather_subset` that stand for a collector of another name. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  selinux: 'apparmor',
  fips: 'apparmor',
}

/** Names that mean facts we have none of: nothing is gathered for them. */
const WITHOUT_FACTS = new Set(['facter', 'ohai', 'fibre_channel_wwn', 'iscsi', 'nvme', 'systemd'])

/**
 * The collectors that a `gather_subset` asks for. `min` always comes along unless `!min` says no.
 *
 * @throws {RangeError} when a name is not known
 * @source https://docs.ansible.com/ansible/latest/collections/ansible/builtin/setup_module.html#parameter-gather_subset
 */
export function chosen(subset: readonly string[]): { collectors: Collector[]; local: boolean } {
  const all = [...collectors.map(({ name }) => name), 'local']
  const minimal = [...collectors.filter(({ minimal }) => minimal).map(({ name }) => name), 'local']
  const wanted = new Set<string>()
  const refused = new Set<string>()
  const words = subset.length === 0 ? ['all'] : subset
  if (words.every((word) => word.startsWith('!'))) for (const name of all) wanted.add(name)
  for (const word of words) {
    if (word === '!all') for (const name of all) if (!minimal.includes(name)) refused.add(name)
    if (word === '!all') continue
    const names =
      word === 'all' || word === '!all'
        ? all
        : word === 'min' || word === '!min'
          ? minimal
          : named(word.replace(/^!/, ''))
    for (const name of names) (word.startsWith('!') ? refused : wanted).add(name)
  }
  if (!words.includes('!min')) for (const name of minimal) if (!refused.has(name)) wanted.add(name)
  // What is asked for by its own name comes, whatever `!all` says.
  const explicit = new Set(
    words.filter((word) => !/^!|^all$|^min$/.test(word)).flatMap((word) => named(word)),
  )
  const chosen = (name: string) => explicit.has(name) || (wanted.has(name) && !refused.has(name))
  return { collectors: collectors.filter(({ name }) => chosen(name)), local: chosen('local') }
}

function named(word: string): string[] {
  if (word === 'local') return ['local']
  if (WITHOUT_FACTS.has(word)) return []
  const found = collectors
    .filter(({ name, provides }) => name === word || name === OTHER_NAMES[word] || provides?.includes(word))
    .map(({ name }) => name)
  if (found.length === 0) {
    const known = ['all', 'min', 'local', ...collectors.map(({ name }) => name)]
    throw new RangeError(`there is no subset '${word}' of facts; there are ${known.join(', ')}`)
  }
  return found
}
