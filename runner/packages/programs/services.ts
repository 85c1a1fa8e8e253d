import { effect } from '../../host/state.ts'
import { pendingUnitFiles } from '../../modules/support/units/reload-manager.ts'
import { unitFiles } from '../../resources/unit-files.ts'
import { missingUnit, unit as unitKind, type Unit } from '../../resources/unit.ts'
import { Unknown } from '../../variables/unknown.ts'
import type { Machine } from '../machine.ts'
import type { Call, Program } from '../sh/shell.ts'
import { Shell } from '../sh/shell.ts'
import { type Status, truth } from '../sh/text.ts'
import { configuration } from './accounts.ts'
import { beyond, takeOptions } from './arguments.ts'
import { builtins } from './builtins.ts'
import { tmpfilesLine } from './tmpfiles.ts'
import {
  activeAfterStart,
  findUnit,
  installLinks,
  isInstallable,
  isTrue,
  type UnitFile,
} from './unit-file.ts'

/** Programs that enable, start and stop services. */
export const servicePrograms: Readonly<Record<string, Program>> = {
  'deb-systemd-helper': withUnits((action, names, call) =>
    each(names, (name) => helper(action, name, call.machine)),
  ),
  'deb-systemd-invoke': withUnits((action, names, call) =>
    each(names, (name) => invoke(action, name, call.machine)),
  ),
  systemctl: withUnits((action, names, call) =>
    action === 'daemon-reload' ? reload(call.machine) : each(names, (name) => systemctl(action, name, call)),
  ),
  'invoke-rc.d': (call) => {
    const options = takeOptions(call.words)
    if (options instanceof Unknown) return beyond(call)
    const [service = '', action = ''] = options.rest
    const name = fullName(service)
    const file = findUnit(name, call.machine)
    if (file instanceof Unknown) return perhapsStarted(name, file, call.machine)
    if (file !== null && options.flags.has('--skip-systemd-native')) return 0
    if (action === 'status') return isActive(name, call.machine)
    if (file === null) return sysvService(service, action, call.machine)
    return invoke(action, name, call.machine, false)
  },
  service: ({ run, words }) => run(['invoke-rc.d', ...words]),
  // The links of System V's runlevels: systemd does not look at them where a unit is.
  'update-rc.d': () => 0,
  'systemd-tmpfiles': (call) => {
    const options = takeOptions(call.words)
    if (options instanceof Unknown) return beyond(call)
    if (!options.flags.has('--create')) return 0
    for (const name of options.rest) {
      const text = configuration(name, 'tmpfiles.d', call.machine)
      if (text instanceof Unknown) return beyond(call)
      for (const line of (text ?? '').split('\n')) tmpfilesLine(line, call.machine)
    }
    return 0
  },
  'systemd-escape': beyond,
}

type Action = (action: string, names: readonly string[], call: Call) => Status

function withUnits(run: Action): Program {
  return (call) => {
    const options = takeOptions(call.words, ['n', 'p', '--property', '--signal', 's'])
    if (options instanceof Unknown) return beyond(call)
    const [action = '', ...names] = options.rest
    // Units of users are not looked at.
    if (options.flags.has('--user') || options.flags.has('--global')) return 0
    return run(
      action,
      names.map((name) => fullName(name)),
      call,
    )
  }
}

function each(names: readonly string[], run: (name: string) => Status): Status {
  let status: Status = 0
  for (const name of names) {
    const one = run(name)
    if (one !== 0) status = one
  }
  return status
}

function fullName(name: string): string {
  return /\.(service|timer|socket|path|target|mount|automount|slice|scope|swap|device)$/.test(name)
    ? name
    : `${name}.service`
}

const STATE = '/var/lib/systemd/deb-systemd-helper-enabled'

// https://manpages.debian.org/deb-systemd-helper
function helper(action: string, name: string, machine: Machine): Status {
  const remembered = machine.readBytes(`${STATE}/${name}.dsh-also`)
  switch (action) {
    case 'debian-installed':
      return remembered instanceof Unknown ? remembered : truth(remembered !== null)
    case 'was-enabled': {
      if (remembered instanceof Unknown) return remembered
      if (remembered === null) return 0
      const links = remembered.toString('utf8').split('\n').filter(Boolean)
      return each(links, (link) => {
        const status = machine.lstat(link)
        return status instanceof Unknown ? status : truth(status.type === 'link')
      })
    }
    case 'enable':
      return enable(name, machine)
    case 'disable':
      return disable(name, machine)
    case 'unmask': {
      const path = `/etc/systemd/system/${name}`
      const link = machine.lstat(path)
      const byHelper = machine.lstat(`/var/lib/systemd/deb-systemd-helper-masked/${name}`)
      if (link instanceof Unknown || byHelper instanceof Unknown) return 0
      if (link.type === 'link' && link.target === '/dev/null' && byHelper.type !== 'absent') {
        machine.remove(path)
        machine.remove(`/var/lib/systemd/deb-systemd-helper-masked/${name}`)
        refresh(name, machine)
      }
      return 0
    }
    case 'mask': {
      const path = `/etc/systemd/system/${name}`
      const there = machine.lstat(path)
      if (!(there instanceof Unknown) && there.type === 'absent') {
        machine.link('/dev/null', path)
        machine.write(`/var/lib/systemd/deb-systemd-helper-masked/${name}`, '')
        change(name, { load: 'masked', file: 'masked' }, machine)
      }
      return 0
    }
    case 'purge':
      machine.remove(`${STATE}/${name}.dsh-also`)
      return disable(name, machine)
    case 'update-state':
    case 'reenable':
      return action === 'reenable' ? enable(name, machine) : 0
    default:
      return 0
  }
}

