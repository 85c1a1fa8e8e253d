import { type AptWorld, aptReads, enterWorld, keepStanzas } from '../packages/apt-world.ts'
import { compareVersions } from '../packages/version.ts'
import { joinScripts, sh } from '../transport/shell.ts'
import { parsePackages, type PackageStatus, readPackages } from './package.ts'
import { atPath, defineResource } from './resource.ts'

/** A question to apt: what would this do? */
export interface PackageQuestion {
  readonly world: AptWorld
  /** The words after `apt-get`. */
  readonly words: readonly string[]
  /** Packages that will be asked about too, which makes asking about all of them cheaper. */
  readonly beside?: readonly string[]
}

/** What apt would do. */
export type PackageSolution =
  | {
      readonly possible: true
      readonly changes: readonly PackageChange[]
      /** The names of packages in the order in which they will be configured. */
      readonly configured: readonly string[]
    }
  | { readonly possible: false; readonly message: string }

export interface PackageChange {
  readonly action: 'install' | 'upgrade' | 'downgrade' | 'reinstall' | 'remove' | 'purge'
  readonly name: string
  readonly architecture: string
  readonly before: string | null
  readonly after: string | null
  /** What the host's dpkg knows of it. */
  readonly status: PackageStatus
  /** Removed, but its configuration stays. */
  readonly leavesConfiguration: boolean
}

/** apt's own answer, had by a simulation in a throw-away directory: nothing of the host's is written. */
export const packageSolution = defineResource<PackageQuestion, PackageSolution>({
  name: 'package solution',
  id: ({ world, words }) => JSON.stringify([world, words]),
  // Whoever upgrades is sure to ask; what is to be installed may be there already.
  dear: ({ words }) => !isUpgrade(words),
  outdatedBy: (changed) => changed.kind.name === 'package' || isOfApt(changed, undefined),
  read: (keys) =>
    joinScripts(
      keys.map(
        ({ world, words, beside = [] }) => sh`( exec 3>&1
complaint=$( {
${enterWorld(world, { narrow: plainNames(words, beside) })}
private apt-get -s -q -y ${words} >"$world/answer" 2>"$world/complaint"; status=$?
# What cannot be done is explained with all that there is.
if [ "$status" != 0 ] && widen; then
  private apt-get -s -q -y ${words} >"$world/answer" 2>"$world/complaint"; status=$?
fi
cat "$world/complaint" >&2
cat "$world/answer" >&3
sed -n 's/^Remv \\([^ ]*\\) .*/\\1/p' "$world/answer" | while read -r name; do
  for file in /var/lib/dpkg/info/"$name".conffiles /var/lib/dpkg/info/"$name".postrm /var/lib/dpkg/info/"$name":*.conffiles /var/lib/dpkg/info/"$name":*.postrm; do
    [ ! -s "$file" ] || { echo "Left $name" >&3; break; }
  done
done
${keepStanzas()}
printf '\\1' >&3
set -- $(sed -n 's/^\\(Inst\\|Remv\\|Purg\\) \\([^ ]*\\) .*/\\2/p' "$world/answer")
[ $# = 0 ] || { ${readPackages(sh`"$@"`)}
} >&3
exit "$status"
} 2>&1 )
printf '\\0%s\\0%s\\0' "$?" "$complaint" )`,
      ),
    ),
  parse: (answer, keys) => {
    const parts = answer.toString('utf8').split('\0')
    return keys.map((_, index) => {
      const [said, status, complaint] = parts.slice(index * 3, index * 3 + 3)
      const [output = '', statuses = ''] = said!.split('\x01')
      if (status !== '0') return { possible: false, message: reason(output, complaint!) }
      const configured = [...output.matchAll(/^Conf ([^\s:]+)/gm)].map((match) => match[1]!)
      return { possible: true, changes: changesOf(output, statuses), configured }
    })
  },
})

const isOfApt = atPath((path) => aptReads(path))

function isUpgrade([command]: readonly string[]): boolean {
  return command === 'upgrade' || command === 'dist-upgrade'
}

/** The packages that a command is about; undefined when it may be about any. */
function plainNames([command, ...words]: readonly string[], beside: readonly string[]): string[] | undefined {
  const named = words.filter((word, at) => !word.startsWith('-') && !['-o', '-t'].includes(words[at - 1]!))
  const plain = named.every((word) => /^[a-z0-9][a-z0-9+.-]+(:[a-z0-9]+)?(=[^*?[\]]+)?$/.test(word))
  if (!['install', 'remove'].includes(command!) || !plain || words.includes('--fix-broken')) return undefined
  return [...named, ...beside].map((word) => word.replace(/[:=].*/, ''))
}

/** What apt complains of; of the rest of its output only what explains a conflict. */
function reason(output: string, complaint: string): string {
  const explained = /^The following packages have unmet dependencies:\n(?: .*\n)+/m.exec(output)
  const errors = complaint.split('\n').filter((line) => line.startsWith('E: '))
  const text = [
    explained?.[0].trimEnd(),
    ...(errors.length > 0 ? errors.map((line) => line.slice(3)) : [complaint.trim()]),
  ]
  return text.filter(Boolean).join('\n')
}

function changesOf(output: string, statuses: string): PackageChange[] {
  const left = new Set([...output.matchAll(/^Left (.*)$/gm)].map((match) => match[1]))
  const changes: Omit<PackageChange, 'status'>[] = []
  const names: string[] = []
  for (const line of output.split('\n')) {
    const match = /^(Inst|Remv|Purg) (\S+)(?: \[([^\]]*)\])?(?: \((\S+) [^)]*?\[([^\]]*)\]\))?/.exec(line)
    if (!match) continue
    const [name, foreign] = match[2]!.split(':')
    const before = match[3] || null
    const after = match[1] === 'Inst' ? match[4]! : null
    names.push(match[2]!)
    changes.push({
      action: actionOf(match[1]!, before, after),
      name: name!,
      architecture: match[5] ?? foreign ?? '',
      before,
      after,
      leavesConfiguration: match[1] === 'Remv' && left.has(match[2]),
    })
  }
  const known = parsePackages(statuses, names)
  return changes.map((change, index) => ({ ...change, status: known[index]! }))
}

function actionOf(word: string, before: string | null, after: string | null): PackageChange['action'] {
  if (word === 'Remv') return 'remove'
  if (word === 'Purg') return 'purge'
  if (before === null) return 'install'
  const order = compareVersions(before, after!)
  return order === 0 ? 'reinstall' : order < 0 ? 'upgrade' : 'downgrade'
}
