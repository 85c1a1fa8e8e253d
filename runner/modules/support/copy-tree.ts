import { realpathSync } from 'node:fs'
import { posix } from 'node:path'
import { type AuthorFile, openAuthorFile } from '../author-files.ts'
import type { Planning } from '../module.ts'
import { type Outcome, unchanged } from '../outcome.ts'
import { authorBytes, withoutContent } from './author-bytes.ts'
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
  prefetch(pathsIn(source, dest), planning)
  return sequence(planning, steps(source, dest, options), () => ({ src: source.path, dest }))
}

// A link that leads back to a directory around it would be followed without end.
function pathsIn(source: AuthorFile, dest: string, around: readonly string[] = []): string[] {
  const real = realpathSync(source.path)
  if (around.includes(real))
    throw new RangeError(
      `'${source.path}' leads back to '${real}', which is around it: this cannot be copied`,
    )
  const inside = [...around, real]
  return source.names().flatMap((name) => {
    const file = openAuthorFile(posix.join(source.path, name))
    const path = posix.join(dest, name)
    return file?.directory ? [path, ...pathsIn(file, path, inside)] : [path]
  })
}

function* steps(
  source: AuthorFile,
  dest: string,
  options: TreeOptions,
): Generator<(planning: Planning) => Outcome> {
  const { owner, group } = options
  yield (planning) => {
    const existing = planning.files.stat(dest).status.type === 'directory'
    if (existing && options.directory_mode === undefined) return unchanged()
    return makeDirectory(dest, { owner, group, mode: options.directory_mode }, planning)
  }
  for (const name of source.names()) {
    const file = openAuthorFile(posix.join(source.path, name))
    if (!file) continue
    const path = posix.join(dest, name)
    if (file.directory) yield* steps(file, path, options)
    else {
      yield (planning) => {
        if (!options.force && planning.files.stat(path).status.type !== 'absent') return unchanged()
        const mode = options.mode === 'preserve' ? file.mode : options.mode
        const { bytes, digest, secret } = authorBytes(file, options.decrypt, planning)
        const placed = placeFile(
          { path, bytes, digest, attributes: { owner, group, mode }, follow: false },
          planning,
        )
        return secret ? withoutContent(placed) : placed
      }
    }
  }
}