// https://manpages.debian.org/deb-systemd-invoke: what the administrator forbids or has disabled is not started.
function invoke(action: string, name: string, machine: Machine, onlyEnabled = true): Status {
  const allowed = policy(name, action, machine)
  if (allowed instanceof Unknown) return perhapsStarted(name, allowed, machine)
  if (!allowed) return 0
  const { running } = systemd(machine)
  if (running instanceof Unknown) return perhapsStarted(name, running, machine)
  if (!running) return 0
  const status = lookAt(name, machine)
  if (status instanceof Unknown) return perhapsStarted(name, status, machine)
  switch (action) {
    case 'start':
      return onlyEnabled && !String(status.file).includes('enabled') ? 0 : start(name, machine)
    case 'restart':
      if (onlyEnabled && !String(status.file).includes('enabled') && status.active !== 'active') return 0
      return start(name, machine)
    case 'stop':
      return change(name, { active: 'inactive', sub: 'dead' }, machine)
    default:
      return 0
  }
}

// Whatever unit files were changed by then, by hand or by tasks, systemd has read.
function reload(machine: Machine): Status {
  const { running } = systemd(machine)
  const covers = pendingUnitFiles(machine.state)
  if (running instanceof Unknown) machine.apply([effect(unitFiles, 'system', running)])
  else if (running) machine.apply([effect(unitFiles, 'system', { stale: false, covers })])
  return 0
}

function systemctl(action: string, name: string, call: Call): Status {
  const { machine } = call
  const status = lookAt(name, machine)
  switch (action) {
    case 'start':
    case 'restart':
      return start(name, machine)
    case 'stop':
      return change(name, { active: 'inactive', sub: 'dead' }, machine)
    case 'enable':
      return enable(name, machine)
    case 'disable':
      return disable(name, machine)
    case 'is-active':
      return isActive(name, machine)
    case 'is-enabled':
      if (status instanceof Unknown) return status
      if (status.file instanceof Unknown) return status.file
      call.print(`${status.file}\n`)
      return truth(/^(enabled|static|alias|indirect|generated)/.test(status.file))
    case 'mask':
      machine.link('/dev/null', `/etc/systemd/system/${name}`)
      return change(name, { load: 'masked', file: 'masked' }, machine)
    case 'unmask':
    case 'preset':
    case 'reload':
    case 'try-restart':
    case 'try-reload-or-restart':
    case 'reload-or-restart':
    case 'kill':
    case 'reset-failed':
      return 0
    default: {
      const because = new Unknown({ what: `\`systemctl ${action} ${name}\`` })
      call.print(because)
      return because
    }
  }
}

function enable(name: string, machine: Machine): Status {
  const file = findUnit(name, machine)
  if (file instanceof Unknown) {
    machine.apply([effect(unitKind, { name }, file)])
    return 0
  }
  if (file === null || file === 'masked') return 1
  const links = installLinks(name, file)
  for (const { path, target } of links) {
    machine.makeDirectory(path.slice(0, path.lastIndexOf('/')), { parents: true })
    machine.link(target, path)
    const alias = path.slice('/etc/systemd/system/'.length)
    if (!alias.includes('/')) shareAlias(alias, name, machine)
  }
  if (links.length > 0) change(name, { file: 'enabled' }, machine)
  for (const also of file.settings('Install', 'Also').flatMap((value) => value.split(/\s+/))) {
    if (also !== name) enable(also, machine)
  }
  return 0
}

// Another name of the unit is the same unit.
function shareAlias(alias: string, name: string, machine: Machine): void {
  const status = lookAt(name, machine)
  machine.apply([
    effect(
      unitKind,
      { name: alias },
      status instanceof Unknown ? status : { ...status, file: 'enabled', names: [alias, ...status.names] },
    ),
  ])
}

function disable(name: string, machine: Machine): Status {
  const file = findUnit(name, machine)
  if (file === null || file === 'masked' || file instanceof Unknown) return 0
  for (const { path } of installLinks(name, file)) machine.remove(path)
  return change(name, { file: 'disabled' }, machine)
}

function start(name: string, machine: Machine): Status {
  const file = findUnit(name, machine)
  if (file === 'masked') return 1
  if (file === null) return 5
  const active = file instanceof Unknown ? file : activeAfterStart(name, file, machine)
  if (active instanceof Unknown) return perhapsStarted(name, active, machine)
  const before = lookAt(name, machine)
  if (!(before instanceof Unknown) && before.active === 'active') return 0
  change(name, activity(active, file), machine)
  if (file instanceof Unknown) return 0
  for (const alias of file.settings('Install', 'Alias').flatMap((value) => value.split(/\s+/))) {
    const known = lookAt(alias, machine)
    if (!(known instanceof Unknown) && known.load === 'loaded') change(alias, activity(active, file), machine)
  }
  return 0
}

