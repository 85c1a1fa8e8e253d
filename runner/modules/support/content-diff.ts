import { isUtf8 } from 'node:buffer'
import type { AttributeChange, Diff } from '../../engine/events.ts'
import { sha256 } from '../../host/files.ts'

/** Text up to this many bytes is shown as a diff; larger files by size and digest. */
export const MOST_SHOWN = 1024 * 1024

/** The diff of a file's content, and of attributes that change with it. Null stands for no file. */
export function contentDiff(
  path: string,
  before: Buffer | null,
  after: Buffer | null,
  attributes: readonly AttributeChange[] = [],
): Diff {
  if (isText(before) && isText(after)) {
    return {
      path,
      before: before?.toString('utf8') ?? null,
      after: after?.toString('utf8') ?? null,
      attributes,
    }
  }
  return {
    path,
    attributes: [
      ...attributes,
      { name: 'size', before: before && `${before.length} bytes`, after: after && `${after.length} bytes` },
      { name: 'sha256', before: before && sha256(before), after: after && sha256(after) },
    ],
  }
}

/** The diff of a file too large to be fetched or shown. */
export function largeDiff(
  path: string,
  before: { size: string; digest: string | null } | null,
  after: Buffer,
  attributes: readonly AttributeChange[] = [],
): Diff {
  return {
    path,
    attributes: [
      ...attributes,
      { name: 'size', before: before && before.size, after: `${after.length} bytes` },
      { name: 'sha256', before: before && before.digest, after: sha256(after) },
    ],
  }
}

export function isText(bytes: Buffer | null): boolean {
  return bytes === null || (bytes.length <= MOST_SHOWN && isUtf8(bytes) && !bytes.includes(0))
}
