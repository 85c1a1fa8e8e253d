import picomatch from 'picomatch'
import { compareVersions } from '../../../packages/version.ts'

/** A package as the author wrote it: `nginx`, `libc6:i386`, `nginx=1.22*`, `nginx>=1.22`, `php*`. */
export interface PackageSpec {
  readonly name: string
  readonly relation?: '=' | '>='
  readonly version?: string
}

/** @returns undefined when the text names no package */
export function parseSpec(text: string): PackageSpec | undefined {
  const match = /^([a-z0-9*?[\]][a-z0-9+.*?[\]:!^-]*)(?:(>=|=)([A-Za-z0-9.+:~*?[\]-]+))?$/i.exec(text.trim())
  if (!match) return undefined
  const [, name, relation, version] = match
  return { name: name!, relation: relation as PackageSpec['relation'], version }
}

/** Whether the name is a pattern. */
export function isPattern(name: string): boolean {
  return /[*?[]/.test(name)
}

/** Whether an installed version is what the author asked for. */
export function fits({ relation, version }: PackageSpec, installed: string): boolean {
  if (version === undefined) return true
  if (relation === '>=') return compareVersions(installed, version) >= 0
  return matchesPattern(version, installed)
}

/** What apt-get is told to install. */
export function wordOf({ name, relation, version }: PackageSpec): string {
  return relation === '=' ? `${name}=${version!}` : name
}

function matchesPattern(pattern: string, version: string): boolean {
  if (!isPattern(pattern)) return pattern === version
  return picomatch(pattern, { bash: true, dot: true, nobrace: true, noextglob: true })(version)
}
