import { posix } from 'node:path'
import { listing } from '../../resources/listing.ts'
import { path as pathKind, type PresentPath } from '../../resources/path.ts'
import { resource } from '../../resources/resource.ts'
import type { Planning } from '../module.ts'
import { accessOf } from './access.ts'

export interface Walked {
  readonly path: string
  readonly name: string
  readonly status: PresentPath
  /** 1 for what is in the directory itself. */
  readonly depth: number
}

export interface WalkOptions {
  readonly recurse: boolean
  readonly depth?: number
  /** Whether links to directories are gone into. */
  readonly follow: boolean
  /** Told of directories that the task's user may not read. */
  readonly unreadable?: (path: string) => void
}

/** More are not asked for at once: what a script is given has a limit. */
const MOST_AT_ONCE = 5000

/** Everything in a directory, level by level, so that each level costs one look at the host. */
export function walk(
  root: string,
  { recurse, depth = Infinity, follow, unreadable }: WalkOptions,
  planning: Planning,
): Walked[] {
  const { files, state } = planning
  const found: Walked[] = []
  // Directories with those around them, so that a link back to one of these is not gone into without end.
  let level: { path: string; around: readonly string[] }[] = [{ path: root, around: [] }]
  for (let at = 1; level.length > 0 && at <= depth; at++) {
    const directories = level.map(({ path }) => path)
    inPortions(directories, (paths) =>
      state.want(paths.filter((path) => !isFresh(path, planning)).map((path) => resource(listing, path))),
    )
    for (const path of unreadable ? directories : []) {
      const { status } = files.stat(path)
      if (status.type === 'directory' && accessOf(status, planning.identity())['readable'] === false)
        unreadable!(path)
    }
    const inside = level.map(({ path, around }) => ({
      around: follow ? [...around, files.stat(path).path] : around,
      paths: (files.list(path) ?? []).map((name) => posix.join(path, name)),
    }))
    inPortions(
      inside.flatMap(({ paths }) => paths),
      (portion) => state.want(portion.map((path) => resource(pathKind, path))),
    )
    const below: typeof level = []
    for (const { paths, around } of inside)
      for (const path of paths) {
        const { status } = files.lstat(path)
        if (status.type === 'absent' || status.type === 'denied') continue
        found.push({ path, name: posix.basename(path), status, depth: at })
        const isDirectory =
          status.type === 'directory' || (follow && status.type === 'link' && leadsOn(path, around, planning))
        if (isDirectory) below.push({ path, around })
      }
    level = recurse ? below : []
  }
  return found
}

function leadsOn(link: string, around: readonly string[], { files }: Planning): boolean {
  const { path, status } = files.stat(link)
  return status.type === 'directory' && !around.includes(path)
}

function isFresh(path: string, { files }: Planning): boolean {
  const { status } = files.stat(path)
  return status.type === 'directory' && status.fresh === true
}

function inPortions<Item>(items: readonly Item[], work: (portion: readonly Item[]) => void): void {
  for (let at = 0; at < items.length; at += MOST_AT_ONCE) work(items.slice(at, at + MOST_AT_ONCE))
}
