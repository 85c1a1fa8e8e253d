import { posix } from 'node:path'
import type { Files } from '../host/files.ts'
import { content } from '../resources/content.ts'
import { listing } from '../resources/listing.ts'
import { path as pathKind } from '../resources/path.ts'
import { resource } from '../resources/resource.ts'
import type { State } from '../host/state.ts'
import { patternToRegExp } from './sh/pattern.ts'

/** How a host's dpkg puts the paths of archives onto it. */
export interface HostRules {
  /** A path of an archive as the host's links have it: `/lib/x` is `/usr/lib/x` where /lib is a link. */
  real(path: string): string
  /** Whether dpkg is told to leave a path out. */
  isExcluded(path: string): boolean
  /** Permissions that the administrator has fixed, by path. */
  readonly overrides: ReadonlyMap<
    string,
    { readonly mode: number; readonly owner: string; readonly group: string }
  >
}

/** Directories that packages still name, and hosts have merged into others. */
const MERGED = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/var/run', '/var/lock']
const CONFIGURATION = '/etc/dpkg/dpkg.cfg.d'
const OVERRIDES = '/var/lib/dpkg/statoverride'

/** Reads the rules. @throws {Miss} */
export function hostRules(state: State, files: Files): HostRules {
  state.want([
    ...[
      ...MERGED,
      '/var',
      '/run',
      '/run/lock',
      '/usr',
      '/usr/bin',
      '/usr/sbin',
      '/usr/lib',
      '/usr/lib64',
    ].map((path) => resource(pathKind, path)),
    resource(listing, CONFIGURATION),
    resource(content, OVERRIDES),
  ])
  const links = MERGED.flatMap((path) => {
    const found = files.stat(path)
    return found.path === path || found.status.type === 'absent' ? [] : [[path, found.path] as const]
  })
  const configured = state.readAll(
    content,
    (state.read(listing, CONFIGURATION) ?? []).map((name) => posix.join(CONFIGURATION, name)),
  )
  const excludes = pathRules(configured.map((bytes) => bytes?.toString('utf8') ?? '').join('\n'))
  return {
    real: (path) => {
      const link = links.find(([from]) => path === from || path.startsWith(`${from}/`))
      // The directory that became a link is brought by nobody any more.
      return link && path !== link[0] ? link[1] + path.slice(link[0].length) : path
    },
    isExcluded: (path) => {
      let excluded = false
      for (const { exclude, pattern } of excludes) if (pattern.test(path)) excluded = exclude
      return excluded
    },
    overrides: overridesOf(state.read(content, OVERRIDES)?.toString('utf8') ?? ''),
  }
}

function pathRules(text: string): { exclude: boolean; pattern: RegExp }[] {
  return [...text.matchAll(/^\s*path-(exclude|include)[ =]+"?(.*?)"?\s*$/gm)].map((match) => ({
    exclude: match[1] === 'exclude',
    pattern: patternToRegExp(match[2]!),
  }))
}

function overridesOf(text: string) {
  return new Map(
    [...text.matchAll(/^(\S+) (\S+) ([0-7]+) (.*)$/gm)].map((match) => [
      match[4]!,
      { owner: match[1]!, group: match[2]!, mode: Number.parseInt(match[3]!, 8) },
    ]),
  )
}
