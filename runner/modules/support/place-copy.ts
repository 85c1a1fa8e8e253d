import { posix } from 'node:path'
import { presentPath } from '../../host/files.ts'
import { type AnyEffect, effect } from '../../host/state.ts'
import { content } from '../../resources/content.ts'
import { digest as digestKind } from '../../resources/digest.ts'
import { formatMode, path as pathKind, type PresentPath } from '../../resources/path.ts'
import { joinScripts, sh } from '../../transport/shell.ts'
import { Unknown } from '../../variables/unknown.ts'
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
  withAttributes,
} from './attributes.ts'
import { contentDiff, MOST_SHOWN } from './content-diff.ts'
import { validation } from './validation.ts'
import { cannotChange, cannotGive, cannotWriteIn, replacedAttributes } from './write-access.ts'

export interface CopyPlacement {
  /** Absolute path on the host. */
  readonly path: string
  /** The file on the host whose bytes it gets. */
  readonly from: string
  /** SHA-256 of these bytes. */
  readonly digest: string
  readonly size: number
  readonly attributes: WantedAttributes
  /** Whether a link at the path is followed; otherwise the file takes the link's place. */
  readonly follow: boolean
  readonly validate?: string
  readonly backup?: boolean
  readonly result?: Dict
}

/** Plans that a file holds the same bytes as another one on the host, without bringing them here. */
export function placeCopy(placement: CopyPlacement, planning: Planning): Outcome {
  const { path, digest, attributes } = placement
  const { files } = planning
  files.digest(path)
  const at = placement.follow ? files.stat(path) : files.lstat(path)
  const before = at.status
  if (before.type === 'directory') return failed(`${path} is a directory; a file cannot take its place`)
  const directory = files.container(posix.dirname(at.path))
  const parent = directory.status
  if (parent.type !== 'directory')
    return failed(`Destination directory ${posix.dirname(path)} does not exist`)
  const existing = before.type === 'file' ? before : undefined
  const kept = existing && wantedAttributes(existing, attributes, planning)
  const same = existing !== undefined && files.digest(at.path) === digest
  const after = !existing
    ? newAttributes('file', parent, attributes, planning)
    : same
      ? kept!
      : replacedAttributes(existing, kept!, attributes, planning)
  const lines = existing ? attributeChanges(existing, after) : newAttributeLines(after)
  const result = { ...placement.result, dest: path, state: 'file', size: placement.size, ...described(after) }
  if (same) {
    if (lines.length === 0) return unchanged(result)
    const refused = cannotChange(existing, lines, after, at.path, planning)
    if (refused !== undefined) return failed(refused)
    return change({
      diff: [{ path, attributes: lines }],
      script: attributeScript(at.path, existing, after),
      after: [effect(pathKind, at.path, withAttributes(existing, after))],
      result,
    })
  }
  const refused = cannotWriteIn(directory, at.path, planning) ?? cannotGive(after, at.path, planning)
  if (refused !== undefined) return failed(refused)
  return change({
    diff: [shownDiff(placement, existing, at.path, lines, planning)],
    script: copying(placement, at.path, existing, after),
    after: copyEffects(placement, at.path, after, planning),
    result: {
      ...result,
      ...(placement.backup && existing
        ? { backup_file: new Unknown({ what: 'the time of the backup', location: planning.location }) }
        : {}),
    },
    ...(placement.backup && existing
      ? { finish: ({ stdout }) => ({ backup_file: stdout.toString('utf8').trimEnd() }) }
      : {}),
  })
}

function described({ mode, owner, group }: Attributes): Dict {
  return { mode: formatMode(mode), owner, group }
}

function shownDiff(
  { path, from, size, digest }: CopyPlacement,
  before: PresentPath | undefined,
  real: string,
  lines: ReturnType<typeof attributeChanges>,
  planning: Planning,
) {
  const oldSize = before && typeof before.size === 'number' ? before.size : 0
  if (size <= MOST_SHOWN && oldSize <= MOST_SHOWN) {
    const old = before ? planning.files.read(real) : null
    const bytes = planning.state.read(content, from)
    if (bytes) return contentDiff(path, old, bytes, lines)
  }
  const oldDigest = before ? planning.files.digest(real) : null
  return {
    path,
    attributes: [
      ...lines,
      { name: 'size', before: before ? `${oldSize} bytes` : null, after: `${size} bytes` },
      { name: 'sha256', before: oldDigest, after: digest },
    ],
  }
}

function copyEffects(
  { from, size, digest }: CopyPlacement,
  path: string,
  after: Attributes,
  { state, location }: Planning,
): AnyEffect[] {
  const bytes = size <= MOST_SHOWN ? state.read(content, from) : undefined
  return [
    effect(pathKind, path, presentPath({ type: 'file', ...after, size })),
    effect(content, path, bytes ?? new Unknown({ what: `the content of ${path}`, location })),
    effect(digestKind, path, digest),
  ]
}

function copying(
  { from, validate, backup }: CopyPlacement,
  path: string,
  before: PresentPath | undefined,
  after: Attributes,
) {
  return joinScripts([
    sh`set -e
umask 077
candidate=$(mktemp -- ${posix.join(posix.dirname(path), `.${posix.basename(path).slice(0, 200)}.XXXXXXXX`)})
trap 'rm -f -- "$candidate"' EXIT
cat -- ${from} > "$candidate"`,
    ...(validate === undefined ? [] : [validation(validate, posix.basename(path))]),
    attributeScript(sh`"$candidate"`, undefined, after),
    ...(backup && before
      ? [sh`saved=${path}.$$.$(date +%Y-%m-%d@%H:%M:%S)~; cp -a -- ${path} "$saved"; echo "$saved"`]
      : []),
    sh`mv -fT -- "$candidate" ${path}`,
  ])
}