function perhapsStarted(name: string, because: Unknown, machine: Machine): Status {
  machine.apply([effect(unitKind, { name }, because)])
  return because
}

function isActive(name: string, machine: Machine): Status {
  const status = lookAt(name, machine)
  if (status instanceof Unknown) return status
  return status.active instanceof Unknown ? status.active : status.active === 'active' ? 0 : 3
}

/** Notes what systemd will say of a unit whose file is new to it. */
export function noteUnit(name: string, machine: Machine, because?: Unknown): void {
  if (machine.look(() => machine.state.predicted(unitKind, { name })) !== undefined) return
  const status = because ?? lookAt(name, machine)
  if (status instanceof Unknown || status.load !== 'not-found')
    machine.apply([effect(unitKind, { name }, status)])
}

/** What is known of a unit: as the scripts have left it, as systemd says, or will say of a file that is new to it. */
function lookAt(name: string, machine: Machine): Unit | Unknown {
  const changed = machine.look(() => machine.state.predicted(unitKind, { name }))
  if (changed !== undefined) return changed
  const known = machine.previously(unitKind, { name })
  if (known instanceof Unknown || known.load !== 'not-found') return known
  const file = findUnit(name, machine)
  if (file === null || file instanceof Unknown) return file ?? known
  if (file === 'masked') return { ...known, load: 'masked', file: 'masked' }
  const [type = 'simple'] = name.endsWith('.service') ? file.settings('Service', 'Type') : ['']
  const remainAfterExit = isTrue(file.settings('Service', 'RemainAfterExit')[0])
  return {
    ...known,
    load: 'loaded',
    file: isInstallable(file) ? 'disabled' : 'static',
    path: asSystemdSays(file.path, machine),
    type,
    remainAfterExit,
  }
}

// systemd names its units by /lib or /usr/lib, as it was built: seen from a unit that is always there.
function asSystemdSays(path: string, machine: Machine): string {
  const always = machine.previously(unitKind, { name: 'systemd-journald.service' })
  if (always instanceof Unknown || !always.path.startsWith('/lib/')) return path
  return path.replace(/^\/usr\/lib\//, '/lib/')
}

function activity(active: string, file: UnitFile | Unknown): Pick<Unit, 'active' | 'sub'> {
  const kind = file instanceof Unknown ? undefined : file.settings('Service', 'Type')[0]
  const running = file instanceof Unknown || !file.path.endsWith('.timer') ? 'running' : 'waiting'
  return { active, sub: active === 'active' ? (kind === 'oneshot' ? 'exited' : running) : 'dead' }
}

function change(name: string, to: Partial<Unit>, machine: Machine): Status {
  const before = lookAt(name, machine)
  machine.apply([effect(unitKind, { name }, before instanceof Unknown ? before : { ...before, ...to })])
  return 0
}

// What systemd says of the unit once its file counts again.
function refresh(name: string, machine: Machine): void {
  const file = findUnit(name, machine)
  if (file instanceof Unknown || file === 'masked') return
  if (file === null) machine.apply([effect(unitKind, { name }, missingUnit(name))])
  else change(name, { load: 'loaded', file: isInstallable(file) ? 'disabled' : 'static' }, machine)
}

// A service with an init script alone: systemd makes a unit of it.
function sysvService(service: string, action: string, machine: Machine): Status {
  const script = machine.stat(`/etc/init.d/${service}`)
  if (script instanceof Unknown) return perhapsStarted(`${service}.service`, script, machine)
  if (script.type === 'absent') return 100
  if (action === 'start' || action === 'restart')
    return change(
      `${service}.service`,
      { load: 'loaded', file: 'generated', active: 'active', sub: 'running' },
      machine,
    )
  return action === 'stop' ? change(`${service}.service`, { active: 'inactive', sub: 'dead' }, machine) : 0
}

function systemd(machine: Machine): { running: boolean | Unknown } {
  const directory = machine.stat('/run/systemd/system')
  return { running: directory instanceof Unknown ? directory : directory.type === 'directory' }
}

const POLICY = '/usr/sbin/policy-rc.d'

/** Whether the host's policy lets a service be started: the script that answers is run in the mind as well. */
function policy(name: string, action: string, machine: Machine): boolean | Unknown {
  if (machine.policy !== undefined) return machine.policy !== 101
  const status = machine.stat(POLICY)
  if (status instanceof Unknown) return status
  if (status.type !== 'file') return true
  const text = machine.readText(POLICY)
  if (text instanceof Unknown) return text
  const answer = new Shell(machine, new Map(Object.entries(builtins)), {}, [
    name.replace(/\.service$/, ''),
    action,
  ]).script(text)
  return answer instanceof Unknown ? answer : answer !== 101
}
