import { posix } from 'node:path'
import type { Member } from '../../archives/member.ts'
import { writeTar } from '../../archives/write-tar.ts'
import type { Diff } from '../../engine/events.ts'
import { fileEffects, presentPath, sha256 } from '../../host/files.ts'
import { type AnyEffect, effect, type State } from '../../host/state.ts'
import type { Layer } from '../../host/layer.ts'
import { content } from '../../resources/content.ts'
import { tarContent } from '../../resources/tar-archive.ts'
import { digest as digestKind } from '../../resources/digest.ts'
import { group as groupKind } from '../../resources/group.ts'
import { path as pathKind, type PresentPath } from '../../resources/path.ts'
import { type AnyResource, resource, type ResourceKind } from '../../resources/resource.ts'
import { user as userKind } from '../../resources/user.ts'
import { joinScripts, type Script, sh } from '../../transport/shell.ts'
import { Unknown } from '../../variables/unknown.ts'
import type { Planning } from '../module.ts'
import { change, failed, type ModuleResult, type Outcome, unchanged } from '../outcome.ts'
import { attributeChanges, type Attributes, newAttributeLines, type WantedAttributes } from './attributes.ts'
import { contentDiff } from './content-diff.ts'
import { applyMode } from './permissions.ts'
import { cannotWriteIn } from './write-access.ts'
import { unpacked } from './unpacked.ts'

export interface Unpacking {
  /** The directory, links followed. */
  readonly dest: string
  readonly members: readonly Member[]
  /** SHA-256 of the files, asked for only where it matters; undefined where it cannot be told. */
  readonly digestOf: (member: Member) => string | undefined
  readonly attributes: WantedAttributes
  /** Files that are newer than the archive's stay. */
  readonly keepNewer: boolean
  /** Files get the owners that the archive names, where the task's user may do that. */
  readonly sameOwner: boolean
  /** Unpacks an archive that is on the host; without it the members' own bytes are sent. */
  readonly onHost?: (changed: readonly Member[]) => Script
  /** That archive, where it is a tar: what is in its files is read when anybody asks for it. */
  readonly archive?: string
  readonly result: ModuleResult
}

/** Plans that everything in an archive stands in a directory, with the archive's bytes and permissions. */
export function placeMembers(unpacking: Unpacking, planning: Planning): Outcome {
  const { dest, members, result } = unpacking
  const odd = members.find(({ type }) => type === 'other')
  if (odd) return failed(`${odd.name} is neither file, directory nor link: it cannot be unpacked`, result)
  wantAll(unpacking, planning)
  const alone = members.find(
    ({ type, target }) => type === 'hard link' && !members.some(({ name }) => name === target),
  )
  if (alone) return failed(`${alone.name} is a hard link to ${alone.target}, which is not unpacked`, result)
  const inTheWay = members.find(
    ({ name, type }) =>
      type !== 'directory' && planning.files.lstat(posix.join(dest, name)).status.type === 'directory',
  )
  if (inTheWay)
    return failed(`${posix.join(dest, inTheWay.name)} is a directory; a file cannot take its place`)
  const top = planning.files.stat(dest)
  const planned = members.map((member) => planMember(member, unpacking, planning))
  const changed = planned.filter((each) => each !== undefined)
  const parents = missingParents(dest, changed, planning)
  if (changed.length === 0) return unchanged(result)
  const refused = cannotWriteIn(top, dest, planning)
  if (refused !== undefined) return failed(refused, result)
  const payload = unpacking.onHost
    ? undefined
    : writeTar(changed.map(({ member }) => unlinked(member, members)))
  return change({
    diff: changed.map(({ diff }) => diff),
    script: joinScripts([
      unpacking.onHost
        ? unpacking.onHost(changed.map(({ member }) => member))
        : sh`${unpacked(payload!.length)} | tar -xf - -C ${dest} ${unpacking.sameOwner ? sh`` : sh`--no-same-owner`}`,
      ...attributesAfter(unpacking, changed),
    ]),
    payload,
    packable: true,
    ...(unpacking.archive === undefined
      ? {}
      : { foresee: () => [contentLayer(unpacking.archive!, changed, members)] }),
    after: [...parents, ...changed.flatMap(({ after }) => after)],
    result,
  })
}

/** A hard link as the file that it is, so that it can be unpacked without the other. */
function unlinked(member: Member, members: readonly Member[]): Member {
  const source = member.type === 'hard link' && members.find(({ name }) => name === member.target)
  return source ? { ...source, name: member.name } : member
}

