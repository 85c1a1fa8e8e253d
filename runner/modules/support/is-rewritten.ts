import { content } from '../../resources/content.ts'
import { path as pathKind } from '../../resources/path.ts'
import type { AnyResource } from '../../resources/resource.ts'
import type { Planning } from '../module.ts'

/**
 * Whether a dry run foretells another content of a file after what a program says of it: what the program would say then
 * cannot be told.
 */
export function isRewritten(path: string, { kind, key }: AnyResource, { files, state }: Planning): boolean {
  const { path: real } = files.stat(path)
  files.digest(real)
  const written = Math.max(state.birthOf(real), state.timeOf(content, real))
  return state.isForetold(pathKind, real) && written > state.timeOf(kind, key)
}
