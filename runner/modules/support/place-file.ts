import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { gzipSync } from 'node:zlib'
import { fileEffects, sha256 } from '../../host/files.ts'
import { formatMode, type PresentPath } from '../../resources/path.ts'
import { authoredScript, joinScripts, type Script, sh } from '../../transport/shell.ts'
import type { Dict } from '../../variables/value.ts'
import type { Planning } from '../module.ts'
import { change, failed, type Outcome, unchanged } from '../outcome.ts'
import {
  attributeChanges,
  attributeScript,
  type Attributes,
  newAttributeLines,
  newAttributes,
  type WantedAttributes,
  wantedAttributes,
} from './attributes.ts'
import { contentDiff, largeDiff, MOST_SHOWN } from './content-diff.ts'

export interface Placement {
  /** Absolute path on the host. */
  readonly path: string
  readonly bytes: Buffer
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
  const { files } = planning
  const { bytes, attributes } = placement
  // Asked for first, so that what stands there and its digest come with one read.
  files.digest(placement.path)
  const at = placement.follow ? files.stat(placement.path) : files.lstat(placement.path)
  const digest = placement.digest ?? sha256(bytes)
  const before = at.status
  if (before.type === 'directory')
    return failed(`${placement.path} is a directory; a file cannot take its place`)

  if (before.type !== 'file') {
    const parent = files.stat(posix.dirname(at.path)).status
    if (parent.type !== 'directory') {
      return failed(`Destination directory ${posix.dirname(placement.path)} does not exist`)
    }
    const after = newAttributes('file', parent, attributes, planning)
    return change({
      diff: [contentDiff(placement.path, null, bytes, newAttributeLines(after))],
      ...placing(at.path, placement, undefined, after),
      after: fileEffects(at.path, bytes, after),
      result: resultOf(placement, at.path, after),
    })
  }

  const after = wantedAttributes(before, attributes, planning)
  const attributeLines = attributeChanges(before, after)
  const oldDigest = files.digest(at.path)
  if (oldDigest === digest) {
    if (attributeLines.length === 0) return unchanged(resultOf(placement, at.path, after))
    return change({
      diff: [{ path: placement.path, attributes: attributeLines }],
      script: attributeScript(at.path, before, after),
      after: fileEffects(at.path, bytes, after),
      result: resultOf(placement, at.path, after),
    })
  }
  return change({
    diff: [changeDiff(placement, before, oldDigest, at.path, attributeLines, planning)],
    ...placing(at.path, placement, before, after),
    after: fileEffects(at.path, bytes, after),
    result: resultOf(placement, at.path, after),
  })
}

function changeDiff(
  { path, bytes }: Placement,
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

/** Sent compressed from this size on. */
const WORTH_COMPRESSING = 16 * 1024

// Written beside its destination with nobody else's eyes on it, checked, then renamed: there is no moment at which
// half a file can be seen.
function placing(
  path: string,
  { bytes, validate, backup }: Placement,
  before: PresentPath | undefined,
  after: Attributes,
): { script: Script; payload: Uint8Array } {
  const packed = bytes.length >= WORTH_COMPRESSING ? gzipSync(bytes, { level: 1 }) : undefined
  const smaller = packed !== undefined && packed.length < bytes.length * 0.9
  const payload = smaller ? packed : bytes
  const candidate = sh`"$candidate"`
  return {
    payload,
    script: joinScripts([
      sh`set -e
umask 077
candidate=$(mktemp -- ${posix.join(posix.dirname(path), `.${posix.basename(path).slice(0, 200)}.XXXXXXXX`)})
trap 'rm -f -- "$candidate"' EXIT
head -c ${payload.length} ${smaller ? sh`| gunzip ` : sh``}> "$candidate"`,
      ...(validate === undefined ? [] : [validation(validate)]),
      attributeScript(candidate, undefined, after),
      ...(backup && before
        ? [sh`saved=${path}.$$.$(date +%Y-%m-%d@%H:%M:%S)~; cp -a -- ${path} "$saved"; echo "$saved"`]
        : []),
      sh`mv -fT -- "$candidate" ${path}`,
    ]),
  }
}

function validation(command: string): Script {
  return sh`if complaint=$(${authoredScript(command.replaceAll('%s', '"$candidate"'))} 2>&1); then :; else
  echo "failed to validate: $complaint" >&2; exit 1
fi`
}

function resultOf({ path, bytes, result }: Placement, real: string, after: Attributes): Dict {
  return {
    ...result,
    dest: path,
    checksum: createHash('sha1').update(bytes).digest('hex'),
    size: bytes.length,
    state: 'file',
    mode: formatMode(after.mode),
    owner: after.owner,
    group: after.group,
  }
}
