import { posix } from 'node:path'
import { listing } from '../../resources/listing.ts'
import { path as pathKind, type PresentPath } from '../../resources/path.ts'
import { resource } from '../../resources/resource.ts'
import type { Planning } from '../module.ts'

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
}

/** More are not asked for at once: what a script is given has a limit. */
const MOST_AT_ONCE = 5000

/** Everything in a directory, level by level, so that each level costs one look at the host. */
export function walk(
  root: string,
  { recurse, depth = Infinity, follow }: WalkOptions,
  planning: Planning,
): Walked[] {
  const { files, state } = planning
  const found: Walked[] = []
  let level = [root]
  for (let at = 1; level.length > 0 && at <= depth; at++) {
    inPortions(level, (paths) =>
      state.want(paths.filter((path) => !isFresh(path, planning)).map((path) => resource(listing, path))),
    )
    const paths = level.flatMap((path) => (files.list(path) ?? []).map((name) => posix.join(path, name)))
    inPortions(paths, (portion) => state.want(portion.map((path) => resource(pathKind, path))))
    const below: string[] = []
    for (const path of paths) {
      const { status } = files.lstat(path)
      if (status.type === 'absent' || status.type === 'denied') continue
      found.push({ path, name: posix.basename(path), status, depth: at })
      const isDirectory =
        status.type === 'directory' ||
        (follow && status.type === 'link' && files.stat(path).status.type === 'directory')
      if (isDirectory) below.push(path)
    }
    level = recurse ? below : []
  }
  return found
}

function isFresh(path: string, { files }: Planning): boolean {
  const { status } = files.stat(path)
  return status.type === 'directory' && status.fresh === true
}

function inPortions<Item>(items: readonly Item[], work: (portion: readonly Item[]) => void): void {
  for (let at = 0; at < items.length; at += MOST_AT_ONCE) work(items.slice(at, at + MOST_AT_ONCE))
}
