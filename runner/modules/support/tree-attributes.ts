import { posix } from 'node:path'
import type { Planning } from '../module.ts'
import type { Outcome } from '../outcome.ts'
import { change, unchanged } from '../outcome.ts'
import { effect } from '../../host/state.ts'
import { path as pathKind } from '../../resources/path.ts'
import { attributeChanges, attributeScript, type WantedAttributes, wantedAttributes } from './attributes.ts'
import { makeDirectory } from './make-directory.ts'
import { sequence } from './sequence.ts'

/** Plans that a directory and everything in it has these attributes. Links are left as they are. */
export function setTreeAttributes(path: string, wanted: WantedAttributes, planning: Planning): Outcome {
  return sequence(planning, steps(path, wanted, planning), () => ({ path, state: 'directory' }))
}

function* steps(
  path: string,
  wanted: WantedAttributes,
  planning: Planning,
): Generator<(planning: Planning) => Outcome> {
  yield (inside) => makeDirectory(path, wanted, inside)
  for (const name of planning.files.list(path) ?? []) {
    const below = posix.join(path, name)
    if (planning.files.lstat(below).status.type === 'directory') yield* steps(below, wanted, planning)
    else yield (inside) => setOne(below, wanted, inside)
  }
}

function setOne(path: string, wanted: WantedAttributes, planning: Planning): Outcome {
  const { path: real, status } = planning.files.lstat(path)
  if (status.type === 'absent' || status.type === 'denied' || status.type === 'link') return unchanged()
  const after = wantedAttributes(status, wanted, planning)
  const lines = attributeChanges(status, after)
  if (lines.length === 0) return unchanged()
  return change({
    diff: [{ path, attributes: lines }],
    script: attributeScript(real, status, after),
    after: [effect(pathKind, real, { ...status, ...after })],
    result: {},
  })
}
