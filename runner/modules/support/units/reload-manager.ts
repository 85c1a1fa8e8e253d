import { effect, type State } from '../../../host/state.ts'
import { digest } from '../../../resources/digest.ts'
import { path as pathKind } from '../../../resources/path.ts'
import { isUnitFile, systemctl, type UnitScope } from '../../../resources/unit.ts'
import { unitFiles } from '../../../resources/unit-files.ts'
import { sha256 } from '../../../host/files.ts'
import { sh } from '../../../transport/shell.ts'
import { Unknown } from '../../../variables/unknown.ts'
import type { Planning } from '../../module.ts'
import { change, type Outcome, unchanged } from '../../outcome.ts'

/** Plans that systemd reads its unit files, where some have changed since it did. */
export function reloadManager(scope: UnitScope, planning: Planning): Outcome {
  const covers = pendingUnitFiles(planning.state)
  const predicted = planning.state.predicted(unitFiles, scope)
  const reloaded = predicted !== undefined && !(predicted instanceof Unknown) && predicted.covers === covers
  if (reloaded || (covers === '' && !planning.state.read(unitFiles, scope).stale)) return unchanged()
  return change({
    diff: [{ path: 'systemd', attributes: [{ name: 'unit files', before: 'changed', after: 'read' }] }],
    script: sh`${systemctl(scope)} daemon-reload`,
    after: [effect(unitFiles, scope, { stale: false, covers })],
    result: {},
  })
}

/** Plans that systemd itself is started anew, which cannot be seen afterwards. */
export function reexecuteManager(scope: UnitScope): Outcome {
  return change({
    diff: [{ path: 'systemd', attributes: [{ name: 'reexecution', before: null, after: 'done' }] }],
    script: sh`${systemctl(scope)} daemon-reexec`,
    after: [effect(unitFiles, scope, { stale: false })],
    sideEffects: true,
    result: {},
  })
}

/** The changes of unit files in this run that were not seen on the host since; '' when there are none. */
export function pendingUnitFiles(state: State): string {
  const changes = state
    .predictions()
    .filter(
      ({ resource }) =>
        [pathKind, digest].includes(resource.kind as never) && isUnitFile(String(resource.key)),
    )
    .map(({ resource, value }) => [
      resource.kind.name,
      String(resource.key),
      value instanceof Unknown || typeof value === 'string' || value === null
        ? value
        : (value as { type: string }).type,
    ])
  return changes.length === 0 ? '' : sha256(Buffer.from(JSON.stringify(changes)))
}
