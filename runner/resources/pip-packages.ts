import { sh } from '../transport/shell.ts'
import { type Environment, environmentId, exported } from './environment.ts'
import { defineResource } from './resource.ts'

/** Python packages by normalized name; a version of '' stands for any. */
export type PipPackages = Readonly<Record<string, string>>

/** A `pip`, by its name or path. */
export interface PipPlace {
  readonly pip: string
  readonly environment?: Environment
}

/** What a `pip` has installed; null where there is no such program. */
export const pipPackages = defineResource<PipPlace, PipPackages | null>({
  name: 'pip packages',
  id: ({ pip, environment }) => `${pip}${environmentId(environment)}`,
  // Python takes its time to start.
  dear: true,
  read: (places) =>
    sh`${places.map(
      ({ pip, environment }) => sh`( ${exported(environment)}
if command -v ${pip} >/dev/null; then echo +; ${pip} list --format=freeze --disable-pip-version-check </dev/null; fi ) 2>/dev/null; printf '\\0'
`,
    )}`,
  parse: (answer, places) => {
    const sections = answer.toString('utf8').split('\0')
    return places.map((_, index) => packagesOf(sections[index] ?? ''))
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
