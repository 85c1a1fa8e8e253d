import type { AttributeChange } from '../../engine/events.ts'
import type { Found } from '../../host/files.ts'
import { path as pathKind, type PresentPath } from '../../resources/path.ts'
import { writeAccess } from '../../resources/write-access.ts'
import type { Planning } from '../module.ts'
import { accessOf } from './access.ts'
import type { Attributes, WantedAttributes } from './attributes.ts'

/** Why the task's user cannot make, replace or remove what is in a directory; undefined when nothing is against it. */
export function cannotWriteIn(directory: Found, path: string, planning: Planning): string | undefined {
  const identity = planning.identity()
  if (identity.uid === 0 || directory.status.type !== 'directory') return undefined
  const { writeable, executable } = accessOf(directory.status, identity)
  if (writeable === true && executable === true) return undefined
  // There may be more than the permissions tell: access lists.
  const foretold = planning.state.predicted(pathKind, directory.path) !== undefined
  if (!foretold && planning.state.read(writeAccess, { user: identity.user, path: directory.path }))
    return undefined
  return `Permission denied: ${identity.user} may not write in the directory of ${path}`
}

/** Why the task's user cannot give something of its own making these attributes. */
export function cannotGive(
  { owner, group }: Attributes,
  path: string,
  planning: Planning,
): string | undefined {
  const { uid, user, groups } = planning.identity()
  if (uid === 0) return undefined
  if (owner !== user && owner !== String(uid)) return `chown failed: ${user} may not give ${path} to ${owner}`
  return groups.includes(group) || /^\d+$/.test(group)
    ? undefined
    : `chgrp failed: ${user} is not in the group ${group}`
}

/** Why the task's user cannot change the attributes of something that is there. */
export function cannotChange(
  status: PresentPath,
  changes: readonly AttributeChange[],
  after: Attributes,
  path: string,
  planning: Planning,
): string | undefined {
  const { uid, user, groups } = planning.identity()
  if (uid === 0 || changes.length === 0) return undefined
  if (status.owner !== user)
    return `Operation not permitted: ${path} belongs to ${status.owner}, not to ${user}`
  return cannotGive(
    { ...after, group: after.group === status.group ? groups[0]! : after.group },
    path,
    planning,
  )
}

/** What a file's attributes come to when another one takes its place: who is not root can give it to nobody else. */
export function replacedAttributes(
  before: PresentPath,
  after: Attributes,
  wanted: WantedAttributes,
  planning: Planning,
): Attributes {
  const { uid, user, group, groups } = planning.identity()
  if (uid === 0) return after
  return {
    mode: after.mode,
    owner: wanted.owner === undefined ? user : after.owner,
    group: wanted.group === undefined && !groups.includes(before.group) ? group : after.group,
  }
}