interface PlannedMember {
  readonly member: Member
  readonly path: string
  readonly diff: Diff
  readonly after: readonly AnyEffect[]
}

/** More are not asked for at once: what a script is given has a limit. */
const MOST_AT_ONCE = 2000

// One look for all paths and one for all digests, not one for each member.
function wantAll({ dest, members }: Unpacking, { state, files }: Planning): void {
  const { status } = files.stat(dest)
  if (status.type !== 'directory' || status.fresh === true) return
  const paths = members.map(({ name }) => posix.join(dest, name))
  inPortions(
    paths.map((path) => resource(pathKind, path)),
    (portion) => state.want(portion),
  )
}

function inPortions(all: readonly AnyResource[], work: (portion: readonly AnyResource[]) => void): void {
  for (let at = 0; at < all.length; at += MOST_AT_ONCE) work(all.slice(at, at + MOST_AT_ONCE))
}

function planMember(member: Member, unpacking: Unpacking, planning: Planning): PlannedMember | undefined {
  const path = posix.join(unpacking.dest, member.name)
  const before = planning.files.lstat(path).status
  const existing = before.type === 'absent' || before.type === 'denied' ? undefined : before
  const wanted = attributesOf(member, unpacking, planning)
  // A number that nobody has is shown without a name.
  const after = {
    ...wanted,
    owner: wanted.owner === String(existing?.uid) ? existing!.owner : wanted.owner,
    group: wanted.group === String(existing?.gid) ? existing!.group : wanted.group,
  }
  const isFile = member.type === 'file' || member.type === 'hard link'
  if (
    existing &&
    isFile &&
    unpacking.keepNewer &&
    // What the run itself has written is newer than any archive.
    (existing.mtime instanceof Unknown || existing.mtime > member.mtime)
  )
    return undefined
  const type = isFile ? 'file' : member.type === 'link' ? 'link' : 'directory'
  const sameType = existing?.type === type
  if (existing && sameType && isSame(member, existing, after, path, unpacking, planning)) return undefined
  return {
    member,
    path,
    diff: diffOf(member, path, sameType ? existing : undefined, after, planning),
    after: effectsOf(member, path, sameType ? existing : undefined, after, unpacking, planning),
  }
}

function isSame(
  member: Member,
  existing: PresentPath,
  after: Attributes,
  path: string,
  { members, digestOf }: Unpacking,
  { files }: Planning,
): boolean {
  if (member.type === 'link')
    return (
      existing.target === member.target && existing.owner === after.owner && existing.group === after.group
    )
  if (attributeChanges(existing, after).length > 0) return false
  if (member.type === 'directory') return true
  const source = member.type === 'file' ? member : members.find(({ name }) => name === member.target)
  if (!source) return true
  if (typeof existing.size === 'number' && existing.size !== source.size) return false
  const digest = digestOf(source)
  return digest !== undefined && files.digest(path) === digest
}

/** What tar makes of a member's owner and permissions, with what the task wants on top. */
function attributesOf(member: Member, { attributes, sameOwner }: Unpacking, planning: Planning): Attributes {
  const { user, group, umask } = planning.identity()
  const isDirectory = member.type === 'directory'
  const bits = user === 'root' ? member.mode : member.mode & ~umask
  return {
    mode:
      member.type === 'link'
        ? 0o777
        : attributes.mode === undefined
          ? bits
          : applyMode(attributes.mode, bits, isDirectory, umask),
    owner: attributes.owner ?? (sameOwner ? ownerOf(member, planning) : user),
    group: attributes.group ?? (sameOwner ? groupOf(member, planning) : group),
  }
}

// By name, as tar has it, else by number.
function ownerOf({ owner, uid }: Member, { state }: Planning): string {
  if (owner !== '' && state.read(userKind, owner) !== null) return owner
  return state.read(userKind, String(uid))?.name ?? String(uid)
}

function groupOf({ group, gid }: Member, { state }: Planning): string {
  if (group !== '' && state.read(groupKind, group) !== null) return group
  return state.read(groupKind, String(gid))?.name ?? String(gid)
}

/** Longer texts are told by their size. */
const MOST_TEXT = 64 * 1024

