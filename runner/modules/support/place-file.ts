import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { fileEffects, sha256 } from '../../host/files.ts'
import { listing } from '../../resources/listing.ts'
import { path as pathKind, type PathStatus, type PresentPath } from '../../resources/path.ts'
import { UnknownRead } from '../../host/misses.ts'
import { type AnyEffect, effect } from '../../host/state.ts'
import { joinScripts, sh } from '../../transport/shell.ts'
import { Unknown } from '../../variables/unknown.ts'
import type { Dict } from '../../variables/value.ts'
import type { Planning } from '../module.ts'
import { type Change, change, failed, type Outcome, undecided, unchanged } from '../outcome.ts'
import {
  attributeChanges,
  attributeScript,
  type Attributes,
  newAttributeLines,
  newAttributes,
  toldAttributes,
  type WantedAttributes,
  wantedAttributes,
  withAttributes,
} from './attributes.ts'
import { contentDiff, largeDiff, MOST_SHOWN } from './content-diff.ts'
import { validation, validationTrial } from './validation.ts'
import { cannotChange, cannotGive, cannotWriteIn, replacedAttributes } from './write-access.ts'
import { unpacked } from './unpacked.ts'

export interface Placement {
  /** Absolute path on the host. */
  readonly path: string
  readonly bytes: Buffer | Unknown
  /** SHA-256 of `bytes`, where it is known already. */
  readonly digest?: string
  readonly attributes: WantedAttributes
  /** Whether a link at the path is followed; otherwise the file takes the link's place. */
  readonly follow: boolean
  /** A command that must accept the file before it is put in place; `%s` is its path. */
  readonly validate?: string
  readonly backup?: boolean
  /** More of the module's result. */
  readonly result?: Dict
}

/** Plans that a file stands at a path with exactly these bytes and attributes. The file is replaced atomically. */
export function placeFile(placement: Placement, planning: Planning): Outcome {
  const { bytes, validate } = placement
  // It would look at something else, and whatever it finds there let every file pass.
  if (validate !== undefined && !validate.includes('%s'))
    return failed(`validate must contain %s: ${validate}`)
  if (bytes instanceof Unknown) return placeUnknown({ ...placement, bytes }, planning)
  try {
    return placeKnown({ ...placement, bytes }, planning)
  } catch (error) {
    // Whatever stands there now: afterwards it is this file.
    if (error instanceof UnknownRead)
      return undecided(error.unknown.because, afterwards(placement, error.unknown))
    throw error
  }
}

type Known = Placement & { readonly bytes: Buffer }

// That there will be a file is certain even where nobody can tell what will be in it.
function placeUnknown(placement: Placement & { readonly bytes: Unknown }, planning: Planning): Outcome {
  const { path, bytes, attributes, follow, validate } = placement
  const { files } = planning
  const at = follow ? files.stat(path) : files.lstat(path)
  const before = at.status
  if (before.type === 'directory') return failed(`${path} is a directory; a file cannot take its place`)
  if (before.type === 'file') {
    const after = wantedAttributes(before, attributes, planning)
    return undecided(bytes.because, fileEffects(at.path, bytes, after))
  }
  const parent = files.container(posix.dirname(at.path))
  if (parent.status.type !== 'directory')
    return failed(`Destination directory ${posix.dirname(path)} does not exist`)
  const after = newAttributes('file', parent.status, attributes, planning)
  const refused = cannotWriteIn(parent, at.path, planning) ?? cannotGive(after, at.path, planning)
  if (refused !== undefined) return failed(refused)
  const isLink = before.type === 'link'
  // Nor can anybody tell whether it would be accepted.
  if (validate !== undefined) return undecided(bytes.because, fileEffects(at.path, bytes, after))
  return change({
    diff: [{ path, before: null, unknown: bytes.because, attributes: takenPlaceLines(before, after) }],
    script: sh`echo 'this file cannot be known before a real run' >&2; exit 1`,
    after: [...fileEffects(at.path, bytes, after), ...(isLink ? backupEffects(at.path, placement) : [])],
    result: {
      ...resultOf(placement, after, before, planning),
      ...(isLink ? backupResult(placement, planning) : {}),
    },
  })
}

