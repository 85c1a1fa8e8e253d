import { joinScripts, type Script, sh } from '../transport/shell.ts'
import { Unknown } from '../variables/unknown.ts'
import { atPath, defineResource } from './resource.ts'

/** Which manager a unit belongs to: the host's, or that of the task's user. */
export type UnitScope = 'system' | 'user'

export interface UnitKey {
  /** With its type: `nginx.service`. */
  readonly name: string
  readonly scope?: UnitScope
}

/** What systemd says of a unit, in its own words. */
export interface Unit {
  /** `loaded`, `not-found`, `masked`, `bad-setting`, `error`; `no-systemd` where systemd does not run. */
  readonly load: string
  /** `active`, `inactive`, `failed`, `activating`, `deactivating`, `reloading` … */
  readonly active: string | Unknown
  /** `running`, `dead`, `exited`, `waiting` … */
  readonly sub: string | Unknown
  /** Of the unit file: `enabled`, `disabled`, `static`, `masked`, `alias`, `indirect`, `generated` …; '' when there is none. */
  readonly file: string | Unknown
  /** The unit file; '' when there is none. */
  readonly path: string
  /** What systemd calls it, of all its names. */
  readonly id?: string
  /** Every name it goes by. */
  readonly names: readonly string[]
  /** Of a service: `simple`, `notify`, `oneshot` … */
  readonly type: string
  readonly remainAfterExit: boolean
  /** systemd has not read its file since that was changed or removed. */
  readonly outdated?: boolean
}

const PROPERTIES =
  'Id,Names,LoadState,ActiveState,SubState,UnitFileState,FragmentPath,Type,RemainAfterExit,NeedDaemonReload'

/** A systemd unit. All units of a scope are read by one `systemctl`. */
export const unit = defineResource<UnitKey, Unit>({
  name: 'unit',
  id: ({ name, scope = 'system' }) => (scope === 'system' ? name : `${scope} ${name}`),
  read: (keys) =>
    joinScripts(
      [...byScope(keys)].map(([scope, group]) =>
        show(
          scope,
          group.map(({ name }) => name),
        ),
      ),
    ),
  parse: (answer, keys) => {
    const values = new Map<UnitKey, Unit>()
    const parts = answer.toString('utf8').split('\0')
    for (const [index, [, group]] of [...byScope(keys)].entries()) {
      const { units, sysv } = parseShow(parts[index] ?? '')
      for (const [at, key] of group.entries()) values.set(key, unitOf(key.name, units[at], sysv))
    }
    return keys.map((key) => values.get(key)!)
  },
  outdatedBy: atPath(isUnitFile),
  matches: (predicted, observed) =>
    (predicted.load === 'not-found') === (observed.load === 'not-found') &&
    isMasked(predicted) === isMasked(observed) &&
    isRunning(predicted) === isRunning(observed) &&
    (isEnabled(predicted) === isEnabled(observed) || !canBeEnabled(observed)),
  describe: ({ load, active, file }) =>
    load === 'loaded' ? `${String(active)}, ${String(file) || 'without a unit file'}` : load,
})

/** Where systemd looks for the unit files that people and packages write, the first wins. */
export const UNIT_PATHS = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
] as const

/** Whether a path is of those that systemd reads when it is told to reload. */
export function isUnitFile(path: string): boolean {
  return (
    /^\/(etc|run|usr\/local\/lib|usr\/lib|lib)\/systemd\/(system|user)\//.test(path) ||
    /\/\.config\/systemd\/user\//.test(path) ||
    path.startsWith('/etc/init.d/') ||
    path === '/etc/fstab' ||
    path === '/etc/crypttab'
  )
}

/** What there is of a unit nobody knows. */
export function missingUnit(name: string): Unit {
  return {
    load: 'not-found',
    active: 'inactive',
    sub: 'dead',
    file: '',
    path: '',
    names: [name],
    type: '',
    remainAfterExit: false,
  }
}