function diffOf(
  member: Member,
  path: string,
  existing: PresentPath | undefined,
  after: Attributes,
  { files }: Planning,
): Diff {
  const attributes = existing ? attributeChanges(existing, after) : newAttributeLines(after)
  if (member.type === 'directory')
    return { path, attributes: existing ? attributes : newAttributeLines(after, 'directory') }
  if (member.type !== 'file') {
    return {
      path,
      attributes: [{ name: 'link to', before: existing?.target ?? null, after: member.target ?? '' }],
    }
  }
  const { bytes } = member
  const small = member.size <= MOST_TEXT && (existing === undefined || Number(existing.size) <= MOST_TEXT)
  if (bytes && small) return contentDiff(path, existing ? files.read(path) : null, bytes, attributes)
  const before = existing ? `${String(existing.size)} bytes` : null
  return { path, attributes: [...attributes, { name: 'size', before, after: `${member.size} bytes` }] }
}

function effectsOf(
  member: Member,
  path: string,
  existing: PresentPath | undefined,
  after: Attributes,
  { members, digestOf }: Unpacking,
  { location }: Planning,
): AnyEffect[] {
  if (member.type === 'directory')
    return [
      effect(pathKind, path, presentPath({ type: 'directory', fresh: existing === undefined, ...after })),
    ]
  if (member.type === 'link')
    return [effect(pathKind, path, presentPath({ type: 'link', ...after, target: member.target }))]
  const source = member.type === 'file' ? member : members.find(({ name }) => name === member.target)
  if (source?.bytes) return fileEffects(path, source.bytes, after)
  const later = new Unknown({ what: `what is in the archive`, location })
  return [
    effect(pathKind, path, presentPath({ type: 'file', ...after, size: source?.size ?? later })),
    effect(content, path, later),
    effect(digestKind, path, (source && digestOf(source)) ?? later),
  ]
}

/** What is in the files that come, from the archive on the host. */
function contentLayer(archive: string, changed: readonly PlannedMember[], members: readonly Member[]): Layer {
  const sources = new Map<string, Member>()
  for (const { member, path } of changed) {
    const source = member.type === 'file' ? member : members.find(({ name }) => name === member.target)
    if (source && (member.type === 'file' || member.type === 'hard link')) sources.set(path, source)
  }
  return {
    over: <Key, Value>(kind: ResourceKind<Key, Value>, key: Key, _: unknown, state: State) => {
      const source = kind.name === content.name ? sources.get(key as string) : undefined
      if (!source) return undefined
      return state.read(tarContent, { archive, name: source.archived ?? source.name }) as Value
    },
    names: () => [],
  }
}

/** The effects of directories that tar makes because the archive does not name them. */
function missingParents(dest: string, changed: readonly PlannedMember[], planning: Planning): AnyEffect[] {
  const named = new Set(changed.map(({ path }) => path))
  const missing = new Set<string>()
  for (const { path } of changed) {
    for (let at = posix.dirname(path); at.length > dest.length && !named.has(at); at = posix.dirname(at)) {
      if (planning.files.lstat(at).status.type === 'absent') missing.add(at)
    }
  }
  const { user, group, umask } = planning.identity()
  const attributes = { mode: 0o777 & ~umask, owner: user, group }
  return [...missing]
    .sort()
    .map((path) => effect(pathKind, path, presentPath({ type: 'directory', fresh: true, ...attributes })))
}

/** tar has given everything the archive's owners and permissions; what the task wants comes after. */
function attributesAfter({ attributes }: Unpacking, changed: readonly PlannedMember[]): Script[] {
  const { owner, group, mode } = attributes
  const paths = changed.map(({ path }) => path)
  const owners = `${owner ?? ''}${group === undefined ? '' : `:${group}`}`
  const files = changed.filter(({ member }) => member.type !== 'link').map(({ path }) => path)
  // Through a pipe: there may be more of them than fit into a command line.
  const each = (all: readonly string[], command: Script) =>
    all.length === 0 ? [] : [sh`printf '%s\\0' ${all} | xargs -0 ${command} -- || exit`]
  return [
    ...(owners === '' ? [] : each(paths, sh`chown -h ${owners}`)),
    ...(mode === undefined
      ? []
      : each(files, sh`chmod ${typeof mode === 'number' ? mode.toString(8) : mode}`)),
  ]
}

/** SHA-256 of a member whose bytes are at hand. */
export function ownDigest({ bytes }: Member): string | undefined {
  return bytes && sha256(bytes)
}