function afterwards({ path, bytes, attributes }: Placement, unknown: Unknown) {
  const { mode, owner, group } = attributes
  if (mode === undefined || owner === undefined || group === undefined || !/^\d+$/.test(String(mode)))
    return [effect(pathKind, path, { type: 'created' as const, because: unknown })]
  const octal = typeof mode === 'number' ? mode : Number.parseInt(mode, 8)
  return fileEffects(path, bytes, { mode: octal, owner, group })
}

function placeKnown(placement: Known, planning: Planning): Outcome {
  const { files } = planning
  const { bytes, attributes } = placement
  // Asked for first, so that what stands there and its digest come with one read.
  files.digest(placement.path)
  const at = placement.follow ? files.stat(placement.path) : files.lstat(placement.path)
  const digest = placement.digest ?? sha256(bytes)
  const before = at.status
  if (before.type === 'directory')
    return failed(`${placement.path} is a directory; a file cannot take its place`)

  const parent = files.container(posix.dirname(at.path))
  if (before.type !== 'file') {
    if (parent.status.type !== 'directory') {
      return failed(`Destination directory ${posix.dirname(placement.path)} does not exist`)
    }
    const after = newAttributes('file', parent.status, attributes, planning)
    const refused = cannotWriteIn(parent, at.path, planning) ?? cannotGive(after, at.path, planning)
    if (refused !== undefined) return failed(refused)
    const link = before.type === 'link' ? before : undefined
    return change({
      diff: [contentDiff(placement.path, null, bytes, takenPlaceLines(before, after))],
      ...placing(at.path, placement, link, after),
      after: [...fileEffects(at.path, bytes, after), ...(link ? backupEffects(at.path, placement) : [])],
      result: {
        ...resultOf(placement, after, before, planning),
        ...(link ? backupResult(placement, planning) : {}),
      },
    })
  }

  const after = wantedAttributes(before, attributes, planning)
  const attributeLines = attributeChanges(before, after)
  const oldDigest = files.digest(at.path)
  if (oldDigest === digest) {
    if (attributeLines.length === 0) return unchanged(resultOf(placement, after, before, planning))
    const refused = cannotChange(before, attributeLines, after, at.path, planning)
    if (refused !== undefined) return failed(refused)
    return change({
      diff: [{ path: placement.path, attributes: attributeLines }],
      script: attributeScript(at.path, before, after),
      // It stays the file it is, whatever other names it has.
      after: [effect(pathKind, at.path, withAttributes(before, after))],
      result: resultOf(placement, after, before, planning),
    })
  }
  const left = replacedAttributes(before, after, attributes, planning)
  const unsafe = writesUnsafely(placement, planning)
  const refused =
    (unsafe ? undefined : cannotWriteIn(parent, at.path, planning)) ?? cannotGive(left, at.path, planning)
  if (refused !== undefined) return failed(refused)
  return change({
    diff: [changeDiff(placement, before, oldDigest, at.path, attributeChanges(before, left), planning)],
    ...placing(at.path, placement, before, left, unsafe),
    after: [...fileEffects(at.path, bytes, left), ...backupEffects(at.path, placement)],
    result: { ...resultOf(placement, left, before, planning), ...backupResult(placement, planning) },
  })
}

/** What is told of a file where none was; a link may have been. */
function takenPlaceLines(before: PathStatus, after: Attributes) {
  const lines = newAttributeLines(after)
  return before.type === 'link'
    ? [{ name: 'link to', before: before.target ?? '', after: null }, ...lines]
    : lines
}