/** What systemd calls a unit that is active, by its kind. */
export function activeSub(
  name: string,
  { type, remainAfterExit }: Pick<Unit, 'type' | 'remainAfterExit'>,
): string | Unknown {
  const kind = name.slice(name.lastIndexOf('.') + 1)
  if (kind === 'service' && type === 'oneshot') return remainAfterExit ? 'exited' : 'dead'
  // A socket runs, too, as soon as its service does.
  if (kind === 'socket') return new Unknown({ what: `the service of ${name}` })
  return ACTIVE[kind] ?? 'running'
}

const ACTIVE: Readonly<Record<string, string>> = {
  timer: 'waiting',
  path: 'waiting',
  mount: 'mounted',
  automount: 'waiting',
  swap: 'active',
  target: 'active',
  slice: 'active',
}

/** Whether it runs, or is on its way to. */
export function isRunning({ active }: Unit): boolean {
  return active === 'active' || active === 'activating' || active === 'reloading'
}

/** Whether it starts at boot, or needs no enabling. */
export function isEnabled({ file }: Unit): boolean {
  return file === 'enabled' || file === 'static' || file === 'generated' || file === 'alias'
}

/** Whether enabling or disabling makes a difference to it. */
export function canBeEnabled({ file }: Unit): boolean {
  return !['static', 'indirect', 'generated', 'transient', 'alias'].includes(String(file))
}

export function isMasked({ load, file }: Unit): boolean {
  return load === 'masked' || file === 'masked' || file === 'masked-runtime'
}

function byScope(keys: readonly UnitKey[]): Map<UnitScope, UnitKey[]> {
  const groups = new Map<UnitScope, UnitKey[]>()
  for (const key of keys) {
    const scope = key.scope ?? 'system'
    groups.set(scope, [...(groups.get(scope) ?? []), key])
  }
  return groups
}

// Whether a script of System V is enabled is told by its links alone.
function show(scope: UnitScope, names: readonly string[]): Script {
  return joinScripts([
    sh`${systemctl(scope)} show --no-pager -p ${PROPERTIES} -- ${names} 2>/dev/null`,
    scope === 'system'
      ? sh`for link in /etc/rc[2345].d/S*; do [ ! -e "$link" ] || echo "sysv=$link"; done`
      : sh`:`,
    sh`printf ${'\\0'}`,
  ])
}

/** `systemctl` for a scope, as the first words of a command. */
export function systemctl(scope: UnitScope): Script {
  return scope === 'user'
    ? sh`XDG_RUNTIME_DIR="\${XDG_RUNTIME_DIR:-/run/user/$(id -u)}" systemctl --user`
    : sh`systemctl`
}

type Properties = ReadonlyMap<string, string>

function parseShow(text: string): { units: Properties[]; sysv: Set<string> } {
  const sysv = new Set([...text.matchAll(/^sysv=.*\/S\d\d(.+)$/gm)].map((match) => match[1]!))
  const units = text
    .replaceAll(/^sysv=.*$/gm, '')
    .split(/\n\n+/)
    .filter((block) => block.trim() !== '')
    .map(
      (block) =>
        new Map(
          block.split('\n').flatMap((line) => {
            const at = line.indexOf('=')
            return at > 0 ? [[line.slice(0, at), line.slice(at + 1)] as const] : []
          }),
        ),
    )
  return { units, sysv }
}

function unitOf(name: string, properties: Properties | undefined, sysv: ReadonlySet<string>): Unit {
  if (!properties) return { ...missingUnit(name), load: 'no-systemd' }
  const at = (property: string) => properties.get(property) ?? ''
  // /lib is a link to /usr/lib: one name for both, wherever a unit was seen.
  const path = at('FragmentPath').replace(/^\/lib\//, '/usr/lib/')
  const script = path.startsWith('/run/systemd/generator') && at('UnitFileState') === 'generated'
  return {
    load: at('LoadState'),
    active: at('ActiveState'),
    sub: at('SubState'),
    file:
      script && path.includes('generator.late')
        ? sysv.has(name.replace(/\.service$/, ''))
          ? 'enabled'
          : 'disabled'
        : at('UnitFileState'),
    path,
    id: at('Id') || name,
    names: [...new Set([name, ...at('Names').split(' ').filter(Boolean)])],
    type: at('Type'),
    remainAfterExit: at('RemainAfterExit') === 'yes',
    ...(at('NeedDaemonReload') === 'yes' ? { outdated: true } : {}),
  }
}
