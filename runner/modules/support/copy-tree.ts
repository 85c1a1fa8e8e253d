import { lstatSync, readlinkSync, realpathSync } from 'node:fs'
import { posix } from 'node:path'
import { type AuthorFile, openAuthorFile } from '../author-files.ts'
import type { Planning } from '../module.ts'
import { type Outcome, unchanged } from '../outcome.ts'
import { authorBytes, withoutContent } from './author-bytes.ts'
import { putLink } from './copy-host-tree.ts'
import { makeDirectory } from './make-directory.ts'
import { placeFile } from './place-file.ts'
import { prefetch } from './prefetch.ts'
import { sequence } from './sequence.ts'

export interface TreeOptions {
  readonly mode?: string | number
  readonly directory_mode?: string | number
  readonly owner?: string
  readonly group?: string
  readonly force: boolean
  /** Copy what links lead to, not the links. */
  readonly local_follow: boolean
  /** Take vaulted files out of the vault. */
  readonly decrypt: boolean
}

/** Plans a copy of a directory of the author's, with everything in it. */
export function copyTree(
  source: AuthorFile,
  dest: string,
  options: TreeOptions,
  planning: Planning,
): Outcome {
  const entries = [...entriesIn(source, dest, options.local_follow)]
  prefetch(
    entries.map(({ path }) => path),
    planning,
  )
  return sequence(
    planning,
    [
      (inside) => putDirectory(dest, options, inside),
      ...entries.map((entry) => (inside: Planning) => put(entry, options, inside)),
    ],
    () => ({ src: source.path, dest }),
  )
}

interface Entry {
  /** On this side. */
  readonly file: AuthorFile
  /** On the host. */
  readonly path: string
  /** What it is a link to, where the link itself is copied. */
  readonly link?: string
}

/** All that is in a directory, each directory before what is in it. */
function* entriesIn(
  source: AuthorFile,
  dest: string,
  follow: boolean,
  around: readonly string[] = [],
): Generator<Entry> {
  const inside = [...around, realpathSync(source.path)]
  for (const name of source.names()) {
    const at = posix.join(source.path, name)
    const path = posix.join(dest, name)
    const link = lstatSync(at).isSymbolicLink() ? readlinkSync(at) : undefined
    const file = openAuthorFile(at)
    // Who would follow a link back to a directory around it would never come to an end.
    const isCircle = link !== undefined && file?.directory === true && inside.includes(realpathSync(at))
    if (link !== undefined && (!follow || isCircle)) yield { file: file ?? source, path, link }
    else if (file) {
      yield { file, path }
      if (file.directory) yield* entriesIn(file, path, follow, inside)
    }
  }
}

function put({ file, path, link }: Entry, options: TreeOptions, planning: Planning): Outcome {
  const { owner, group } = options
  if (link !== undefined) return putLink(link, path, planning)
  if (file.directory) return putDirectory(path, options, planning)
  if (!options.force && planning.files.stat(path).status.type !== 'absent') return unchanged()
  const mode = options.mode === 'preserve' ? file.mode : options.mode
  const { bytes, digest, secret } = authorBytes(file, options.decrypt, planning)
  const placed = placeFile(
    { path, bytes, digest, attributes: { owner, group, mode }, follow: false },
    planning,
  )
  return secret ? withoutContent(placed) : placed
}

function putDirectory(path: string, { owner, group, directory_mode }: TreeOptions, planning: Planning) {
  const existing = planning.files.stat(path).status.type === 'directory'
  if (existing && directory_mode === undefined) return unchanged()
  return makeDirectory(path, { owner, group, mode: directory_mode }, planning)
}
