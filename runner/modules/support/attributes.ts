import { type AttributeChange } from '../../engine/events.ts'
import { group as groupKind } from '../../resources/group.ts'
import { formatMode, type PresentPath } from '../../resources/path.ts'
import { user as userKind } from '../../resources/user.ts'
import { joinScripts, type Script, sh } from '../../transport/shell.ts'
import { Unknown } from '../../variables/unknown.ts'
import type { Dict } from '../../variables/value.ts'
import { bool, mode, optional, text } from '../arguments.ts'
import type { Planning } from '../module.ts'
import { applyMode } from './permissions.ts'

/** The arguments that every module has which manages a path's attributes. */
export const attributeArguments = {
  mode: optional(mode('Permissions: octal and quoted ("0644"), or symbolic (u=rw,g=r).')),
  owner: optional(text('Name of the user who owns it.')),
  group: optional(text('Name of the group that owns it.')),
  attributes: optional(
    text('Flags of the file system, as chattr takes them: `+i`, `-A`, `=A`.', { aliases: ['attr'] }),
  ),
  seuser: selinux(),
  serole: selinux(),
  setype: selinux(),
  selevel: selinux(),
  unsafe_writes: optional(
    bool('Write into the file that is there, where no other can be put in its place at once.'),
  ),
}

function selinux() {
  return optional(text('Accepted for hosts with SELinux, which those here are not.'))
}

export interface WantedAttributes {
  readonly mode?: string | number
  readonly owner?: string
  readonly group?: string
  readonly unsafe_writes?: boolean
}

export type Attributes = Pick<PresentPath, 'mode' | 'owner' | 'group'>

/** What a path's attributes are to be: what is wanted, else what they are. Numeric owners and groups are compared as such. */
export function wantedAttributes(
  current: PresentPath,
  wanted: WantedAttributes,
  planning: Planning,
): Attributes {
  const isDirectory = current.type === 'directory'
  return {
    // A link's own mode is always 0777.
    mode:
      wanted.mode === undefined || current.type === 'link'
        ? current.mode
        : applyMode(wanted.mode, current.mode, isDirectory, umaskFor(wanted.mode, planning)),
    owner: isNamed(wanted.owner, current.owner, current.uid)
      ? current.owner
      : lookUp('user', wanted.owner!, planning),
    group: isNamed(wanted.group, current.group, current.gid)
      ? current.group
      : lookUp('group', wanted.group!, planning),
  }
}

/** What something new gets: the umask's permissions, the user's own names, the group of a set-gid directory. */
export function newAttributes(
  type: 'file' | 'directory',
  parent: PresentPath | undefined,
  wanted: WantedAttributes,
  planning: Planning,
): Attributes {
  const { user, group, umask } = planning.identity()
  const setGid = parent !== undefined && (parent.mode & 0o2000) !== 0
  const usual = (type === 'directory' ? 0o777 : 0o666) & ~umask
  const base = usual | (setGid && type === 'directory' ? 0o2000 : 0)
  return {
    mode: wanted.mode === undefined ? base : applyMode(wanted.mode, base, type === 'directory', umask),
    owner: wanted.owner === undefined ? user : lookUp('user', wanted.owner, planning),
    group:
      wanted.group !== undefined ? lookUp('group', wanted.group, planning) : setGid ? parent.group : group,
  }
}

/** What stands at a path once it has other attributes; the numbers of who is to own it are theirs. */
export function withAttributes(before: PresentPath, after: Attributes): PresentPath {
  const later = new Unknown({ what: 'the change itself' })
  const id = (name: string) => (name === 'root' ? 0 : /^\d+$/.test(name) ? Number(name) : later)
  return {
    ...before,
    ...after,
    uid: after.owner === before.owner ? before.uid : id(after.owner),
    gid: after.group === before.group ? before.gid : id(after.group),
    ctime: later,
  }
}

