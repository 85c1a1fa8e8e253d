import type { AttributeChange } from '../../../engine/events.ts'
import { type AnyEffect, effect } from '../../../host/state.ts'
import {
  activeSub,
  canBeEnabled,
  isEnabled,
  isMasked,
  isRunning,
  systemctl,
  unit,
  type Unit,
  type UnitKey,
  type UnitScope,
} from '../../../resources/unit.ts'
import { joinScripts, type Script, sh } from '../../../transport/shell.ts'
import { Unknown } from '../../../variables/unknown.ts'
import type { Dict } from '../../../variables/value.ts'
import type { Planning } from '../../module.ts'
import { change, failed, type Outcome, undecided, unchanged } from '../../outcome.ts'
import { findUnit } from './find-unit.ts'
import { unitName } from './unit-name.ts'

export type WantedState = 'started' | 'stopped' | 'restarted' | 'reloaded'

export interface WantedUnit {
  /** As the author wrote it. */
  readonly name: string
  readonly scope: UnitScope
  readonly state?: WantedState
  readonly enabled?: boolean
  readonly masked?: boolean
  readonly noBlock?: boolean
  /** Seconds between stopping and starting. */
  readonly sleep?: number
}

/** Plans that a unit runs or not, starts at boot or not, and is masked or not. */
export function planUnit(wanted: WantedUnit, planning: Planning): Outcome {
  const key: UnitKey = { name: unitName(wanted.name), scope: wanted.scope }
  const before = findUnit(key, planning)
  if (before.load === 'no-systemd')
    return failed(`systemd does not run on this host, so nothing can be told of ${wanted.name}`)
  const masking = wanted.masked !== undefined && wanted.masked !== isMasked(before)
  if (before.load === 'not-found' && wanted.masked !== true)
    return failed(`Could not find the requested service ${wanted.name}: host`, { name: wanted.name })
  const stillMasked = isMasked(before) && wanted.masked !== false
  if (stillMasked && (wanted.state === 'started' || wanted.state === 'restarted'))
    return failed(`Unit ${key.name} is masked; give masked: false to start it`, { name: wanted.name })
  if (wanted.enabled !== undefined && before.file instanceof Unknown) return undecided(before.file.because)
  if (wanted.state !== undefined && before.active instanceof Unknown) return undecided(before.active.because)

  const enabling =
    wanted.enabled !== undefined &&
    !stillMasked &&
    (wanted.enabled ? !isEnabled(before) : isEnabled(before) && canBeEnabled(before))
  const verb = stillMasked && wanted.state === 'reloaded' ? undefined : verbFor(wanted.state, before)
  const result: Dict = {
    name: wanted.name,
    ...(wanted.enabled === undefined ? {} : { enabled: wanted.enabled }),
    ...(wanted.state === undefined ? {} : { state: wanted.state === 'stopped' ? 'stopped' : 'started' }),
    status: statusOf(before),
  }
  if (!masking && !enabling && verb === undefined) return unchanged(result)

  const after: Unit = {
    ...before,
    ...(masking ? maskedOrNot(before, wanted.masked ?? false) : {}),
    ...(enabling ? { file: wanted.enabled ? 'enabled' : 'disabled' } : {}),
    ...(verb === undefined ? {} : activity(before, verb)),
  }
  const run = sh`${systemctl(wanted.scope)} --no-ask-password`
  return change({
    diff: [{ path: key.name, attributes: [...differences(before, after, verb)] }],
    script: joinScripts([
      sh`set -e`,
      ...(masking ? [sh`${run} ${wanted.masked ? 'mask' : 'unmask'} -- ${key.name} >&2`] : []),
      ...(enabling ? [sh`${run} ${wanted.enabled ? 'enable' : 'disable'} -- ${key.name} >&2`] : []),
      ...(verb === undefined ? [] : [actionScript(verb, wanted, key.name, run)]),
    ]),
    after: [
      ...after.names.map((name): AnyEffect => effect(unit, { ...key, name }, after)),
      ...(verb === undefined || verb === 'reload' ? [] : ofSocket(key, verb, planning)),
    ],
    sideEffects: verb !== undefined,
    result,
  })
}

