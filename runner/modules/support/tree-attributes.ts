import { effect } from '../../host/state.ts'
import { path as pathKind } from '../../resources/path.ts'
import type { Planning } from '../module.ts'
import { change, failed, type Outcome, unchanged } from '../outcome.ts'
import {
  attributeChanges,
  attributeScript,
  type WantedAttributes,
  wantedAttributes,
  withAttributes,
} from './attributes.ts'
import { makeDirectory } from './make-directory.ts'
import { sequence } from './sequence.ts'
import { walk } from './walk.ts'
import { cannotChange } from './write-access.ts'

/**
 * Plans that a directory and everything in it has these attributes. Links are left as they are, unless they are to
 * be followed.
 */
export function setTreeAttributes(
  path: string,
  { follow = false, ...wanted }: WantedAttributes & { readonly follow?: boolean },
  planning: Planning,
): Outcome {
  const isThere = planning.files.stat(path).status.type === 'directory'
  const below = isThere ? walk(path, { recurse: true, follow }, planning) : []
  return sequence(
    planning,
    [
      (inside) => makeDirectory(path, wanted, inside),
      ...below.map((entry) => (inside: Planning) => setOne(entry.path, wanted, follow, inside)),
    ],
    () => ({ path, state: 'directory' }),
  )
}

function setOne(path: string, wanted: WantedAttributes, follow: boolean, planning: Planning): Outcome {
  const { path: real, status } = follow ? planning.files.stat(path) : planning.files.lstat(path)
  if (status.type === 'absent' || status.type === 'denied' || status.type === 'link') return unchanged()
  const after = wantedAttributes(status, wanted, planning)
  const lines = attributeChanges(status, after)
  if (lines.length === 0) return unchanged()
  const refused = cannotChange(status, lines, after, path, planning)
  if (refused !== undefined) return failed(refused)
  return change({
    diff: [{ path, attributes: lines }],
    script: attributeScript(real, status, after),
    after: [effect(pathKind, real, withAttributes(status, after))],
    result: {},
  })
}
