import { posix } from 'node:path'
import { content } from '../../resources/content.ts'
import { digest } from '../../resources/digest.ts'
import { type AnyResource, type ResourceKind, resource } from '../../resources/resource.ts'

/** What a file is compared by. A relative path is not looked at before the task's user is known. */
export const digestOf = (path: string): AnyResource[] => ofFile(digest, path)

/** What is in a file that is edited. */
export const contentOf = (path: string): AnyResource[] => ofFile(content, path)

function ofFile<Value>(kind: ResourceKind<string, Value>, path: string): AnyResource[] {
  return path.startsWith('/') && !path.endsWith('/') ? [resource(kind, posix.normalize(path))] : []
}