type Verb = 'start' | 'stop' | 'restart' | 'reload'

function verbFor(state: WantedState | undefined, before: Unit): Verb | undefined {
  if (state === 'started') return isRunning(before) ? undefined : 'start'
  if (state === 'stopped') return isRunning(before) || before.active === 'deactivating' ? 'stop' : undefined
  if (state === undefined) return undefined
  if (!isRunning(before)) return 'start'
  return state === 'restarted' ? 'restart' : 'reload'
}

function actionScript(
  verb: Verb,
  { noBlock, sleep, name }: WantedUnit,
  unitName: string,
  run: Script,
): Script {
  const block = noBlock ? sh` --no-block` : sh``
  const act = (what: Verb) => sh`${run}${block} ${what} -- ${unitName}`
  const action =
    verb === 'restart' && sleep !== undefined
      ? sh`{ ${act('stop')} && sleep ${sleep} && ${act('start')}; }`
      : act(verb)
  // What systemd itself says is only that it failed.
  return sh`${action} >&2 || {
  status=$?
  echo ${`Unable to ${verb} service ${name}:`} >&2
  ${run} --no-pager --full --lines=10 status -- ${unitName} >&2
  exit $status
}`
}

function activity(before: Unit, verb: Verb): Pick<Unit, 'active' | 'sub'> {
  if (verb === 'stop') return { active: 'inactive', sub: 'dead' }
  if (verb === 'reload') return { active: before.active, sub: before.sub }
  // It does its work and ends.
  if (before.type === 'oneshot' && !before.remainAfterExit) return { active: 'inactive', sub: 'dead' }
  return { active: 'active', sub: activeSub(before.names[0]!, before) }
}

// A socket no longer listens itself once its service has it.
function ofSocket(key: UnitKey, verb: Verb, { state }: Planning): AnyEffect[] {
  const socketKey: UnitKey = { ...key, name: key.name.replace(/\.service$/, '.socket') }
  const socket = socketKey.name === key.name ? undefined : state.peek(unit, socketKey)
  if (socket === undefined || socket instanceof Unknown || !isRunning(socket)) return []
  return [effect(unit, socketKey, { ...socket, sub: verb === 'stop' ? 'listening' : 'running' })]
}

function maskedOrNot(before: Unit, masked: boolean): Pick<Unit, 'load' | 'file'> {
  if (masked) return { load: 'masked', file: 'masked' }
  const unknown = new Unknown({ what: `${before.names[0]!} being unmasked` })
  return { load: 'loaded', file: unknown }
}

function* differences(before: Unit, after: Unit, verb: Verb | undefined): Generator<AttributeChange> {
  const line = (name: string, from: string, to: string): AttributeChange => ({
    name,
    before: from,
    after: to,
  })
  if (isMasked(before) !== isMasked(after))
    yield line('masked', isMasked(before) ? 'yes' : 'no', isMasked(after) ? 'yes' : 'no')
  if (before.file !== after.file && !isMasked(before) && !isMasked(after))
    yield line('enabled', isEnabled(before) ? 'yes' : 'no', isEnabled(after) ? 'yes' : 'no')
  if (verb === 'restart' || verb === 'reload') yield { name: verb, before: null, after: `${verb}ed` }
  else if (verb !== undefined)
    yield line('state', String(before.active), verb === 'stop' ? 'inactive' : 'active')
}

/** Ansible returns what systemd said beforehand. */
function statusOf(before: Unit): Dict {
  return {
    Id: before.id ?? before.names.at(1) ?? before.names[0]!,
    LoadState: before.load,
    ActiveState: before.active,
    SubState: before.sub,
    UnitFileState: before.file,
    FragmentPath: before.path,
    Type: before.type,
  }
}
