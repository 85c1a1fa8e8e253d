import { effect } from '../../host/state.ts'
import { path as pathKind } from '../../resources/path.ts'
import type { Planning } from '../module.ts'
import { change, failed, type ModuleResult, type Outcome, unchanged } from '../outcome.ts'
import {
  attributeChanges,
  attributeScript,
  toldAttributes,
  type WantedAttributes,
  wantedAttributes,
  withAttributes,
} from './attributes.ts'

/** Plans that what stands at a path stays as it is but for its attributes. */
export function keepFile(
  path: string,
  wanted: WantedAttributes,
  result: ModuleResult,
  planning: Planning,
): Outcome {
  const { path: real, status } = planning.files.stat(path)
  if (status.type === 'absent' || status.type === 'denied') return failed(`${path} is ${status.type}`, result)
  const after = wantedAttributes(status, wanted, planning)
  const lines = attributeChanges(status, after)
  const told = {
    ...result,
    state: status.type,
    ...toldAttributes(after, status, planning),
  }
  if (lines.length === 0) return unchanged(told)
  return change({
    diff: [{ path, attributes: lines }],
    script: attributeScript(real, status, after),
    after: [effect(pathKind, real, withAttributes(status, after))],
    result: told,
  })
}
