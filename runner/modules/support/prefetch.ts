import { digest } from '../../resources/digest.ts'
import { path as pathKind } from '../../resources/path.ts'
import { resource } from '../../resources/resource.ts'
import type { Planning } from '../module.ts'

/** More are not asked for at once: what a script is given has a limit. */
const MOST_AT_ONCE = 2000

/** Makes sure that what stands at many paths, and the digests of files, are known at the cost of one look at the host. */
export function prefetch(paths: readonly string[], { state }: Planning): void {
  for (let at = 0; at < paths.length; at += MOST_AT_ONCE) {
    const portion = paths.slice(at, at + MOST_AT_ONCE)
    state.want(portion.flatMap((path) => [resource(pathKind, path), resource(digest, path)]))
  }
}
