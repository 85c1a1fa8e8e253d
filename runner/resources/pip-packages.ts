import { sh } from '../transport/shell.ts'
import { defineResource } from './resource.ts'

/** Python packages by normalized name; a version of '' stands for any. */
export type PipPackages = Readonly<Record<string, string>>

/** What a `pip`, by its name or path, has installed; null where there is no such program. */
export const pipPackages = defineResource<string, PipPackages | null>({
  name: 'pip packages',
  id: (pip) => pip,
  // Python takes its time to start.
  dear: true,
  read: (pips) => sh`for pip in ${pips}; do
  if command -v "$pip" >/dev/null; then echo +; "$pip" list --format=freeze --disable-pip-version-check </dev/null; fi
  printf '\\0'
done 2>/dev/null`,
  parse: (answer, pips) => {
    const sections = answer.toString('utf8').split('\0')
    return pips.map((_, index) => packagesOf(sections[index] ?? ''))
  },
  matches: (predicted, observed) => {
    if (predicted === null || observed === null) return predicted === observed
    // More than was asked for comes along: what the packages need.
    return Object.entries(predicted).every(([name, version]) =>
      version === '' ? Object.hasOwn(observed, name) : observed[name] === version,
    )
  },
})

function packagesOf(section: string): PipPackages | null {
  const [mark, ...lines] = section.split('\n')
  if (mark !== '+') return null
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, name, version] = /^([^\s=]+)==(\S+)$/.exec(line) ?? []
      return name === undefined || version === undefined ? [] : [[normalName(name), version]]
    }),
  )
}

/** @source https://packaging.python.org/en/latest/specifications/name-normalization/ */
export function normalName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-')
}
