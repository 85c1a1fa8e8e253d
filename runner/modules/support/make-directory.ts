import { posix } from 'node:path'
import { presentPath } from '../../host/files.ts'
import { effect } from '../../host/state.ts'
import { path as pathKind, type PresentPath } from '../../resources/path.ts'
import { joinScripts, sh } from '../../transport/shell.ts'
import type { Planning } from '../module.ts'
import { change, failed, type Outcome, unchanged } from '../outcome.ts'
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
import { sequence } from './sequence.ts'
import { cannotChange, cannotGive, cannotWriteIn } from './write-access.ts'

/** Plans that a directory stands at a path; missing ones above it are made with the same attributes, as Ansible does. */
export function makeDirectory(path: string, attributes: WantedAttributes, planning: Planning): Outcome {
  const { path: real, status } = planning.files.stat(path)
  const result = (after: Attributes, before?: PresentPath) => ({
    path,
    state: 'directory',
    ...toldAttributes(after, before, planning),
  })
  if (status.type === 'directory') {
    const after = wantedAttributes(status, attributes, planning)
    const lines = attributeChanges(status, after)
    if (lines.length === 0) return unchanged(result(after, status))
    const refused = cannotChange(status, lines, after, path, planning)
    if (refused !== undefined) return failed(refused)
    return change({
      diff: [{ path, attributes: lines }],
      script: attributeScript(real, status, after),
      after: [effect(pathKind, real, withAttributes(status, after))],
      result: result(after, status),
    })
  }
  if (status.type !== 'absent') return failed(`${path} already exists as a ${status.type}`)
  const missing: string[] = []
  for (let at = real; planning.files.container(at).status.type === 'absent'; at = posix.dirname(at))
    missing.unshift(at)
  const above = planning.files.container(posix.dirname(missing[0]!))
  const base = above.status
  if (base.type !== 'directory') return failed(`${posix.dirname(missing[0]!)} is not a directory`)
  const refused =
    cannotWriteIn(above, path, planning) ??
    cannotGive(newAttributes('directory', base, attributes, planning), path, planning)
  if (refused !== undefined) return failed(refused)
  return sequence(
    planning,
    missing.map((each) => (inside) => makeOne(each, attributes, inside)),
    () => result(newAttributes('directory', base, attributes, planning)),
  )
}

function makeOne(path: string, attributes: WantedAttributes, planning: Planning): Outcome {
  const parent = planning.files.container(posix.dirname(path)).status
  const after = newAttributes(
    'directory',
    parent.type === 'directory' ? parent : undefined,
    attributes,
    planning,
  )
  return change({
    diff: [{ path, attributes: newAttributeLines(after, 'directory') }],
    script: joinScripts([sh`mkdir -- ${path} || exit`, attributeScript(path, undefined, after)]),
    after: [effect(pathKind, path, presentPath({ type: 'directory', fresh: true, ...after }))],
    result: {},
  })
}
