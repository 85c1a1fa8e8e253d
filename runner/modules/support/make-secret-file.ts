import { posix } from 'node:path'
import { fileEffects } from '../../host/files.ts'
import { joinScripts, type Script, sh } from '../../transport/shell.ts'
import type { Unknown } from '../../variables/unknown.ts'
import type { Dict } from '../../variables/value.ts'
import type { Planning } from '../module.ts'
import { type Change, change, failed, type Outcome } from '../outcome.ts'
import {
  attributeChanges,
  attributeScript,
  newAttributeLines,
  newAttributes,
  type WantedAttributes,
  wantedAttributes,
} from './attributes.ts'
import { cannotGive, cannotWriteIn } from './write-access.ts'

export interface SecretFile {
  /** Absolute path on the host. */
  readonly path: string
  /** Writes the file that `$candidate` names. */
  readonly make: Script
  /** Runs when the file is in its place. */
  readonly afterwards?: Script
  readonly payload?: Uint8Array
  readonly attributes: WantedAttributes
  readonly backup: boolean
  /** What it will hold. */
  readonly content: Unknown
  /** What the diff says of it. */
  readonly what: string
  readonly result: Dict
  readonly finish?: Change['finish']
}

/** Plans a file that the host makes itself, by chance or from the clock: what is in it nobody can tell before. */
export function makeSecretFile(file: SecretFile, planning: Planning): Outcome {
  const { path, attributes, content, result } = file
  const { files } = planning
  const at = files.stat(path)
  const { status } = at
  if (status.type !== 'absent' && status.type !== 'file')
    return failed(`${path} is a ${status.type}; a file cannot take its place`, result)
  const parent = files.container(posix.dirname(at.path))
  if (parent.status.type !== 'directory')
    return failed(
      `The directory '${posix.dirname(path)}' does not exist or the file is not a directory`,
      result,
    )
  const after =
    status.type === 'file'
      ? wantedAttributes(status, attributes, planning)
      : newAttributes('file', parent.status, attributes, planning)
  const refused = cannotWriteIn(parent, at.path, planning) ?? cannotGive(after, at.path, planning)
  if (refused !== undefined) return failed(refused, result)
  const beside = posix.join(posix.dirname(at.path), `.${posix.basename(at.path).slice(0, 200)}.XXXXXXXX`)
  const lines = status.type === 'file' ? attributeChanges(status, after) : newAttributeLines(after)
  return change({
    diff: [
      {
        path,
        attributes: [
          { name: 'content', before: status.type === 'file' ? 'another' : null, after: file.what },
          ...lines,
        ],
      },
    ],
    script: joinScripts([
      sh`set -e
umask 077
candidate=$(mktemp -- ${beside})
trap 'rm -f -- "$candidate"' EXIT`,
      file.make,
      attributeScript(sh`"$candidate"`, undefined, after),
      ...(file.backup && status.type === 'file'
        ? [sh`cp -a -- ${at.path} ${at.path}.$$.$(date +%Y-%m-%d@%H:%M:%S)~`]
        : []),
      sh`mv -fT -- "$candidate" ${at.path}`,
      ...(file.afterwards ? [file.afterwards] : []),
    ]),
    payload: file.payload,
    after: fileEffects(at.path, content, after),
    result,
    finish: file.finish,
  })
}