/** The lines of a diff for attributes that differ. */
export function attributeChanges(before: Attributes, after: Attributes): AttributeChange[] {
  const changes: AttributeChange[] = []
  if (before.mode !== after.mode)
    changes.push({ name: 'mode', before: formatMode(before.mode), after: formatMode(after.mode) })
  if (before.owner !== after.owner) changes.push({ name: 'owner', before: before.owner, after: after.owner })
  if (before.group !== after.group) changes.push({ name: 'group', before: before.group, after: after.group })
  return changes
}

/** The lines of a diff for something new. */
export function newAttributeLines(after: Attributes, type?: string): AttributeChange[] {
  return [
    ...(type === undefined ? [] : [{ name: 'type', before: null, after: type }]),
    { name: 'mode', before: null, after: formatMode(after.mode) },
    { name: 'owner', before: null, after: after.owner },
    { name: 'group', before: null, after: after.group },
  ]
}

/** A script that gives a path its attributes; owner first, because changing it clears set-id bits. */
export function attributeScript(
  path: string | Script,
  before: (Attributes & { readonly type?: string }) | undefined,
  after: Attributes,
): Script {
  const parts: Script[] = []
  if (before?.owner !== after.owner || before.group !== after.group) {
    parts.push(sh`chown -h ${`${after.owner}:${after.group}`} -- ${path}`)
  }
  // chmod would follow a link, whose own permissions mean nothing.
  if (before?.type !== 'link' && (before?.mode !== after.mode || parts.length > 0))
    // Five digits: with fewer, chmod leaves a directory's set-id bits as they are.
    parts.push(sh`chmod ${formatMode(after.mode).padStart(5, '0')} -- ${path}`)
  return joinScripts(parts)
}

/**
 * Attributes as results tell them: with the numbers of owner and group too.
 *
 * @param before what stands there already, whose numbers are known
 */
export function toldAttributes(
  { mode, owner, group }: Attributes,
  before: Pick<PresentPath, 'owner' | 'group' | 'uid' | 'gid'> | undefined,
  planning: Planning,
): Dict {
  const uid = () => {
    if (owner === before?.owner && typeof before.uid === 'number') return before.uid
    const self = planning.identity()
    if (owner === self.user) return self.uid
    return owner === 'root' ? 0 : planning.state.read(userKind, owner)?.uid
  }
  const gid = () => {
    if (group === before?.group && typeof before.gid === 'number') return before.gid
    const self = planning.identity()
    if (group === self.group) return self.gid
    return group === 'root' ? 0 : planning.state.read(groupKind, group)?.gid
  }
  return {
    // With a zero before it whatever its length, as Ansible tells it.
    mode: `0${mode.toString(8).padStart(3, '0')}`,
    owner,
    group,
    uid: uid() ?? (/^\d+$/.test(owner) ? Number(owner) : null),
    gid: gid() ?? (/^\d+$/.test(group) ? Number(group) : null),
  }
}

/** Whether a path has the owner (or group) that is wanted, by name or number, or none is wanted. */
function isNamed(wanted: string | undefined, name: string, id: PresentPath['uid']): boolean {
  return wanted === undefined || wanted === name || (/^\d+$/.test(wanted) && Number(wanted) === id)
}

/**
 * The name of a user or group that something is to be given to; a number that nobody has stays one.
 *
 * @throws {RangeError} when there is none of that name
 */
function lookUp(kind: 'user' | 'group', wanted: string, planning: Planning): string {
  const { state } = planning
  const self = planning.identity()
  if (wanted === 'root' || wanted === (kind === 'user' ? self.user : self.group)) return wanted
  const found = kind === 'user' ? state.read(userKind, wanted) : state.read(groupKind, wanted)
  if (found) return found.name
  if (/^\d+$/.test(wanted)) return wanted
  throw new RangeError(
    kind === 'user'
      ? `chown failed: failed to look up user ${wanted}`
      : `chgrp failed: failed to look up group ${wanted}`,
  )
}

function umaskFor(wanted: string | number, planning: Planning): number {
  // Only a clause that names nobody (`+x`) depends on the umask.
  return typeof wanted === 'string' && /(^|,)[-+=]/.test(wanted) ? planning.identity().umask : 0
}