function backupEffects(path: string, { backup }: Placement): AnyEffect[] {
  return backup ? [effect(listing, posix.dirname(path), new Unknown({ what: 'the name of the backup' }))] : []
}

function backupResult({ backup }: Placement, { location }: Planning): Dict {
  return backup ? { backup_file: new Unknown({ what: 'the time of the backup', location }) } : {}
}

function changeDiff(
  { path, bytes }: Known,
  before: PresentPath,
  oldDigest: string | null,
  real: string,
  attributes: ReturnType<typeof attributeChanges>,
  planning: Planning,
) {
  const size = typeof before.size === 'number' ? before.size : 0
  if (size > MOST_SHOWN || bytes.length > MOST_SHOWN) {
    return largeDiff(path, { size: `${size} bytes`, digest: oldDigest }, bytes, attributes)
  }
  return contentDiff(path, planning.files.read(real), bytes, attributes)
}

// Written beside its destination with nobody else's eyes on it, checked, then renamed: there is no moment at which
// half a file can be seen.
/**
 * Whether the author allows what others may see half written. A task's environment may say so for all.
 *
 * @source https://docs.ansible.com/ansible/latest/collections/ansible/builtin/copy_module.html#parameter-unsafe_writes
 */
function writesUnsafely({ attributes }: Placement, { environment }: Planning): boolean {
  return attributes.unsafe_writes ?? /^(1|y|yes|t|true|on)$/i.test(environment['ANSIBLE_UNSAFE_WRITES'] ?? '')
}

function placing(
  path: string,
  { bytes, validate, backup }: Known,
  before: PresentPath | undefined,
  after: Attributes,
  unsafe = false,
): Pick<Change, 'script' | 'payload' | 'packable' | 'trials' | 'finish'> {
  const candidate = sh`"$candidate"`
  return {
    payload: bytes,
    packable: true,
    ...(validate === undefined ? {} : { trials: [validationTrial(validate, posix.basename(path), bytes)] }),
    ...(backup && before
      ? { finish: ({ stdout }) => ({ backup_file: stdout.toString('utf8').trimEnd() }) }
      : {}),
    script: joinScripts([
      sh`set -e
umask 077
candidate=$(mktemp -- ${posix.join(posix.dirname(path), `.${posix.basename(path).slice(0, 200)}.XXXXXXXX`)}${unsafe ? sh` 2>/dev/null || mktemp` : sh``})
trap 'rm -f -- "$candidate"' EXIT
${unpacked(bytes.length)} > "$candidate"`,
      ...(validate === undefined ? [] : [validation(validate, posix.basename(path))]),
      attributeScript(candidate, undefined, after),
      ...(backup && before
        ? [sh`saved=${path}.$$.$(date +%Y-%m-%d@%H:%M:%S)~; cp -a -- ${path} "$saved"; echo "$saved"`]
        : []),
      unsafe
        ? sh`mv -fT -- "$candidate" ${path} 2>/dev/null || {
cat -- "$candidate" > ${path}
${attributeScript(sh`${path}`, undefined, after)}
}`
        : sh`mv -fT -- "$candidate" ${path}`,
    ]),
  }
}

function resultOf(
  { path, bytes, result }: Placement,
  after: Attributes,
  before: PathStatus,
  planning: Planning,
): Dict {
  return {
    ...result,
    dest: path,
    ...(bytes instanceof Unknown ? { checksum: bytes, md5sum: bytes } : sumsOf(bytes)),
    size: bytes instanceof Unknown ? bytes : bytes.length,
    state: 'file',
    ...toldAttributes(after, before.type === 'file' ? before : undefined, planning),
  }
}

/** A file of the author's is the same for every host. */
const sums = new WeakMap<Buffer, Dict>()

function sumsOf(bytes: Buffer): Dict {
  const hash = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex')
  const known = sums.get(bytes) ?? { checksum: hash('sha1'), md5sum: hash('md5') }
  sums.set(bytes, known)
  return known
}
